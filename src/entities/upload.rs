//! A file on its way in. Its bytes lie in a file of the node that took the first of them.

use sea_orm::entity::prelude::*;

use crate::ids::{UploadId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "uploads")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UploadId,
    pub owner_id: UserId,
    /// Which node has the bytes.
    pub node: String,
    pub file_name: String,
    /// As it was sent, to be repeated to whoever resumes.
    pub metadata: String,
    /// What was announced.
    pub byte_size: i64,
    /// What is on disk for certain.
    pub received: i64,
    /// Hex BLAKE3 of the whole file, once somebody has asked what it is.
    pub blob: Option<String>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
