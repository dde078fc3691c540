//! What is recommended for each open opportunity, ready to be shown, and what of it was shown.

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
        Table::new("recommendation_sets")
            .uuid("opportunity_id")
            .text("basis")
            .time("prepared_at")
            .key(&["opportunity_id"])
            .part_of("opportunity_id", "opportunities")
            .create(manager)
            .await?;
        Table::new("recommendations")
            .uuid("opportunity_id")
            .int("position")
            .uuid("asset_id")
            .int_null("page_number")
            .bool("exploration")
            .int("uplift_permille")
            .json("reasons")
            .int("sends")
            .int("similar_won")
            .int("similar_won_used")
            .int("similar_lost")
            .int("similar_lost_used")
            .key(&["opportunity_id", "position"])
            .part_of("opportunity_id", "opportunities")
            .belongs("asset_id", "assets")
            .create(manager)
            .await?;
        Table::new("recommendation_impressions")
            .uuid("opportunity_id")
            .uuid("asset_id")
            .uuid_null("user_id")
            .int("position")
            .bool("exploration")
            .time("first_shown_at")
            .key(&["opportunity_id", "asset_id"])
            .part_of("opportunity_id", "opportunities")
            .belongs("asset_id", "assets")
            .belongs("user_id", "users")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &[
                "recommendation_impressions",
                "recommendations",
                "recommendation_sets",
            ],
        )
        .await
    }
}
