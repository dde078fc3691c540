//! Alerts: who wants to hear what and when, what is still to be told, and webhooks with the log of their deliveries.

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
        Table::new("alert_settings")
            .uuid("user_id")
            .json("settings")
            .time("updated_at")
            .key(&["user_id"])
            .part_of("user_id", "users")
            .create(manager)
            .await?;
        Table::new("team_alert_settings")
            .uuid("team_id")
            .json("settings")
            .time("updated_at")
            .key(&["team_id"])
            .part_of("team_id", "teams")
            .create(manager)
            .await?;
        Table::new("alert_watches")
            .uuid("user_id")
            .uuid("opportunity_id")
            .text("mode")
            .time("created_at")
            .key(&["user_id", "opportunity_id"])
            .part_of("user_id", "users")
            .belongs("opportunity_id", "opportunities")
            .create(manager)
            .await?;
        Table::new("alert_items")
            .id()
            .uuid("user_id")
            .uuid("opportunity_id")
            .uuid("signal_id")
            .text("channel")
            .bool("held")
            .time("due_at")
            .time_null("settled_at")
            .uuid_null("bundle_id")
            .time("created_at")
            .belongs("user_id", "users")
            .belongs("opportunity_id", "opportunities")
            .belongs("signal_id", "signals")
            .index(&["settled_at", "due_at"])
            .unique("uq_alert_items_once", &["user_id", "signal_id", "channel"])
            .create(manager)
            .await?;
        // The row whose lock keeps two nodes from writing to one user about one deal at the same moment.
        Table::new("alert_gates")
            .uuid("user_id")
            .uuid("opportunity_id")
            .text("channel")
            .time_null("passed_at")
            .key(&["user_id", "opportunity_id", "channel"])
            .part_of("user_id", "users")
            .belongs("opportunity_id", "opportunities")
            .create(manager)
            .await?;
        Table::new("webhooks")
            .id()
            .text("name")
            .text("url")
            .text("format")
            .json("event_types")
            .uuid_null("team_id")
            .int("secret_number")
            .time_null("old_secret_until")
            .time_null("disabled_at")
            .text_null("disabled_reason")
            .uuid_null("created_by")
            .big("revision")
            .time("created_at")
            .time("updated_at")
            .belongs("team_id", "teams")
            .refers("created_by", "users")
            .create(manager)
            .await?;
        Table::new("webhook_deliveries")
            .id()
            .uuid("webhook_id")
            .text("event_type")
            .text("body")
            .text("state")
            .int("tries")
            .int("round")
            .time_null("next_try_at")
            .time("created_at")
            .time_null("finished_at")
            .belongs("webhook_id", "webhooks")
            .index(&["created_at"])
            .create(manager)
            .await?;
        Table::new("webhook_tries")
            .serial()
            .uuid("delivery_id")
            .int("round")
            .int("number")
            .time("at")
            .int_null("status")
            .int("took_ms")
            .text_null("failure")
            .text("reply")
            .belongs("delivery_id", "webhook_deliveries")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &[
                "webhook_tries",
                "webhook_deliveries",
                "webhooks",
                "alert_gates",
                "alert_items",
                "alert_watches",
                "team_alert_settings",
                "alert_settings",
            ],
        )
        .await
    }
}
