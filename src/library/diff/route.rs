//! The comparison as the screen shows it.

use std::time::{Duration, Instant};

use actix_web::web;
use serde::{Deserialize, Serialize};

use super::align::align;
use super::fingerprint::Print;
use super::pages::load_pages;
use super::words::{Passage, compare};
use crate::db::Db;
use crate::entities::page;
use crate::error::{Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::VersionId;
use crate::library::scope::find_version;
use crate::library::views::{page_image_url, page_thumbnail_url};

/// How long words are compared with care.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// How much text is compared word by word; what lies beyond can be seen in the pictures.
const MOST_TEXT: usize = 1_000_000;

/// With what to compare.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DiffQuery {
    /// The other version, of the same asset; usually the newer one.
    pub to: VersionId,
}

/// What happened to a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PageChange {
    /// Nothing; its number may be another.
    Same,
    /// Its words or its picture are others. It may have moved too.
    Changed,
    /// It stands elsewhere among the others.
    Moved,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
}

/// A page on one side of the comparison.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DiffSide {
    /// Its number in its version.
    pub number: i32,
    /// Its heading.
    pub title: String,
    /// Of the largest picture, in pixels.
    pub width: i32,
    /// Of the largest picture, in pixels.
    pub height: i32,
    /// Its picture; takes `?w=480|960|1600`.
    pub image_url: String,
    /// Its smallest picture.
    pub thumbnail_url: String,
}

/// One line of the comparison.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a fact that a caller shows by itself"
)]
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DiffPage {
    /// What happened.
    pub change: PageChange,
    /// Whether it stands elsewhere among the others.
    pub moved: bool,
    /// Whether its words are others.
    pub text_changed: bool,
    /// Whether its picture is another.
    pub picture_changed: bool,
    /// The page as it was; absent for an added one.
    pub old: Option<DiffSide>,
    /// The page as it is; absent for a removed one.
    pub new: Option<DiffSide>,
    /// Both texts in one, where the words changed.
    pub words: Vec<Passage>,
    /// The words changed, but there is too much text to compare here.
    pub words_left_out: bool,
}

/// How many pages of each sort.
#[derive(Clone, Copy, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct DiffSummary {
    /// As they were.
    pub same: u32,
    /// With other words or pictures.
    pub changed: u32,
    /// Elsewhere.
    pub moved: u32,
    /// New.
    pub added: u32,
    /// Gone.
    pub removed: u32,
}

/// Two versions of an asset, page by page.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DiffView {
    /// The version that is compared.
    pub from: VersionId,
    /// Its number.
    pub from_number: i32,
    /// The other one.
    pub to: VersionId,
    /// Its number.
    pub to_number: i32,
    /// How many pages of each sort.
    pub summary: DiffSummary,
    /// Every page of both, in the order of the other version; removed ones behind those they followed.
    pub items: Vec<DiffPage>,
}

/// What changed from this version to another of the same asset. Pages are recognised by their words and pictures, not
/// by their numbers.
#[utoipa::path(get, path = "/api/v1/versions/{id}/diff", tag = "library", params(VersionId, DiffQuery), responses(
    (status = 200, body = DiffView), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn diff_versions(
    principal: Principal,
    id: web::Path<VersionId>,
    query: web::Query<DiffQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<DiffView>> {
    let (from, asset) = find_version(db.read(), &principal, *id).await?;
    let (to, other) = find_version(db.read(), &principal, query.to).await?;
    if asset.id != other.id {
        return Err(Error::field(
            "to",
            "Only two versions of the same asset can be compared.",
        ));
    }
    let mut pages = load_pages(db.read(), [from.id, to.id].into_iter()).await?;
    // Compared with itself a version is on both sides.
    let old = pages.get(&from.id).cloned().unwrap_or_default();
    let new = pages.remove(&to.id).unwrap_or_default();
    let items = tokio::task::spawn_blocking(move || compare_pages(&old, &new))
        .await
        .map_err(Error::internal)?;
    Ok(web::Json(DiffView {
        from: from.id,
        from_number: from.number,
        to: to.id,
        to_number: to.number,
        summary: DiffSummary::of(&items),
        items,
    }))
}

fn compare_pages(old: &[page::Model], new: &[page::Model]) -> Vec<DiffPage> {
    let before: Vec<Print> = old.iter().map(Print::of).collect();
    let after: Vec<Print> = new.iter().map(Print::of).collect();
    let deadline = Instant::now() + PATIENCE;
    let mut room = MOST_TEXT;
    align(&before, &after)
        .into_iter()
        .map(|pair| {
            let was = pair
                .old
                .and_then(|at| Some((old.get(at)?, before.get(at)?)));
            let is = pair.new.and_then(|at| Some((new.get(at)?, after.get(at)?)));
            let (text_changed, picture_changed) = match (was, is) {
                (Some((_, was)), Some((_, is))) => (!was.says_what(is), !was.looks_like(is)),
                _ => (true, true),
            };
            let change = match (was, is) {
                (_, None) => PageChange::Removed,
                (None, _) => PageChange::Added,
                _ if text_changed || picture_changed => PageChange::Changed,
                _ if pair.moved => PageChange::Moved,
                _ => PageChange::Same,
            };
            let text = |side: Option<(&page::Model, &Print)>| -> String {
                side.map(|(page, _)| page.text.clone()).unwrap_or_default()
            };
            let words = text_changed.then(|| {
                let (was, is) = (text(was), text(is));
                room = room.checked_sub(was.len() + is.len())?;
                Some(compare(&was, &is, deadline))
            });
            DiffPage {
                change,
                moved: pair.moved,
                text_changed,
                picture_changed,
                old: was.map(|(page, _)| DiffSide::of(page)),
                new: is.map(|(page, _)| DiffSide::of(page)),
                words_left_out: words == Some(None),
                words: words.flatten().unwrap_or_default(),
            }
        })
        .collect()
}

impl DiffSide {
    fn of(page: &page::Model) -> Self {
        Self {
            number: page.number,
            title: page.title.clone(),
            width: page.width,
            height: page.height,
            image_url: page_image_url(page.version_id, page.number),
            thumbnail_url: page_thumbnail_url(page.version_id, page.number),
        }
    }
}

impl DiffSummary {
    fn of(items: &[DiffPage]) -> Self {
        let mut summary = Self::default();
        for item in items {
            let count = match item.change {
                PageChange::Same => &mut summary.same,
                PageChange::Changed => &mut summary.changed,
                PageChange::Moved => &mut summary.moved,
                PageChange::Added => &mut summary.added,
                PageChange::Removed => &mut summary.removed,
            };
            *count += 1;
        }
        summary
    }
}
