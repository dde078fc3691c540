//! Who did what to what. Rows are written once, and neither changed nor deleted.

use sea_orm::entity::prelude::*;

use crate::ids::{AuditId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditId,
    /// `user`, `recipient`, `webhook` or `system`.
    pub actor: String,
    /// The user, where it was one.
    pub actor_id: Option<UserId>,
    /// What was done: `contact_restricted`, ...
    pub action: String,
    /// To what sort of thing. No foreign key: it may be of any table, and the entry outlives it.
    pub subject_kind: String,
    pub subject_id: Option<Uuid>,
    /// What else is to be known, as JSON.
    pub detail: Json,
    pub at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "actor_id", to = "id")]
    pub user: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
