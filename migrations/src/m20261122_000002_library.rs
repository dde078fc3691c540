//! Collateral: assets, their versions and pages, what describes them, and collections.

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
        Table::new("assets")
            .id()
            .text("title")
            .text("description")
            .text("kind")
            .text("state")
            .bool("internal_only")
            .text_null("language")
            .uuid_null("owner_id")
            .uuid_null("current_version_id")
            .day_null("review_by")
            .day_null("expires_at")
            .big("revision")
            .time("created_at")
            .time("updated_at")
            .refers("owner_id", "users")
            .index(&["updated_at"])
            .create(manager)
            .await?;
        Table::new("asset_facets")
            .uuid("asset_id")
            .text("facet")
            .text("value")
            .key(&["asset_id", "facet", "value"])
            .part_of("asset_id", "assets")
            .create(manager)
            .await?;
        Table::new("asset_versions")
            .id()
            .uuid("asset_id")
            .int("number")
            .text("file_name")
            .text("media_type")
            .text("format")
            .big("byte_size")
            .text("blob")
            .text("state")
            .int_null("page_count")
            .int("pages_done")
            .text_null("failure_code")
            .text_null("failure_detail")
            .uuid_null("created_by")
            .time("created_at")
            .part_of("asset_id", "assets")
            .unique("uq_asset_versions_number", &["asset_id", "number"])
            .refers("created_by", "users")
            .index(&["blob"])
            .create(manager)
            .await?;
        Table::new("pages")
            .uuid("version_id")
            .int("number")
            .text("title")
            .text("text")
            .int("width")
            .int("height")
            .text("image_480")
            .text("image_960")
            .text("image_1600")
            .key(&["version_id", "number"])
            .part_of("version_id", "asset_versions")
            .create(manager)
            .await?;
        Table::new("collections")
            .id()
            .text("name")
            .text("description")
            .uuid_null("owner_id")
            .time("created_at")
            .refers("owner_id", "users")
            .unique("uq_collections_name", &["name"])
            .create(manager)
            .await?;
        Table::new("collection_items")
            .uuid("collection_id")
            .uuid("asset_id")
            .int("position")
            .key(&["collection_id", "asset_id"])
            .part_of("collection_id", "collections")
            .belongs("asset_id", "assets")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &[
                "collection_items",
                "collections",
                "pages",
                "asset_versions",
                "asset_facets",
                "assets",
            ],
        )
        .await
    }
}
