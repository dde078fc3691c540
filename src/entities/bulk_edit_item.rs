//! One asset of a bulk edit and what became of it. No foreign key to the asset: this is a record of what was asked.

use sea_orm::entity::prelude::*;

use super::BulkOutcome;
use crate::ids::{AssetId, BulkEditId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk_edit_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub bulk_edit_id: BulkEditId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub asset_id: AssetId,
    /// Absent as long as its turn has not come.
    pub outcome: Option<BulkOutcome>,
    /// Why it was refused.
    pub reason: Option<String>,
    #[sea_orm(belongs_to, from = "bulk_edit_id", to = "id")]
    pub bulk_edit: HasOne<super::bulk_edit::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
