//! The few phrases in which our tables are written down: columns, foreign keys with their index, unique keys.

use sea_orm_migration::prelude::*;

/// A table in the making: its columns, and the indexes to make after it.
pub(crate) struct Table {
    name: &'static str,
    statement: TableCreateStatement,
    indexes: Vec<IndexCreateStatement>,
}

impl Table {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            statement: sea_query::Table::create().table(name).to_owned(),
            indexes: Vec::new(),
        }
    }

    /// A primary key that is a UUID of its own.
    pub(crate) fn id(mut self) -> Self {
        self.statement
            .col(ColumnDef::new("id").uuid().not_null().primary_key());
        self
    }

    /// A primary key that counts up; later rows have greater numbers, with gaps.
    pub(crate) fn serial(mut self) -> Self {
        self.statement.col(
            ColumnDef::new("id")
                .big_integer()
                .not_null()
                .auto_increment()
                .primary_key(),
        );
        self
    }

    /// A primary key over several columns.
    pub(crate) fn key(mut self, columns: &[&'static str]) -> Self {
        let mut key = Index::create();
        for column in columns {
            key.col(*column);
        }
        self.statement.primary_key(&mut key);
        self
    }

    fn column(
        mut self,
        name: &'static str,
        nullable: bool,
        shape: impl FnOnce(&mut ColumnDef),
    ) -> Self {
        let mut column = ColumnDef::new(name);
        shape(&mut column);
        if nullable {
            column.null();
        } else {
            column.not_null();
        }
        self.statement.col(column);
        self
    }

    pub(crate) fn text(self, name: &'static str) -> Self {
        self.column(name, false, |c| {
            c.text();
        })
    }

    pub(crate) fn text_null(self, name: &'static str) -> Self {
        self.column(name, true, |c| {
            c.text();
        })
    }

    pub(crate) fn uuid(self, name: &'static str) -> Self {
        self.column(name, false, |c| {
            c.uuid();
        })
    }

    pub(crate) fn uuid_null(self, name: &'static str) -> Self {
        self.column(name, true, |c| {
            c.uuid();
        })
    }

    pub(crate) fn int(self, name: &'static str) -> Self {
        self.column(name, false, |c| {
            c.integer();
        })
    }

    pub(crate) fn int_null(self, name: &'static str) -> Self {
        self.column(name, true, |c| {
            c.integer();
        })
    }

    pub(crate) fn big(self, name: &'static str) -> Self {
        self.column(name, false, |c| {
            c.big_integer();
        })
    }

    pub(crate) fn big_null(self, name: &'static str) -> Self {
        self.column(name, true, |c| {
            c.big_integer();
        })
    }

    pub(crate) fn double(self, name: &'static str) -> Self {
        self.column(name, false, |c| {
            c.double();
        })
    }

    pub(crate) fn bool(self, name: &'static str) -> Self {
        self.column(name, false, |c| {
            c.boolean();
        })
    }

    pub(crate) fn json(self, name: &'static str) -> Self {
        self.column(name, false, |c| {
            c.json_binary();
        })
    }

    pub(crate) fn bytes(self, name: &'static str) -> Self {
        self.column(name, false, |c| {
            c.binary();
        })
    }

    pub(crate) fn day(self, name: &'static str) -> Self {
        self.column(name, false, |c| {
            c.date();
        })
    }

    pub(crate) fn day_null(self, name: &'static str) -> Self {
        self.column(name, true, |c| {
            c.date();
        })
    }

    pub(crate) fn time(self, name: &'static str) -> Self {
        self.column(name, false, |c| {
            c.timestamp_with_time_zone();
        })
    }

    pub(crate) fn time_null(self, name: &'static str) -> Self {
        self.column(name, true, |c| {
            c.timestamp_with_time_zone();
        })
    }

    /// A foreign key on a column already listed, to the `id` of `target`; deleting the target is refused.
    pub(crate) fn refers(self, column: &'static str, target: &'static str) -> Self {
        self.foreign_key(column, target, ForeignKeyAction::Restrict)
            .index(&[column])
    }

    /// As [`Table::refers`], but the row goes with its target.
    pub(crate) fn belongs(self, column: &'static str, target: &'static str) -> Self {
        self.foreign_key(column, target, ForeignKeyAction::Cascade)
            .index(&[column])
    }

    /// As [`Table::belongs`], for a column that leads the primary key and so has its index.
    pub(crate) fn part_of(self, column: &'static str, target: &'static str) -> Self {
        self.foreign_key(column, target, ForeignKeyAction::Cascade)
    }

    fn foreign_key(
        mut self,
        column: &'static str,
        target: &'static str,
        on_delete: ForeignKeyAction,
    ) -> Self {
        self.statement.foreign_key(
            ForeignKey::create()
                .name(format!("fk_{}_{column}", self.name))
                .from(self.name, column)
                .to(target, "id")
                .on_delete(on_delete),
        );
        self
    }

    pub(crate) fn index(mut self, columns: &[&'static str]) -> Self {
        let name = format!("ix_{}_{}", self.name, columns.join("_"));
        self.indexes.push(index_on(self.name, name, columns));
        self
    }

    /// A unique key; errors are mapped by its name.
    pub(crate) fn unique(mut self, name: &'static str, columns: &[&'static str]) -> Self {
        let mut index = index_on(self.name, name.to_owned(), columns);
        self.indexes.push(index.unique().to_owned());
        self
    }

    pub(crate) async fn create(self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        manager.create_table(self.statement).await?;
        for index in self.indexes {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn index_on(table: &'static str, name: String, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(table).to_owned();
    for column in columns {
        index.col(*column);
    }
    index
}

/// Drops tables in the order given.
pub(crate) async fn drop_all(
    manager: &SchemaManager<'_>,
    tables: &[&'static str],
) -> Result<(), DbErr> {
    for table in tables {
        manager
            .drop_table(sea_query::Table::drop().table(*table).to_owned())
            .await?;
    }
    Ok(())
}

/// Adds a column that may be empty to a table that is there already. SQLite takes no foreign key with it.
pub(crate) async fn add_column(
    manager: &SchemaManager<'_>,
    table: &'static str,
    name: &'static str,
    shape: impl FnOnce(&mut ColumnDef),
) -> Result<(), DbErr> {
    let mut column = ColumnDef::new(name);
    shape(&mut column);
    let alter = sea_query::Table::alter()
        .table(table)
        .add_column(column.null())
        .to_owned();
    manager.alter_table(alter).await
}

/// Adds a column that is never empty; `shape` says with which default the rows that are there already get it.
pub(crate) async fn add_column_with(
    manager: &SchemaManager<'_>,
    table: &'static str,
    name: &'static str,
    shape: impl FnOnce(&mut ColumnDef),
) -> Result<(), DbErr> {
    let mut column = ColumnDef::new(name);
    shape(&mut column);
    let alter = sea_query::Table::alter()
        .table(table)
        .add_column(column.not_null())
        .to_owned();
    manager.alter_table(alter).await
}

/// Takes back what [`add_column`] added.
pub(crate) async fn drop_column(
    manager: &SchemaManager<'_>,
    table: &'static str,
    name: &'static str,
) -> Result<(), DbErr> {
    let alter = sea_query::Table::alter()
        .table(table)
        .drop_column(name)
        .to_owned();
    manager.alter_table(alter).await
}
