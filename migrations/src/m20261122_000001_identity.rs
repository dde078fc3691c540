//! Who may sign in, and their sessions.

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
        Table::new("teams")
            .id()
            .text("name")
            .time("created_at")
            .unique("uq_teams_name", &["name"])
            .create(manager)
            .await?;
        Table::new("users")
            .id()
            .text("email")
            .text("name")
            .text("role")
            .uuid_null("team_id")
            .text_null("password_hash")
            .text("time_zone")
            .bool("active")
            .time("created_at")
            .refers("team_id", "teams")
            .unique("uq_users_email", &["email"])
            .create(manager)
            .await?;
        Table::new("sessions")
            .id()
            .uuid("user_id")
            .time("created_at")
            .time("expires_at")
            .time_null("revoked_at")
            .text("user_agent")
            .belongs("user_id", "users")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["sessions", "users", "teams"]).await
    }
}
