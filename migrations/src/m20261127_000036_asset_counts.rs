//! What the filters beside the library count, in one index: without it every count reads the assets themselves.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const NAME: &str = "ix_assets_counted";
const COLUMNS: [&str; 7] = [
    "state",
    "kind",
    "language",
    "owner_id",
    "review_by",
    "expires_at",
    "id",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut index = Index::create().name(NAME).table("assets").to_owned();
        for column in COLUMNS {
            index.col(column);
        }
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::drop().name(NAME).table("assets").to_owned();
        manager.drop_index(index).await
    }
}
