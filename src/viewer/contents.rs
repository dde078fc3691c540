//! The contents: where what is.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use crate::entities::page;
use crate::error::Result;
use crate::pitches::ShownItem;

/// More lines are not on the first page; there is an address with all of them.
const SHORT: usize = 8;
/// More lines than anybody looks through.
const LONGEST: usize = 500;

/// A line of the contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) ordinal: usize,
    pub(super) title: String,
    pub(super) href: String,
}

/// How much of the contents is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// What leads to the first pages, and a few of the others.
    Short,
    /// All of it.
    Full,
}

/// The lines: the items, or the pages where there is only one item. Up to `drawn`, pages are on this page.
pub(super) async fn contents<C: ConnectionTrait>(
    db: &C,
    shown: &[ShownItem],
    base: &str,
    drawn: std::ops::RangeInclusive<usize>,
    length: Length,
) -> Result<Vec<Entry>> {
    let most = match length {
        Length::Short => SHORT,
        Length::Full => LONGEST,
    };
    let lines = match shown {
        [only] => page_titles(db, only, most).await?,
        several => several
            .iter()
            .scan(1, |next, shown| {
                let ordinal = *next;
                *next += shown.pages.len();
                Some((ordinal, shown.asset.title.clone()))
            })
            .take(most)
            .collect(),
    };
    Ok(lines
        .into_iter()
        .map(|(ordinal, title)| Entry {
            ordinal,
            title,
            href: if drawn.contains(&ordinal) {
                format!("#p{ordinal}")
            } else {
                format!("{base}/pages?from={ordinal}#p{ordinal}")
            },
        })
        .collect())
}

async fn page_titles<C: ConnectionTrait>(
    db: &C,
    shown: &ShownItem,
    most: usize,
) -> Result<Vec<(usize, String)>> {
    let (Some(first), Some(last)) = (shown.pages.first(), shown.pages.last()) else {
        return Ok(Vec::new());
    };
    let rows: Vec<(i32, String)> = page::Entity::find()
        .select_only()
        .column(page::Column::Number)
        .column(page::Column::Title)
        .filter(page::Column::VersionId.eq(shown.version.id))
        .filter(page::Column::Number.between(*first, *last))
        .filter(page::Column::Title.ne(""))
        .order_by_asc(page::Column::Number)
        .limit(u64::try_from(most).unwrap_or(u64::MAX))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(number, title)| {
            let ordinal = shown.pages.iter().position(|page| *page == number)? + 1;
            Some((ordinal, title))
        })
        .collect())
}
