//! Signals per asset and day, derived from visits: humans' reads apart from what was excluded.

use sea_orm::entity::prelude::*;

use crate::ids::AssetId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rollup_asset_days")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub asset_id: AssetId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    /// Human visits that read the asset.
    pub reads: i64,
    /// Of these, those that saw every page of it offered.
    pub completions: i64,
    /// Sum over reads of the share of its pages seen, in thousandths.
    pub completion_milli: i64,
    /// Pages of it seen for a second or more, over all reads.
    pub page_views: i64,
    pub active_ms: i64,
    pub shares: i64,
    pub downloads: i64,
    /// Visits left out because they were not, or not surely, a person's reading.
    pub excluded_visits: i64,
    #[sea_orm(belongs_to, from = "asset_id", to = "id")]
    pub asset: HasOne<super::asset::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
