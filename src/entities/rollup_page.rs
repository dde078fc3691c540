//! Human attention per page of a version and day, and how often it was the last page seen.

use sea_orm::entity::prelude::*;

use crate::ids::VersionId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rollup_pages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub version_id: VersionId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub page_number: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    pub views: i64,
    pub active_ms: i64,
    pub exits: i64,
    #[sea_orm(belongs_to, from = "version_id", to = "id")]
    pub version: HasOne<super::asset_version::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
