//! How often something that can be guessed was tried of late; see `http::limits`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attempts")]
pub struct Model {
    /// Hex BLAKE3 of what is counted, so that no address stands here.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub count: i32,
    /// Seconds of the epoch at which the count starts again.
    pub resets_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
