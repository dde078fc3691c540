//! Mutual next steps, the history of pitches, and pitch templates.

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
        Table::new("pitch_steps")
            .id()
            .uuid("pitch_id")
            .int("position")
            .text("side")
            .text("what")
            .text("who")
            .day_null("due_on")
            .time_null("done_at")
            .text_null("done_by")
            .uuid_null("done_link_id")
            .time("created_at")
            .belongs("pitch_id", "pitches")
            .create(manager)
            .await?;
        Table::new("pitch_revisions")
            .uuid("pitch_id")
            .big("revision")
            .text("title")
            .json("content")
            .uuid("saved_by")
            .text_null("editing")
            .big_null("restored_from")
            .time("began_at")
            .time("saved_at")
            .key(&["pitch_id", "revision"])
            .part_of("pitch_id", "pitches")
            .refers("saved_by", "users")
            .create(manager)
            .await?;
        Table::new("pitch_templates")
            .id()
            .text("name")
            .text("description")
            .uuid("owner_id")
            .uuid_null("team_id")
            .text("audience")
            .text("title")
            .json("content")
            .big("revision")
            .big("uses")
            .time("created_at")
            .time("updated_at")
            .refers("owner_id", "users")
            .refers("team_id", "teams")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &["pitch_templates", "pitch_revisions", "pitch_steps"],
        )
        .await
    }
}
