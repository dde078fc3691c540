//! Recommendations tell in how many similar deals a piece was read, beside where it was used.

use sea_orm_migration::prelude::*;

use crate::table::drop_column;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLE: &str = "recommendations";
const COLUMNS: [&str; 2] = ["similar_won_read", "similar_lost_read"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in COLUMNS {
            let column = ColumnDef::new(name)
                .integer()
                .not_null()
                .default(0)
                .to_owned();
            let alter = Table::alter().table(TABLE).add_column(column).to_owned();
            manager.alter_table(alter).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in COLUMNS {
            drop_column(manager, TABLE, name).await?;
        }
        Ok(())
    }
}
