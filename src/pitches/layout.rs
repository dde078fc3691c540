//! What a pitch shows today: its items in order, each with the version and the pages behind it.
//!
//! Content that was made internal after it was added is left out here, so that nothing built on a layout can show it.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use super::items::Found;
use crate::entities::{AssetKind, asset, asset_version, pitch_item};
use crate::error::Result;
use crate::ids::{AssetId, PitchId, PitchItemId, VersionId};

/// A pitch as it stands now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The items in order; those that have nothing to show, or must not show it, are left out.
    pub items: Vec<LayoutItem>,
}

/// One item of a pitch with the pages it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayoutItem {
    /// The item.
    pub item_id: PitchItemId,
    /// The asset.
    pub asset_id: AssetId,
    /// The version shown: the asset's current one, or the one that the item keeps.
    pub version_id: VersionId,
    /// The asset's title.
    pub title: String,
    /// The asset's kind.
    pub kind: AssetKind,
    /// The page numbers shown, in order: all, or the single one that was chosen. A video is its own page 1.
    pub pages: Vec<i32>,
}

impl Layout {
    /// The layout that these items make.
    pub fn of(items: &[ShownItem]) -> Self {
        Self {
            items: items.iter().map(ShownItem::layout_item).collect(),
        }
    }

    /// How many pages the pitch shows.
    pub fn page_total(&self) -> usize {
        self.items.iter().map(|item| item.pages.len()).sum()
    }

    /// The item, if it is in the pitch and shows something.
    pub fn item(&self, item: PitchItemId) -> Option<&LayoutItem> {
        self.items
            .iter()
            .find(|candidate| candidate.item_id == item)
    }

    /// The place of a page among all pages of the pitch, from 1: its anchor on the prospect's page.
    pub fn ordinal(&self, item: PitchItemId, page: i32) -> Option<usize> {
        let mut before = 0;
        for candidate in &self.items {
            let at = candidate.pages.iter().position(|number| *number == page);
            if let Some(at) = at.filter(|_| candidate.item_id == item) {
                return Some(before + at + 1);
            }
            before += candidate.pages.len();
        }
        None
    }

    /// The place of the first page among all that shows this page of a version, whichever item it belongs to.
    pub fn ordinal_of(&self, version: VersionId, page: i32) -> Option<usize> {
        self.items
            .iter()
            .filter(|item| item.version_id == version)
            .find_map(|item| self.ordinal(item.item_id, page))
    }

    /// The item, if it is in the pitch and shows `page`.
    pub fn item_showing(&self, item: PitchItemId, page: i32) -> Option<&LayoutItem> {
        self.item(item)
            .filter(|candidate| candidate.pages.contains(&page))
    }
}

/// Whether files of this format are played and not paged through.
pub fn is_video(format: &str) -> bool {
    matches!(format, "mp4" | "webm")
}

/// One item of a pitch with the rows behind it, for those who draw it.
#[derive(Clone, Debug)]
pub struct ShownItem {
    /// The item.
    pub item: pitch_item::Model,
    /// Its asset.
    pub asset: asset::Model,
    /// The version shown: the asset's current one, or the one that the item keeps.
    pub version: asset_version::Model,
    /// As in [`LayoutItem::pages`].
    pub pages: Vec<i32>,
}

impl ShownItem {
    /// The item without the rows.
    pub fn layout_item(&self) -> LayoutItem {
        LayoutItem {
            item_id: self.item.id,
            asset_id: self.asset.id,
            version_id: self.version.id,
            title: self.asset.title.clone(),
            kind: self.asset.kind,
            pages: self.pages.clone(),
        }
    }
}

/// Looks up what `pitch` shows, in three queries whatever its length.
pub async fn layout<C: ConnectionTrait>(db: &C, pitch: PitchId) -> Result<Layout> {
    Ok(Layout::of(&shown_items(db, pitch).await?))
}

/// The same for many pitches, in as many queries; pitches that show nothing are missing.
pub async fn layouts<C: ConnectionTrait>(
    db: &C,
    pitches: &[PitchId],
) -> Result<HashMap<PitchId, Layout>> {
    let mut layouts: HashMap<PitchId, Layout> = HashMap::new();
    for shown in shown_items_of(db, pitches).await? {
        let layout = layouts.entry(shown.item.pitch_id).or_default();
        layout.items.push(shown.layout_item());
    }
    Ok(layouts)
}

/// The same with the rows behind it.
pub async fn shown_items<C: ConnectionTrait>(db: &C, pitch: PitchId) -> Result<Vec<ShownItem>> {
    shown_items_of(db, &[pitch]).await
}

async fn shown_items_of<C: ConnectionTrait>(db: &C, pitches: &[PitchId]) -> Result<Vec<ShownItem>> {
    let items = pitch_item::Entity::find()
        .filter(pitch_item::Column::PitchId.is_in(pitches.iter().copied()))
        .order_by_asc(pitch_item::Column::Position)
        .all(db)
        .await?;
    let found = Found::load(db, &items).await?;
    Ok(items
        .into_iter()
        .filter_map(|item| {
            let asset = found.asset(item.asset_id)?;
            let version = found.shown(&item)?;
            let pages = pages_shown(version, item.page_number);
            let visible = !asset.internal_only && !pages.is_empty();
            visible.then(|| ShownItem {
                asset: asset.clone(),
                version: version.clone(),
                pages,
                item,
            })
        })
        .collect())
}

fn pages_shown(version: &asset_version::Model, chosen: Option<i32>) -> Vec<i32> {
    if is_video(&version.format) {
        return vec![1];
    }
    let last = version.page_count.unwrap_or(0);
    match chosen {
        Some(page) => (page..=page.min(last)).collect(),
        None => (1..=last).collect(),
    }
}
