//! What a version changed and came from, how a page looks, pinned versions, mail that goes out, and who was told of a
//! changed page.

use sea_orm_migration::prelude::*;

use crate::table::{Table, add_column, drop_all, drop_column};

const READS: &str = "ix_visit_pages_asset_id";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "asset_versions", "change_note", |column| {
            column.text();
        })
        .await?;
        add_column(manager, "asset_versions", "restored_from", |column| {
            column.uuid();
        })
        .await?;
        add_column(manager, "pages", "picture_hash", |column| {
            column.big_integer();
        })
        .await?;
        add_column(manager, "pitch_items", "version_id", |column| {
            column.uuid();
        })
        .await?;
        add_column(manager, "pitch_items", "page_version_id", |column| {
            column.uuid();
        })
        .await?;
        // Who read an asset is asked whenever it changes.
        manager
            .create_index(
                Index::create()
                    .name(READS)
                    .table("visit_pages")
                    .col("asset_id")
                    .to_owned(),
            )
            .await?;
        Table::new("mails")
            .id()
            .text("to_address")
            .text_null("to_name")
            .text_null("from_name")
            .text_null("reply_to_address")
            .text_null("reply_to_name")
            .text("subject")
            .text("text")
            .text("html")
            .uuid_null("link_id")
            .text("purpose")
            .text_null("about_kind")
            .uuid_null("about_id")
            .text("dedupe_key")
            .text("state")
            .text_null("failure")
            .time("created_at")
            .time_null("sent_at")
            .unique("uq_mails_dedupe", &["dedupe_key"])
            .index(&["state", "id"])
            .create(manager)
            .await?;
        Table::new("change_tellings")
            .uuid("link_id")
            .uuid("version_id")
            .int("page_number")
            .text("became")
            .uuid("told_by")
            .uuid_null("mail_id")
            .time("told_at")
            .key(&["link_id", "version_id", "page_number", "became"])
            .part_of("link_id", "pitch_links")
            .belongs("version_id", "asset_versions")
            .refers("told_by", "users")
            .belongs("mail_id", "mails")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["change_tellings", "mails"]).await?;
        manager
            .drop_index(Index::drop().name(READS).table("visit_pages").to_owned())
            .await?;
        drop_column(manager, "pitch_items", "page_version_id").await?;
        drop_column(manager, "pitch_items", "version_id").await?;
        drop_column(manager, "pages", "picture_hash").await?;
        drop_column(manager, "asset_versions", "restored_from").await?;
        drop_column(manager, "asset_versions", "change_note").await
    }
}
