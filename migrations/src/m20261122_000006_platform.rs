//! What the program needs to run: jobs, the change log with its counter, settings, kept replies.

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
        Table::new("jobs")
            .id()
            .text("kind")
            .json("payload")
            .text("subject_kind")
            .uuid("subject_id")
            .text("state")
            .int("priority")
            .int("attempts")
            .int("max_attempts")
            .time("run_after")
            .time_null("lease_until")
            .big("fence")
            .int("progress_done")
            .int_null("progress_total")
            .text_null("error_code")
            .text_null("error_detail")
            .time("created_at")
            .time_null("finished_at")
            .index(&["state", "priority", "run_after"])
            .index(&["subject_id"])
            .create(manager)
            .await?;
        Table::new("changes")
            .big("seq")
            .text("kind")
            .uuid("subject_id")
            .key(&["seq"])
            .create(manager)
            .await?;
        Table::new("settings")
            .text("name")
            .json("value")
            .key(&["name"])
            .create(manager)
            .await?;
        Table::new("idempotency_keys")
            .text("id")
            .int("status")
            .text("body")
            .time("created_at")
            .key(&["id"])
            .create(manager)
            .await?;
        // One row; updating it serialises the writers of the change log, so that `seq` is in commit order.
        Table::new("change_counter")
            .int("id")
            .big("seq")
            .key(&["id"])
            .create(manager)
            .await?;
        manager
            .execute(
                Query::insert()
                    .into_table("change_counter")
                    .columns(["id", "seq"])
                    .values_panic([1.into(), 0_i64.into()])
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &[
                "change_counter",
                "idempotency_keys",
                "settings",
                "changes",
                "jobs",
            ],
        )
        .await
    }
}
