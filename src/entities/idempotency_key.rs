//! The reply to a POST that carried an `Idempotency-Key`, kept so that a repetition gets the same reply.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    /// Hex BLAKE3 of user, path and key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Hex BLAKE3 of what was asked.
    pub asked: String,
    /// 0 while it is being worked on.
    pub status: i32,
    /// Sealed, since replies hold what opens links.
    pub body: String,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
