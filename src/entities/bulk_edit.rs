//! One change asked for many assets at once, done by a job.

use sea_orm::entity::prelude::*;

use crate::ids::{BulkEditId, SessionId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk_edits")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BulkEditId,
    pub user_id: UserId,
    /// The sign-in in which it was asked for. No foreign key: sessions go, reports stay.
    pub session_id: SessionId,
    /// What was asked for.
    pub change: Json,
    pub total: i32,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
