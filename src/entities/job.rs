//! A piece of background work, written in the transaction of the business row that causes it.

use sea_orm::entity::prelude::*;

use super::JobState;
use crate::ids::JobId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobId,
    pub kind: String,
    pub payload: Json,
    /// What the work is about, for lists: `asset_version` and its id.
    pub subject_kind: String,
    pub subject_id: Uuid,
    pub state: JobState,
    /// Higher goes first.
    pub priority: i32,
    pub attempts: i32,
    pub max_attempts: i32,
    pub run_after: DateTimeUtc,
    /// Until when the worker that claimed it is trusted to be alive.
    pub lease_until: Option<DateTimeUtc>,
    /// Counts claims; a worker whose token is no longer the row's has lost the job.
    pub fence: i64,
    pub progress_done: i32,
    pub progress_total: Option<i32>,
    pub error_code: Option<String>,
    pub error_detail: Option<String>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
