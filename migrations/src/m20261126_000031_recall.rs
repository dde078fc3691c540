//! What a message is about, so that one that is not out yet can be held back when that turns out not to be so.

use sea_orm_migration::prelude::*;

use crate::table::{add_column, drop_column};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const DELIVERIES: &str = "webhook_deliveries";
const ABOUT: &str = "ix_webhook_deliveries_about";
const SIGNALS: &str = "signals";
const OF_VISIT: &str = "ix_signals_visit_id";
const ITEMS: &str = "alert_items";
const OF_BUNDLE: &str = "ix_alert_items_bundle_id";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // No foreign key: a signal, a visit, an opportunity, or a bundle of alerts.
        add_column(manager, DELIVERIES, "about", |column| {
            column.uuid();
        })
        .await?;
        for (name, table, column) in [
            (ABOUT, DELIVERIES, "about"),
            (OF_VISIT, SIGNALS, "visit_id"),
            (OF_BUNDLE, ITEMS, "bundle_id"),
        ] {
            let index = Index::create()
                .name(name)
                .table(table)
                .col(column)
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table) in [(OF_BUNDLE, ITEMS), (OF_VISIT, SIGNALS), (ABOUT, DELIVERIES)] {
            let index = Index::drop().name(name).table(table).to_owned();
            manager.drop_index(index).await?;
        }
        drop_column(manager, DELIVERIES, "about").await
    }
}
