//! Searching: the marketers' synonyms, and what was searched for with what became of it.

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
        Table::new("synonyms")
            .id()
            .json("terms")
            .bool("one_way")
            .text_null("language")
            .text("label")
            .uuid_null("edited_by")
            .big("revision")
            .time("updated_at")
            .refers("edited_by", "users")
            .index(&["label"])
            .create(manager)
            .await?;
        Table::new("searches")
            .id()
            .uuid("user_id")
            .uuid_null("opportunity_id")
            .text("query")
            .text("words")
            .json("filters")
            .big("asset_count")
            .big("page_count")
            .json("results")
            .uuid_null("reworded_from")
            .time("created_at")
            .time("updated_at")
            .belongs("user_id", "users")
            .belongs("opportunity_id", "opportunities")
            .index(&["reworded_from"])
            .index(&["created_at"])
            .create(manager)
            .await?;
        Table::new("search_clicks")
            .serial()
            .uuid("search_id")
            .uuid("asset_id")
            .int_null("page")
            .int_null("position")
            .text("kind")
            .time("at")
            .belongs("search_id", "searches")
            .belongs("asset_id", "assets")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["search_clicks", "searches", "synonyms"]).await
    }
}
