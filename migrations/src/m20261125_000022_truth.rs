//! The truth of signals: what people say over the classifier, and what more a visit remembers.

use sea_orm_migration::prelude::*;

use crate::table::{Table, add_column, drop_all, drop_column};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::new("visit_rules")
            .id()
            .text("field")
            .text("value")
            .text("class")
            .text("note")
            .uuid("created_by")
            .time("created_at")
            .time_null("revoked_at")
            .refers("created_by", "users")
            .index(&["field", "value"])
            .create(manager)
            .await?;
        add_column(manager, "visits", "rule_id", |column| {
            column.uuid();
        })
        .await?;
        // The visit whose browser, after a silence, went on with this one.
        add_column(manager, "visits", "continues", |column| {
            column.uuid();
        })
        .await?;
        add_column(manager, "visits", "verified_email", |column| {
            column.text();
        })
        .await?;
        for (name, default) in [("questions", 0), ("classifier", 1)] {
            let mut column = ColumnDef::new(name);
            column.integer().not_null().default(default);
            let alter = sea_query::Table::alter()
                .table("visits")
                .add_column(column)
                .to_owned();
            manager.alter_table(alter).await?;
        }
        for (name, column) in [
            ("ix_visits_continues", "continues"),
            ("ix_visits_rule_id", "rule_id"),
        ] {
            let index = Index::create()
                .name(name)
                .table("visits")
                .col(column)
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["ix_visits_rule_id", "ix_visits_continues"] {
            let index = Index::drop().name(name).table("visits").to_owned();
            manager.drop_index(index).await?;
        }
        for name in [
            "classifier",
            "questions",
            "verified_email",
            "continues",
            "rule_id",
        ] {
            drop_column(manager, "visits", name).await?;
        }
        drop_all(manager, &["visit_rules"]).await
    }
}
