//! How collateral comes in: resumable uploads, imports with their reports, web links, and what is alike.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_all};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const FILE_NAMES: &str = "ix_asset_versions_file_name";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::new("uploads")
            .id()
            .uuid("owner_id")
            .text("node")
            .text("file_name")
            .text("metadata")
            .big("byte_size")
            .big("received")
            .text_null("blob")
            .time("created_at")
            .time("expires_at")
            .belongs("owner_id", "users")
            .index(&["expires_at"])
            .create(manager)
            .await?;
        Table::new("import_keys")
            .text("import_key")
            .uuid("asset_id")
            .key(&["import_key"])
            .belongs("asset_id", "assets")
            .create(manager)
            .await?;
        Table::new("content_imports")
            .id()
            .uuid("owner_id")
            .text("file_name")
            .text("prefix")
            .json("defaults")
            .text_null("blob")
            .text("state")
            .int_null("row_count")
            .int("rows_done")
            .text_null("failure_code")
            .text_null("failure_detail")
            .time("created_at")
            .time_null("finished_at")
            .belongs("owner_id", "users")
            .create(manager)
            .await?;
        Table::new("import_rows")
            .uuid("import_id")
            .int("number")
            .text("file")
            .text("outcome")
            .text_null("detail")
            .uuid_null("asset_id")
            .bool("done")
            .key(&["import_id", "number"])
            .part_of("import_id", "content_imports")
            .create(manager)
            .await?;
        Table::new("web_sources")
            .uuid("asset_id")
            .text("url")
            .time("fetched_at")
            .key(&["asset_id"])
            .part_of("asset_id", "assets")
            .create(manager)
            .await?;
        Table::new("asset_fingerprints")
            .uuid("asset_id")
            .uuid("version_id")
            .int("pages")
            .time("made_at")
            .key(&["asset_id"])
            .part_of("asset_id", "assets")
            .create(manager)
            .await?;
        Table::new("page_fingerprints")
            .uuid("asset_id")
            .int("number")
            .int("words")
            .bytes("signature")
            .big_null("picture")
            .key(&["asset_id", "number"])
            .part_of("asset_id", "assets")
            .create(manager)
            .await?;
        Table::new("page_bands")
            .big("hash")
            .uuid("asset_id")
            .int("number")
            .key(&["hash", "asset_id", "number"])
            .belongs("asset_id", "assets")
            .create(manager)
            .await?;
        Table::new("duplicate_pairs")
            .uuid("asset_id")
            .uuid("other_id")
            .bool("exact")
            .int("alike")
            .int("pages")
            .int("other_pages")
            .time("found_at")
            .time_null("dismissed_at")
            .uuid_null("dismissed_by")
            .key(&["asset_id", "other_id"])
            .part_of("asset_id", "assets")
            .belongs("other_id", "assets")
            .refers("dismissed_by", "users")
            .index(&["found_at"])
            .create(manager)
            .await?;
        let index = Index::create()
            .name(FILE_NAMES)
            .table("asset_versions")
            .col("file_name")
            .to_owned();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::drop()
            .name(FILE_NAMES)
            .table("asset_versions")
            .to_owned();
        manager.drop_index(index).await?;
        drop_all(
            manager,
            &[
                "duplicate_pairs",
                "page_bands",
                "page_fingerprints",
                "asset_fingerprints",
                "web_sources",
                "import_rows",
                "content_imports",
                "import_keys",
                "uploads",
            ],
        )
        .await
    }
}
