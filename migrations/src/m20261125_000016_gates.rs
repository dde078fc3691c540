//! What stands before a link: its gates, the terms that readers accept, one-time codes, and the count of attempts.

use sea_orm_migration::prelude::*;

use crate::table::{Table, add_column, add_column_with, drop_all, drop_column};

/// The columns that links get, in the order in which they are added.
const FLAGS: &[&str] = &[
    "email_required",
    "download_as_pdf",
    "watermark",
    "nameless_allowed",
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for revision in ["revision", "gates_revision"] {
            add_column_with(manager, "pitch_links", revision, |column| {
                column.big_integer().default(1);
            })
            .await?;
        }
        for flag in FLAGS {
            add_column_with(manager, "pitch_links", flag, |column| {
                column.boolean().default(false);
            })
            .await?;
        }
        add_column(manager, "pitch_links", "passcode_hash", |column| {
            column.text();
        })
        .await?;
        add_column(manager, "pitch_links", "terms_id", |column| {
            column.uuid();
        })
        .await?;
        for list in ["allowed", "denied"] {
            add_column(manager, "pitch_links", list, |column| {
                column.json_binary();
            })
            .await?;
        }
        Table::new("terms")
            .id()
            .text("title")
            .int("version")
            .time_null("retired_at")
            .time("created_at")
            .time("updated_at")
            .create(manager)
            .await?;
        Table::new("terms_versions")
            .uuid("terms_id")
            .int("number")
            .text("text")
            .uuid_null("created_by")
            .time("created_at")
            .key(&["terms_id", "number"])
            .part_of("terms_id", "terms")
            .refers("created_by", "users")
            .create(manager)
            .await?;
        Table::new("terms_acceptances")
            .id()
            .uuid("link_id")
            .uuid("terms_id")
            .int("version")
            .text_null("email")
            .text("user_agent")
            .text("network")
            .time("accepted_at")
            .belongs("link_id", "pitch_links")
            .refers("terms_id", "terms")
            .create(manager)
            .await?;
        Table::new("link_codes")
            .id()
            .uuid("link_id")
            .text("email")
            .int("tries")
            .time("created_at")
            .time("expires_at")
            .time_null("used_at")
            .belongs("link_id", "pitch_links")
            .index(&["expires_at"])
            .create(manager)
            .await?;
        Table::new("attempts")
            .text("key")
            .int("count")
            .big("resets_at")
            .key(&["key"])
            .index(&["resets_at"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &[
                "attempts",
                "link_codes",
                "terms_acceptances",
                "terms_versions",
                "terms",
            ],
        )
        .await?;
        for column in ["denied", "allowed", "terms_id", "passcode_hash"] {
            drop_column(manager, "pitch_links", column).await?;
        }
        for flag in FLAGS.iter().rev() {
            drop_column(manager, "pitch_links", flag).await?;
        }
        drop_column(manager, "pitch_links", "gates_revision").await?;
        drop_column(manager, "pitch_links", "revision").await
    }
}
