//! Where the words and links of a page stand in its picture, so that they can be selected, read aloud and followed.

use actix_web::{HttpRequest, HttpResponse, web};
use sea_orm::{ConnectionTrait, EntityTrait as _};
use serde::Serialize;

use super::audience::Audience;
use crate::clock::Clock;
use crate::db::Db;
use crate::documents::{Area, LinkTarget, PageLayout, PageLine, PageLink};
use crate::entities::page_layout;
use crate::error::{Error, Result};
use crate::http::Principal;
use crate::ids::{PitchId, PitchItemId, VersionId};
use crate::pitches::Layout;

/// What is known of a page's places.
#[derive(Debug, Default, Serialize)]
struct TextLayer {
    /// Its lines in reading order: place and words.
    lines: Vec<PageLine>,
    /// Its links: place, and where to.
    links: Vec<(Area, Target)>,
}

/// Where a link leads.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Target {
    /// To a page of this pitch, by its place in it.
    Page(usize),
    /// Out of it.
    Url(String),
}

/// The places of a page, for whoever holds the link.
pub async fn page_layout(
    request: HttpRequest,
    path: web::Path<(String, PitchItemId, i32)>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let (token, item, number) = path.into_inner();
    let audience = Audience::admit(&request, db.read(), &token, clock.now()).await?;
    answer(db.read(), &audience, item, number).await
}

/// The places of a page, in a preview.
pub async fn preview_page_layout(
    principal: Principal,
    path: web::Path<(PitchId, PitchItemId, i32)>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let (pitch, item, number) = path.into_inner();
    let audience = Audience::by_preview(db.read(), &principal, pitch).await?;
    answer(db.read(), &audience, item, number).await
}

async fn answer<C: ConnectionTrait>(
    db: &C,
    audience: &Audience,
    item: PitchItemId,
    number: i32,
) -> Result<HttpResponse> {
    let (pitch, version) = audience.page(db, item, number).await?;
    let row = page_layout::Entity::find_by_id((version, number))
        .one(db)
        .await?;
    let layer = match row {
        Some(row) => {
            let places: PageLayout = serde_json::from_str(&row.layout).map_err(Error::internal)?;
            TextLayer {
                lines: places.lines,
                links: places
                    .links
                    .into_iter()
                    .filter_map(|link| follow(link, &pitch, item, version))
                    .collect(),
            }
        }
        // Made before places were kept, or a picture that was uploaded as one: its text stands below it.
        None => TextLayer::default(),
    };
    Ok(HttpResponse::Ok().json(layer))
}

/// A link inside the document leads on only to pages that the pitch shows: in the same item, or in another that shows
/// that page of the same version, as single pages do.
fn follow(
    link: PageLink,
    pitch: &Layout,
    item: PitchItemId,
    version: VersionId,
) -> Option<(Area, Target)> {
    let PageLink(area, target) = link;
    let target = match target {
        LinkTarget::Url(url) => Target::Url(url),
        LinkTarget::Page(number) => {
            let number = i32::try_from(number).ok()?;
            let here = pitch.ordinal(item, number);
            Target::Page(here.or_else(|| pitch.ordinal_of(version, number))?)
        }
    };
    Some((area, target))
}
