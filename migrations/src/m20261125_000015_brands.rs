//! How a team's pitches look: its name, its logo, its colour.

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
        Table::new("brands")
            .text("scope")
            .uuid_null("team_id")
            .text("name")
            .text_null("accent")
            .text_null("logo")
            .int_null("logo_width")
            .int_null("logo_height")
            .big("revision")
            .uuid("updated_by")
            .time("updated_at")
            .key(&["scope"])
            .belongs("team_id", "teams")
            .refers("updated_by", "users")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["brands"]).await
    }
}
