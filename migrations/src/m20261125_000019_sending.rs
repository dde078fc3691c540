//! Sending: who must not be contacted, addresses from which mail came back, links that were sent by mail, and the
//! managers' word that one may be sent all the same.

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
        Table::new("contact_restrictions")
            .id()
            .uuid_null("contact_id")
            .text_null("address")
            .text("kind")
            .text("channel")
            .text("reason")
            .day_null("until")
            .uuid_null("set_by")
            .time("set_at")
            .time_null("lifted_at")
            .uuid_null("lifted_by")
            .text_null("lift_reason")
            .text_null("dedupe_key")
            .belongs("contact_id", "contacts")
            .refers("set_by", "users")
            .refers("lifted_by", "users")
            .unique("uq_contact_restrictions_dedupe", &["dedupe_key"])
            .index(&["address"])
            .create(manager)
            .await?;
        Table::new("bounces")
            .id()
            .text("address")
            .text("kind")
            .text("reason")
            .text_null("message_id")
            .uuid_null("mail_id")
            .uuid_null("recorded_by")
            .text("dedupe_key")
            .time("at")
            .time_null("cleared_at")
            .uuid_null("cleared_by")
            .refers("mail_id", "mails")
            .refers("recorded_by", "users")
            .refers("cleared_by", "users")
            .unique("uq_bounces_dedupe", &["dedupe_key"])
            .index(&["address"])
            .create(manager)
            .await?;
        Table::new("link_sends")
            .uuid("link_id")
            .int("number")
            .uuid("mail_id")
            .uuid("sent_by")
            .time("at")
            .key(&["link_id", "number"])
            .part_of("link_id", "pitch_links")
            .refers("mail_id", "mails")
            .refers("sent_by", "users")
            .create(manager)
            .await?;
        Table::new("send_overrides")
            .id()
            .uuid("link_id")
            .text("reason")
            .uuid("granted_by")
            .time("granted_at")
            .belongs("link_id", "pitch_links")
            .refers("granted_by", "users")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &[
                "send_overrides",
                "link_sends",
                "bounces",
                "contact_restrictions",
            ],
        )
        .await
    }
}
