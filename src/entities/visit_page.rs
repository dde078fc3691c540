//! What a visit saw of one page. A derived table, bounded by pages per visit.

use sea_orm::entity::prelude::*;

use crate::ids::{AssetId, PitchItemId, VersionId, VisitId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "visit_pages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub visit_id: VisitId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_id: PitchItemId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub page_number: i32,
    pub asset_id: AssetId,
    pub version_id: VersionId,
    pub active_ms: i64,
    pub views: i32,
    #[sea_orm(belongs_to, from = "visit_id", to = "id")]
    pub visit: HasOne<super::visit::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
