//! The change log that every node's search index follows: `seq` is in commit order.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// What changed; `asset` so far.
    pub kind: String,
    pub subject_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
