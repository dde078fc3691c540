//! The audit log: who did what to what, for acts that somebody may have to answer for.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_all};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::new("audit_entries")
            .id()
            .text("actor")
            .uuid_null("actor_id")
            .text("action")
            .text("subject_kind")
            .uuid_null("subject_id")
            .json("detail")
            .time("at")
            .refers("actor_id", "users")
            .index(&["subject_kind", "subject_id"])
            .index(&["action"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["audit_entries"]).await
    }
}
