//! Something a user should know; `id` is the cursor from which a stream resumes.

use sea_orm::entity::prelude::*;

use crate::ids::{OpportunityId, UserId, VisitId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notifications")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_id: UserId,
    pub kind: String,
    pub title: String,
    pub body: String,
    pub opportunity_id: Option<OpportunityId>,
    pub visit_id: Option<VisitId>,
    /// What else it is about: `asset`, `pitch` or `request`, and which. No foreign key: it may be of any table.
    pub subject_kind: Option<String>,
    pub subject_id: Option<Uuid>,
    /// One notification per key: the same cause never tells twice.
    pub dedupe_key: String,
    pub created_at: DateTimeUtc,
    pub read_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: HasOne<super::user::Entity>,
    #[sea_orm(belongs_to, from = "opportunity_id", to = "id")]
    pub opportunity: HasOne<super::opportunity::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
