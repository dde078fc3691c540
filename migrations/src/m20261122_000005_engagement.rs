//! Signals: the events, what is folded from them, and what users are told.

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
        Table::new("events")
            .id()
            .uuid("visit_id")
            .uuid("link_id")
            .text("kind")
            .time("occurred_at")
            .time("received_at")
            .uuid_null("item_id")
            .uuid_null("asset_id")
            .uuid_null("version_id")
            .int_null("page_number")
            .big("active_ms")
            .json("data")
            .index(&["visit_id"])
            .refers("link_id", "pitch_links")
            .create(manager)
            .await?;
        Table::new("visits")
            .id()
            .uuid("link_id")
            .time("started_at")
            .time("last_seen_at")
            .time("updated_at")
            .text("user_agent")
            .text("network")
            .text("browser_id")
            .text("level")
            .text("class")
            .int("score")
            .json("reasons")
            .json("features")
            .text_null("class_override")
            .big("active_ms")
            .int("pages_read")
            .int("page_total")
            .int("shares")
            .int("downloads")
            .uuid_null("current_item_id")
            .int_null("current_page")
            .refers("link_id", "pitch_links")
            .index(&["last_seen_at"])
            .index(&["updated_at"])
            .create(manager)
            .await?;
        Table::new("visit_pages")
            .uuid("visit_id")
            .uuid("item_id")
            .int("page_number")
            .uuid("asset_id")
            .uuid("version_id")
            .big("active_ms")
            .int("views")
            .key(&["visit_id", "item_id", "page_number"])
            .part_of("visit_id", "visits")
            .create(manager)
            .await?;
        Table::new("rollup_asset_days")
            .uuid("asset_id")
            .day("day")
            .big("reads")
            .big("completions")
            .big("completion_milli")
            .big("page_views")
            .big("active_ms")
            .big("shares")
            .big("downloads")
            .big("excluded_visits")
            .key(&["asset_id", "day"])
            .part_of("asset_id", "assets")
            .index(&["day"])
            .create(manager)
            .await?;
        Table::new("rollup_pages")
            .uuid("version_id")
            .int("page_number")
            .day("day")
            .big("views")
            .big("active_ms")
            .big("exits")
            .key(&["version_id", "page_number", "day"])
            .part_of("version_id", "asset_versions")
            .create(manager)
            .await?;
        Table::new("rollup_opportunity_assets")
            .uuid("opportunity_id")
            .uuid("asset_id")
            .day("day")
            .big("reads")
            .big("completions")
            .big("completion_milli")
            .big("page_views")
            .big("active_ms")
            .big("shares")
            .big("downloads")
            .big("excluded_visits")
            .key(&["opportunity_id", "asset_id", "day"])
            .part_of("opportunity_id", "opportunities")
            .belongs("asset_id", "assets")
            .index(&["day"])
            .create(manager)
            .await?;
        Table::new("notifications")
            .serial()
            .uuid("user_id")
            .text("kind")
            .text("title")
            .text("body")
            .uuid_null("opportunity_id")
            .uuid_null("visit_id")
            .text("dedupe_key")
            .time("created_at")
            .time_null("read_at")
            .belongs("user_id", "users")
            .belongs("opportunity_id", "opportunities")
            .index(&["user_id", "id"])
            .unique("uq_notifications_dedupe", &["user_id", "dedupe_key"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &[
                "notifications",
                "rollup_opportunity_assets",
                "rollup_pages",
                "rollup_asset_days",
                "visit_pages",
                "visits",
                "events",
            ],
        )
        .await
    }
}
