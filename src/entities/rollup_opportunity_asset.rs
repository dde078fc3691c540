//! Human attention per opportunity, asset and day: what this deal has read. The columns are those of
//! `rollup_asset_days`, so that the same sums can be taken over all deals or over some.

use sea_orm::entity::prelude::*;

use crate::ids::{AssetId, OpportunityId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rollup_opportunity_assets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub opportunity_id: OpportunityId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub asset_id: AssetId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    pub reads: i64,
    pub completions: i64,
    pub completion_milli: i64,
    pub page_views: i64,
    pub active_ms: i64,
    pub shares: i64,
    pub downloads: i64,
    pub excluded_visits: i64,
    #[sea_orm(belongs_to, from = "opportunity_id", to = "id")]
    pub opportunity: HasOne<super::opportunity::Entity>,
    #[sea_orm(belongs_to, from = "asset_id", to = "id")]
    pub asset: HasOne<super::asset::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
