//! One asset, or one page of it, in a pitch. It shows the asset's current version, or the one it keeps.

use sea_orm::entity::prelude::*;

use crate::ids::{AssetId, PitchId, PitchItemId, VersionId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pitch_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PitchItemId,
    pub pitch_id: PitchId,
    pub position: i32,
    pub asset_id: AssetId,
    /// A single page, or the whole asset.
    pub page_number: Option<i32>,
    /// The heading under which the item stands.
    pub section: String,
    pub note: String,
    /// The version that it keeps; absent where it follows the asset's current one. Versions are never deleted, so it
    /// needs no foreign key.
    pub version_id: Option<VersionId>,
    /// The version in which a single page has its number. Where it is behind the current one, the page is yet to be
    /// looked up in that.
    pub page_version_id: Option<VersionId>,
    #[sea_orm(belongs_to, from = "pitch_id", to = "id")]
    pub pitch: HasOne<super::pitch::Entity>,
    #[sea_orm(belongs_to, from = "asset_id", to = "id")]
    pub asset: HasOne<super::asset::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
