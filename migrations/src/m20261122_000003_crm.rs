//! Customers: accounts, contacts, opportunities and what happened with them, campaigns, purchases.

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
        Table::new("accounts")
            .id()
            .text("name")
            .text_null("domain")
            .text_null("industry")
            .text_null("size")
            .text_null("region")
            .text_null("country")
            .text_null("city")
            .text_null("phone")
            .uuid_null("owner_id")
            .text_null("external_system")
            .text_null("external_id")
            .time("created_at")
            .time("updated_at")
            .refers("owner_id", "users")
            .unique("uq_accounts_external", &["external_system", "external_id"])
            .index(&["name"])
            .create(manager)
            .await?;
        Table::new("contacts")
            .id()
            .uuid("account_id")
            .text("name")
            .text_null("email")
            .text_null("phone")
            .text_null("job_title")
            .text_null("persona")
            .text_null("language")
            .bool("bounced")
            .text_null("external_system")
            .text_null("external_id")
            .time("created_at")
            .time("updated_at")
            .refers("account_id", "accounts")
            .unique("uq_contacts_external", &["external_system", "external_id"])
            .index(&["email"])
            .create(manager)
            .await?;
        Table::new("campaigns")
            .id()
            .text("name")
            .text("lead_source")
            .big("cost_minor")
            .text("currency")
            .day("started_on")
            .day_null("ended_on")
            .int("inquiries")
            .text_null("external_system")
            .text_null("external_id")
            .time("created_at")
            .time("updated_at")
            .unique("uq_campaigns_external", &["external_system", "external_id"])
            .create(manager)
            .await?;
        Table::new("opportunities")
            .id()
            .uuid("account_id")
            .text("name")
            .uuid_null("owner_id")
            .text("stage")
            .text("outcome")
            .big_null("amount_minor")
            .text_null("currency")
            .text_null("product")
            .text_null("competitor")
            .day("opened_on")
            .day_null("closed_on")
            .day_null("expected_close_on")
            .uuid_null("campaign_id")
            .uuid_null("primary_contact_id")
            .text("needs")
            .big("revision")
            .text_null("external_system")
            .text_null("external_id")
            .time("created_at")
            .time("updated_at")
            .refers("account_id", "accounts")
            .refers("owner_id", "users")
            .refers("campaign_id", "campaigns")
            .refers("primary_contact_id", "contacts")
            .unique(
                "uq_opportunities_external",
                &["external_system", "external_id"],
            )
            .index(&["updated_at"])
            .create(manager)
            .await?;
        Table::new("opportunity_contacts")
            .uuid("opportunity_id")
            .uuid("contact_id")
            .text_null("role")
            .key(&["opportunity_id", "contact_id"])
            .part_of("opportunity_id", "opportunities")
            .belongs("contact_id", "contacts")
            .create(manager)
            .await?;
        Table::new("stage_changes")
            .id()
            .uuid("opportunity_id")
            .text_null("from_stage")
            .text("to_stage")
            .time("changed_at")
            .part_of("opportunity_id", "opportunities")
            .unique(
                "uq_stage_changes_moment",
                &["opportunity_id", "to_stage", "changed_at"],
            )
            .create(manager)
            .await?;
        Table::new("activities")
            .id()
            .uuid_null("opportunity_id")
            .uuid_null("contact_id")
            .uuid_null("owner_id")
            .text("kind")
            .text("subject")
            .text("body")
            .text_null("call_status")
            .time("occurred_at")
            .text_null("external_system")
            .text_null("external_id")
            .time("created_at")
            .part_of("opportunity_id", "opportunities")
            .index(&["opportunity_id", "occurred_at"])
            .refers("contact_id", "contacts")
            .refers("owner_id", "users")
            .unique(
                "uq_activities_external",
                &["external_system", "external_id"],
            )
            .create(manager)
            .await?;
        Table::new("purchases")
            .id()
            .uuid("account_id")
            .uuid_null("opportunity_id")
            .text("product")
            .big("amount_minor")
            .text("currency")
            .day("purchased_on")
            .text_null("external_system")
            .text_null("external_id")
            .time("created_at")
            .refers("account_id", "accounts")
            .refers("opportunity_id", "opportunities")
            .unique("uq_purchases_external", &["external_system", "external_id"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &[
                "purchases",
                "activities",
                "stage_changes",
                "opportunity_contacts",
                "opportunities",
                "campaigns",
                "contacts",
                "accounts",
            ],
        )
        .await
    }
}
