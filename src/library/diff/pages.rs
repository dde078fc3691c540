//! What became of the pages of older versions: for those who know who read them.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use super::align::align;
use super::fingerprint::Print;
use crate::entities::page;
use crate::error::{Error, Result};
use crate::ids::VersionId;

/// What a page is in another version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// The same, on this page.
    Same(i32),
    /// Something else.
    Changed {
        /// The page it is now.
        page: i32,
        /// Whether its words are others.
        text: bool,
        /// Whether its picture is another.
        picture: bool,
        /// A name for exactly what it is now.
        name: String,
    },
    /// It is not there any more.
    Removed,
}

impl Became {
    /// The page it is now.
    pub fn page(&self) -> Option<i32> {
        match self {
            Self::Same(page) | Self::Changed { page, .. } => Some(*page),
            Self::Removed => None,
        }
    }

    /// A name for what it is now, if it is not the same.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Same(_) => None,
            Self::Changed { name, .. } => Some(name),
            Self::Removed => Some("removed"),
        }
    }
}

/// What became of each page of a version, by the page's number.
pub type Fates = HashMap<i32, Became>;

/// What the pages of these versions are in the version `now`; all of one asset. One query, whatever the number of
/// versions; the comparing is done off the async threads.
pub async fn page_fates<C: ConnectionTrait>(
    db: &C,
    before: &[VersionId],
    now: VersionId,
) -> Result<HashMap<VersionId, Fates>> {
    let wanted = before.iter().copied().chain([now]);
    let mut pages = load_pages(db, wanted).await?;
    let before = before.to_vec();
    tokio::task::spawn_blocking(move || {
        let new = pages.remove(&now).unwrap_or_default();
        before
            .into_iter()
            .map(|version| {
                let old = pages.remove(&version).unwrap_or_default();
                (version, fates(&old, &new))
            })
            .collect()
    })
    .await
    .map_err(Error::internal)
}

/// The pages of versions, each in order, in one query.
pub(super) async fn load_pages<C: ConnectionTrait>(
    db: &C,
    versions: impl Iterator<Item = VersionId>,
) -> Result<HashMap<VersionId, Vec<page::Model>>> {
    let rows = page::Entity::find()
        .filter(page::Column::VersionId.is_in(versions))
        .order_by_asc(page::Column::Number)
        .all(db)
        .await?;
    let mut pages: HashMap<VersionId, Vec<page::Model>> = HashMap::new();
    for row in rows {
        pages.entry(row.version_id).or_default().push(row);
    }
    Ok(pages)
}

fn fates(old: &[page::Model], new: &[page::Model]) -> Fates {
    let before: Vec<Print> = old.iter().map(Print::of).collect();
    let after: Vec<Print> = new.iter().map(Print::of).collect();
    align(&before, &after)
        .into_iter()
        .filter_map(|pair| {
            let from = pair.old?;
            let to = pair.new.and_then(|to| Some((new.get(to)?, after.get(to)?)));
            Some((old.get(from)?.number, fate(before.get(from)?, to)))
        })
        .collect()
}

fn fate(before: &Print, now: Option<(&page::Model, &Print)>) -> Became {
    match now {
        None => Became::Removed,
        Some((page, print)) if before.is_same(print) => Became::Same(page.number),
        Some((page, print)) => Became::Changed {
            page: page.number,
            text: !before.says_what(print),
            picture: !before.looks_like(print),
            name: print.name(),
        },
    }
}
