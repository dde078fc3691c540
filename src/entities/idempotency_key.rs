//! The reply to a POST that carried an `Idempotency-Key`, kept so that a repetition gets the same reply.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    /// Hex BLAKE3 of user, method, path and key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub status: i32,
    pub body: String,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
