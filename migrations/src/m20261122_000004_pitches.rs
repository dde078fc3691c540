//! Pitches, what is in them, and their tracked links.

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
        Table::new("pitches")
            .id()
            .uuid("opportunity_id")
            .uuid("owner_id")
            .text("title")
            .text("message")
            .big("revision")
            .time("created_at")
            .time("updated_at")
            .refers("opportunity_id", "opportunities")
            .refers("owner_id", "users")
            .create(manager)
            .await?;
        Table::new("pitch_items")
            .id()
            .uuid("pitch_id")
            .int("position")
            .uuid("asset_id")
            .int_null("page_number")
            .text("section")
            .text("note")
            .belongs("pitch_id", "pitches")
            .refers("asset_id", "assets")
            .create(manager)
            .await?;
        Table::new("pitch_links")
            .id()
            .uuid("pitch_id")
            .uuid_null("parent_link_id")
            .uuid_null("contact_id")
            .text_null("recipient_name")
            .text_null("recipient_email")
            .text("token_hash")
            .bool("download_allowed")
            .uuid_null("created_by")
            .time("created_at")
            .time_null("expires_at")
            .time_null("revoked_at")
            .refers("pitch_id", "pitches")
            .refers("parent_link_id", "pitch_links")
            .refers("contact_id", "contacts")
            .refers("created_by", "users")
            .unique("uq_pitch_links_token", &["token_hash"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["pitch_links", "pitch_items", "pitches"]).await
    }
}
