//! Whether a pitch still waits for a customer story, as the template asked of which it was made.

use sea_orm_migration::prelude::*;

use crate::table::{add_column_with, drop_column};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column_with(manager, "pitches", "story_wanted", |column| {
            column.boolean().default(false);
        })
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager, "pitches", "story_wanted").await
    }
}
