//! Files of an archive that come in together: looked through first, taken in when somebody says so.

use sea_orm::entity::prelude::*;

use super::ImportState;
use crate::ids::{ImportId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "content_imports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImportId,
    pub owner_id: UserId,
    pub file_name: String,
    /// Stands before every path, so that two archives with the same names do not meet.
    pub prefix: String,
    /// What is said of every file that the manifest does not say otherwise of.
    pub defaults: Json,
    /// The archive, until the import is over.
    pub blob: Option<String>,
    pub state: ImportState,
    pub row_count: Option<i32>,
    pub rows_done: i32,
    pub failure_code: Option<String>,
    pub failure_detail: Option<String>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
