//! Inserts of many rows whose text is the same every time, so that the engine prepares each once.
//!
//! Rows go out in blocks of a few fixed sizes. A statement that is made anew for every number of rows costs more to
//! write and to parse than its rows cost to insert.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use crate::error::Result;

/// The sizes of blocks, the largest first.
const BLOCKS: [usize; 4] = [64, 16, 4, 1];

/// A statement that takes any number of rows.
#[derive(Debug)]
pub struct Rows {
    /// What stands before the values.
    pub head: &'static str,
    /// The columns of a row; true: JSON that is given as text.
    pub json: &'static [bool],
    /// What stands after the values.
    pub tail: &'static str,
}

impl Rows {
    /// Runs it over `values`, which are those of all rows one after the other.
    pub async fn run<C: ConnectionTrait>(&self, db: &C, values: Vec<Value>) -> Result<()> {
        let mut values = values.into_iter();
        for block in blocks(values.len() / self.json.len().max(1)) {
            let statement = self.statement(db.get_database_backend(), block, &mut values);
            db.execute_raw(statement).await?;
        }
        Ok(())
    }

    /// As [`Rows::run`], and gives back what the statement returns.
    pub async fn fetch<C: ConnectionTrait>(
        &self,
        db: &C,
        values: Vec<Value>,
    ) -> Result<Vec<sea_orm::QueryResult>> {
        let mut values = values.into_iter();
        let mut found = Vec::new();
        for block in blocks(values.len() / self.json.len().max(1)) {
            let statement = self.statement(db.get_database_backend(), block, &mut values);
            found.extend(db.query_all_raw(statement).await?);
        }
        Ok(found)
    }

    fn statement(
        &self,
        backend: DbBackend,
        rows: usize,
        values: &mut impl Iterator<Item = Value>,
    ) -> Statement {
        let values: Vec<Value> = values.by_ref().take(rows * self.json.len()).collect();
        Statement::from_sql_and_values(backend, self.text(backend, rows).as_ref(), values)
    }

    fn text(&self, backend: DbBackend, rows: usize) -> Arc<str> {
        type Texts = HashMap<(&'static str, &'static str, bool, usize), Arc<str>>;
        static TEXTS: LazyLock<Mutex<Texts>> = LazyLock::new(Mutex::default);
        let postgres = backend == DbBackend::Postgres;
        let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
        let made = texts
            .entry((self.head, self.tail, postgres, rows))
            .or_insert_with(|| self.write(postgres, rows).into());
        Arc::clone(made)
    }

    fn write(&self, postgres: bool, rows: usize) -> String {
        let mut sql = String::from(self.head);
        let mut number = 0;
        for row in 0..rows {
            sql.push_str(if row == 0 { " (" } else { ", (" });
            for (at, json) in self.json.iter().enumerate() {
                if at > 0 {
                    sql.push_str(", ");
                }
                number += 1;
                // Writing to a string cannot fail.
                let _ = match (postgres, json) {
                    (false, _) => write!(sql, "?"),
                    (true, false) => write!(sql, "${number}"),
                    (true, true) => write!(sql, "${number}::jsonb"),
                };
            }
            sql.push(')');
        }
        sql.push(' ');
        sql.push_str(self.tail);
        sql
    }
}

fn blocks(mut rows: usize) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let block = BLOCKS.into_iter().find(|block| *block <= rows)?;
        rows -= block;
        Some(block)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_into_a_few_sizes() {
        let sizes = |rows| blocks(rows).collect::<Vec<_>>();
        assert_eq!(sizes(0), Vec::<usize>::new());
        assert_eq!(sizes(3), [1, 1, 1]);
        assert_eq!(sizes(150), [64, 64, 16, 4, 1, 1]);
    }

    #[test]
    fn each_engine_gets_its_placeholders() {
        let rows = Rows {
            head: "INSERT INTO t (a, b) VALUES",
            json: &[false, true],
            tail: "ON CONFLICT DO NOTHING",
        };
        assert_eq!(
            rows.write(false, 2),
            "INSERT INTO t (a, b) VALUES (?, ?), (?, ?) ON CONFLICT DO NOTHING"
        );
        assert_eq!(
            rows.write(true, 2),
            "INSERT INTO t (a, b) VALUES ($1, $2::jsonb), ($3, $4::jsonb) ON CONFLICT DO NOTHING"
        );
    }
}
