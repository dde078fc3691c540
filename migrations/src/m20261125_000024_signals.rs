//! Named signals, once per cause, and the scores of opportunities and contacts with the times at which they became
//! sales-ready or cooled off.

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
        // A visit is derived and may be made anew at any time, so nothing refers to it.
        Table::new("signals")
            .id()
            .text("kind")
            .text("cause_key")
            .uuid("opportunity_id")
            .uuid_null("contact_id")
            .uuid_null("link_id")
            .uuid_null("visit_id")
            .text_null("person")
            .text("title")
            .text("detail")
            .text("next_step")
            .json("facts")
            .time("happened_at")
            .time("created_at")
            .time_null("withdrawn_at")
            .text_null("withdrawn_reason")
            .time_null("handled_at")
            .uuid_null("handled_by")
            .bool("dismissed")
            .text_null("handled_note")
            .belongs("opportunity_id", "opportunities")
            .belongs("contact_id", "contacts")
            .belongs("link_id", "pitch_links")
            .refers("handled_by", "users")
            .index(&["happened_at"])
            .unique("uq_signals_cause", &["cause_key"])
            .create(manager)
            .await?;
        Table::new("opportunity_scores")
            .uuid("opportunity_id")
            .double("points")
            .double("reach")
            .int("readers")
            .int("roles")
            .bool("ready")
            .time_null("ready_since")
            .time_null("falls_at")
            .time_null("due_at")
            .text("basis")
            .big("revision")
            .time("considered_at")
            .key(&["opportunity_id"])
            .part_of("opportunity_id", "opportunities")
            .index(&["falls_at"])
            .index(&["due_at"])
            .create(manager)
            .await?;
        Table::new("contact_scores")
            .uuid("contact_id")
            .double("points")
            .int("reads")
            .bool("ready")
            .time_null("ready_since")
            .time_null("falls_at")
            .time("considered_at")
            .key(&["contact_id"])
            .part_of("contact_id", "contacts")
            .index(&["falls_at"])
            .create(manager)
            .await?;
        Table::new("score_crossings")
            .serial()
            .uuid_null("opportunity_id")
            .uuid_null("contact_id")
            .bool("up")
            .double("value")
            .double("threshold")
            .time("at")
            .belongs("opportunity_id", "opportunities")
            .belongs("contact_id", "contacts")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &[
                "score_crossings",
                "contact_scores",
                "opportunity_scores",
                "signals",
            ],
        )
        .await
    }
}
