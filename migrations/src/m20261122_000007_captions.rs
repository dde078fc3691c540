//! How long a video plays, and its captions.

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
        add_column(manager, "asset_versions", "duration_ms", |column| {
            column.big_integer();
        })
        .await?;
        Table::new("captions")
            .id()
            .uuid("version_id")
            .text("language")
            .text("label")
            .text("vtt")
            .text("text")
            .uuid_null("created_by")
            .time("created_at")
            .part_of("version_id", "asset_versions")
            .unique("uq_captions_language", &["version_id", "language"])
            .refers("created_by", "users")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["captions"]).await?;
        drop_column(manager, "asset_versions", "duration_ms").await
    }
}
