//! What was asked beside the reply that is kept for it. Replies from before were not sealed and are forgotten.

use sea_orm_migration::prelude::*;

use crate::table::{add_column_with, drop_column};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const KEYS: &str = "idempotency_keys";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        forget(manager).await?;
        add_column_with(manager, KEYS, "asked", |column| {
            column.text().default("");
        })
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        forget(manager).await?;
        drop_column(manager, KEYS, "asked").await
    }
}

async fn forget(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .execute(Query::delete().from_table(KEYS).to_owned())
        .await
}
