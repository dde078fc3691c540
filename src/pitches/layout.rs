//! What a pitch shows today: its items in order, each with the version and the pages behind it.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use crate::entities::{AssetKind, asset, asset_version, pitch_item};
use crate::error::Result;
use crate::ids::{AssetId, PitchId, PitchItemId, VersionId};

/// A pitch as it stands now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The items in order; those whose asset has no ready version are left out.
    pub items: Vec<LayoutItem>,
}

/// One item of a pitch with the pages it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayoutItem {
    /// The item.
    pub item_id: PitchItemId,
    /// The asset.
    pub asset_id: AssetId,
    /// The version shown: the asset's current one.
    pub version_id: VersionId,
    /// The asset's title.
    pub title: String,
    /// The asset's kind.
    pub kind: AssetKind,
    /// The page numbers shown, in order: all, or the single one that was chosen.
    pub pages: Vec<i32>,
}

impl Layout {
    /// How many pages the pitch shows.
    pub fn page_total(&self) -> usize {
        self.items.iter().map(|item| item.pages.len()).sum()
    }

    /// The item, if it is in the pitch and shows `page`.
    pub fn item_showing(&self, item: PitchItemId, page: i32) -> Option<&LayoutItem> {
        self.items
            .iter()
            .find(|candidate| candidate.item_id == item && candidate.pages.contains(&page))
    }
}

/// Looks up what `pitch` shows, in three queries whatever its length.
pub async fn layout<C: ConnectionTrait>(db: &C, pitch: PitchId) -> Result<Layout> {
    let items = pitch_item::Entity::find()
        .filter(pitch_item::Column::PitchId.eq(pitch))
        .order_by_asc(pitch_item::Column::Position)
        .all(db)
        .await?;
    let assets: HashMap<AssetId, asset::Model> = asset::Entity::find()
        .filter(asset::Column::Id.is_in(items.iter().map(|item| item.asset_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|asset| (asset.id, asset))
        .collect();
    let current = assets.values().filter_map(|asset| asset.current_version_id);
    let versions: HashMap<VersionId, asset_version::Model> = asset_version::Entity::find()
        .filter(asset_version::Column::Id.is_in(current))
        .all(db)
        .await?
        .into_iter()
        .map(|version| (version.id, version))
        .collect();

    let items = items
        .into_iter()
        .filter_map(|item| {
            let asset = assets.get(&item.asset_id)?;
            let version = versions.get(&asset.current_version_id?)?;
            let last = version.page_count?;
            let pages = match item.page_number {
                Some(page) => (page..=page.min(last)).collect(),
                None => (1..=last).collect(),
            };
            Some(LayoutItem {
                item_id: item.id,
                asset_id: asset.id,
                version_id: version.id,
                title: asset.title.clone(),
                kind: asset.kind,
                pages,
            })
        })
        .collect();
    Ok(Layout { items })
}
