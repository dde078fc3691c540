//! Questions that readers ask about a page, readers who are not to be known, and what was erased on request.

use sea_orm_migration::prelude::*;

use crate::table::{Table, add_column, drop_all, drop_column};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::new("questions")
            .id()
            .uuid("link_id")
            .uuid_null("visit_id")
            .uuid_null("item_id")
            .uuid_null("asset_id")
            .int_null("page_number")
            .int_null("ordinal")
            .text("page_title")
            .text("text")
            .text("asker_name")
            .text_null("asker_email")
            .time("asked_at")
            .text_null("answer")
            .uuid_null("answered_by")
            .time_null("answered_at")
            .belongs("link_id", "pitch_links")
            .refers("answered_by", "users")
            .index(&["visit_id"])
            .index(&["asked_at"])
            .create(manager)
            .await?;
        Table::new("erasures")
            .id()
            .uuid("link_id")
            .text("scope")
            .int("visits")
            .int("events")
            .int("questions")
            .time("erased_at")
            .belongs("link_id", "pitch_links")
            .create(manager)
            .await?;
        add_column(manager, "visits", "unnamed", |column| {
            column.boolean();
        })
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager, "visits", "unnamed").await?;
        drop_all(manager, &["erasures", "questions"]).await
    }
}
