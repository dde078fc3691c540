//! The life cycle with its people: reviews and their reviewers, the log of steps, comments, what collateral cost, and
//! what reps ask for. Notifications learn what they are about.

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
        Table::new("asset_reviews")
            .id()
            .uuid("asset_id")
            .uuid_null("sent_by")
            .time("sent_at")
            .text("comment")
            .time_null("closed_at")
            .belongs("asset_id", "assets")
            .refers("sent_by", "users")
            .index(&["closed_at", "sent_at"])
            .create(manager)
            .await?;
        Table::new("asset_reviewers")
            .uuid("review_id")
            .uuid("user_id")
            .key(&["review_id", "user_id"])
            .part_of("review_id", "asset_reviews")
            .belongs("user_id", "users")
            .create(manager)
            .await?;
        Table::new("asset_steps")
            .id()
            .uuid("asset_id")
            .text_null("from_state")
            .text("to_state")
            .uuid_null("taken_by")
            .text("comment")
            .bool("own_approval")
            .uuid_null("review_id")
            .time("taken_at")
            .belongs("asset_id", "assets")
            .refers("taken_by", "users")
            .belongs("review_id", "asset_reviews")
            .create(manager)
            .await?;
        Table::new("asset_comments")
            .id()
            .uuid("asset_id")
            .uuid_null("version_id")
            .int_null("page_number")
            .text("text")
            .uuid("author_id")
            .time("created_at")
            .time_null("resolved_at")
            .uuid_null("resolved_by")
            .belongs("asset_id", "assets")
            .belongs("version_id", "asset_versions")
            .refers("author_id", "users")
            .refers("resolved_by", "users")
            .create(manager)
            .await?;
        Table::new("asset_costs")
            .id()
            .uuid("asset_id")
            .text("kind")
            .big("amount_minor")
            .text("currency")
            .day("spent_on")
            .text("note")
            .text_null("import_key")
            .uuid_null("created_by")
            .big("revision")
            .time("created_at")
            .time("updated_at")
            .belongs("asset_id", "assets")
            .refers("created_by", "users")
            .unique("uq_asset_costs_import", &["import_key"])
            .create(manager)
            .await?;
        Table::new("content_requests")
            .id()
            .text("title")
            .text("purpose")
            .text("query")
            .text_null("stage")
            .text_null("industry")
            .text_null("persona")
            .text_null("product")
            .text("status")
            .uuid("asked_by")
            .uuid_null("owner_id")
            .day_null("due_on")
            .uuid_null("asset_id")
            .text("decline_reason")
            .int("demand")
            .big("revision")
            .time("created_at")
            .time("updated_at")
            .refers("asked_by", "users")
            .refers("owner_id", "users")
            .refers("asset_id", "assets")
            .index(&["status", "demand"])
            .create(manager)
            .await?;
        Table::new("content_request_joins")
            .uuid("request_id")
            .uuid("user_id")
            .uuid_null("opportunity_id")
            .time("joined_at")
            .key(&["request_id", "user_id"])
            .part_of("request_id", "content_requests")
            .belongs("user_id", "users")
            .refers("opportunity_id", "opportunities")
            .create(manager)
            .await?;
        for column in [
            ColumnDef::new("subject_kind").text().null().take(),
            ColumnDef::new("subject_id").uuid().null().take(),
        ] {
            let add = sea_query::Table::alter()
                .table("notifications")
                .add_column(column)
                .take();
            manager.alter_table(add).await?;
        }
        // What was in review before there were reviews gets one of its own, under the asset's id, sent by its owner.
        let waiting = Query::select()
            .columns(["id", "id", "owner_id", "updated_at"])
            .expr(Expr::value(""))
            .from("assets")
            .and_where(Expr::col("state").eq("in_review"))
            .take();
        let insert = Query::insert()
            .into_table("asset_reviews")
            .columns(["id", "asset_id", "sent_by", "sent_at", "comment"])
            .select_from(waiting)
            .map_err(|error| DbErr::Migration(error.to_string()))?
            .take();
        manager.execute(insert).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["subject_id", "subject_kind"] {
            let drop = sea_query::Table::alter()
                .table("notifications")
                .drop_column(column)
                .take();
            manager.alter_table(drop).await?;
        }
        drop_all(
            manager,
            &[
                "content_request_joins",
                "content_requests",
                "asset_costs",
                "asset_comments",
                "asset_steps",
                "asset_reviewers",
                "asset_reviews",
            ],
        )
        .await
    }
}
