//! The PDFs of documents that were not PDFs, for links that give files out as PDF only.

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
        Table::new("version_pdfs")
            .uuid("version_id")
            .text_null("blob")
            .big("byte_size")
            .text_null("failure")
            .time("created_at")
            .key(&["version_id"])
            .part_of("version_id", "asset_versions")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["version_pdfs"]).await
    }
}
