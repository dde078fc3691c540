//! The way of a file: read all rows, compare with what is stored, write what differs in a few statements.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait as _, Condition, DatabaseTransaction, EntityTrait, IdenStatic as _,
    IntoActiveModel, Iterable as _, PrimaryKeyToColumn as _, QueryFilter as _,
};

use super::references::{Reference, References};
use crate::error::{Error, Result};
use crate::imports::{Row, RowProblem, Sheet};

/// How many rows go into one statement: SQLite binds at most 32,766 values, and our widest row has 21.
const CHUNK: usize = 1000;

/// After so many errors the rest of the file is not looked at; the cause is most likely one and the same.
const MOST_ERRORS: usize = 500;

/// A kind of row: how it is read, what it is stored as, and by what it is known again.
pub(super) trait Record: Sized + Send + 'static {
    /// Where it is stored.
    type Entity: EntityTrait;
    /// What makes two rows the same thing.
    type Key: Eq + Hash + Send;

    /// The columns that a file must have, the key's first.
    const REQUIRED: &'static [&'static str];
    /// The columns that a file may have.
    const OPTIONAL: &'static [&'static str];
    /// What its rows refer to.
    const REFERENCES: &'static [Reference];

    /// Takes the cells into types; `None` if what cannot be missing is missing (the row then has its errors).
    fn read(row: &mut Row<'_>, references: &References) -> Option<Self>;

    /// What the row is known by.
    fn key(&self) -> Self::Key;

    /// What a stored row is known by.
    fn stored_key(model: &Stored<Self>) -> Option<Self::Key>;

    /// The stored rows that these may be; more is harmless.
    fn stored(records: &[Self]) -> Condition;

    /// The columns of the unique key behind [`Record::key`].
    fn conflict() -> Vec<Column<Self>>;

    /// The row as it shall be stored, where `stored` is how it is now.
    fn into_model(self, stored: Option<&Stored<Self>>, now: DateTime<Utc>) -> Stored<Self>;

    /// Marks a stored row that is about to change.
    fn touch(_model: &mut Stored<Self>, _now: DateTime<Utc>) {}
}

pub(super) type Stored<R> = <<R as Record>::Entity as EntityTrait>::Model;
pub(super) type Column<R> = <<R as Record>::Entity as EntityTrait>::Column;
type Active<R> = <<R as Record>::Entity as EntityTrait>::ActiveModel;

/// What became of the rows.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) rows: u64,
    pub(super) created: u64,
    pub(super) updated: u64,
    pub(super) unchanged: u64,
    pub(super) errors: Vec<RowProblem>,
    pub(super) warnings: Vec<RowProblem>,
}

/// Reads the file and writes its rows into `tx`, unless one of them is wrong.
pub(super) async fn run<R>(
    tx: &DatabaseTransaction,
    bytes: Vec<u8>,
    now: DateTime<Utc>,
) -> Result<Outcome>
where
    R: Record,
    Stored<R>: IntoActiveModel<Active<R>> + PartialEq,
    Active<R>: Send,
{
    let references = References::load(tx, R::REFERENCES).await?;
    // Reading is work for the processor alone and may take a while.
    let (records, mut outcome) =
        tokio::task::spawn_blocking(move || read::<R>(&bytes, &references))
            .await
            .map_err(Error::internal)??;
    if !outcome.errors.is_empty() {
        return Ok(outcome);
    }
    let mut rest = records;
    while !rest.is_empty() {
        let behind = rest.split_off(rest.len().min(CHUNK));
        write(tx, std::mem::replace(&mut rest, behind), now, &mut outcome).await?;
    }
    Ok(outcome)
}

fn read<R: Record>(bytes: &[u8], references: &References) -> Result<(Vec<R>, Outcome)> {
    let sheet = Sheet::read(bytes)?;
    let mut outcome = Outcome {
        rows: u64::try_from(sheet.rows.len()).unwrap_or(u64::MAX),
        ..Outcome::default()
    };
    check_columns::<R>(&sheet, &mut outcome)?;
    let mut records = Vec::with_capacity(sheet.rows.len());
    let mut lines: HashMap<R::Key, u64> = HashMap::with_capacity(sheet.rows.len());
    let mut warned = HashSet::new();
    for line in &sheet.rows {
        let mut row = Row::new(&sheet, line);
        if let Some((has, expected)) = sheet.odd_width(line) {
            let detail = format!(
                "The row has {has} cells where the first line has {expected}; a text with a separator needs quotes."
            );
            row.wrong("", detail);
        } else if let Some(record) = R::read(&mut row, references) {
            if let Some(first) = lines.insert(record.key(), line.number) {
                let field = R::REQUIRED.first().copied().unwrap_or_default();
                row.wrong(
                    field,
                    format!("says the same as row {first}; each may be there once"),
                );
            }
            records.push(record);
        }
        outcome.errors.append(&mut row.errors);
        // What is said of a value is said once, not for every row that has it.
        let fresh =
            |problem: &RowProblem| warned.insert((problem.field.clone(), problem.detail.clone()));
        outcome
            .warnings
            .extend(row.warnings.into_iter().filter(fresh));
        if outcome.errors.len() >= MOST_ERRORS {
            outcome.errors.push(RowProblem {
                row: line.number,
                field: String::new(),
                detail: format!("After {MOST_ERRORS} errors the rest was not looked at."),
            });
            break;
        }
    }
    Ok((records, outcome))
}

fn check_columns<R: Record>(sheet: &Sheet, outcome: &mut Outcome) -> Result<()> {
    let missing: Vec<&str> = R::REQUIRED
        .iter()
        .copied()
        .filter(|column| !sheet.has(column))
        .collect();
    if !missing.is_empty() {
        return Err(Error::field(
            "file",
            format!(
                "The first line lacks: {}. It must name {}; it may name {}.",
                missing.join(", "),
                R::REQUIRED.join(", "),
                R::OPTIONAL.join(", ")
            ),
        ));
    }
    for column in sheet.column_names() {
        if !R::REQUIRED.contains(&column) && !R::OPTIONAL.contains(&column) {
            outcome.warnings.push(RowProblem {
                row: 1,
                field: column.to_owned(),
                detail: "This column is not known and was left out.".to_owned(),
            });
        }
    }
    Ok(())
}

async fn write<R>(
    tx: &DatabaseTransaction,
    records: Vec<R>,
    now: DateTime<Utc>,
    outcome: &mut Outcome,
) -> Result<()>
where
    R: Record,
    Stored<R>: IntoActiveModel<Active<R>> + PartialEq,
    Active<R>: Send,
{
    let stored: HashMap<R::Key, Stored<R>> = R::Entity::find()
        .filter(R::stored(&records))
        .all(tx)
        .await?
        .into_iter()
        .filter_map(|model| Some((R::stored_key(&model)?, model)))
        .collect();
    let mut rows = Vec::new();
    for record in records {
        let old = stored.get(&record.key());
        let mut new = record.into_model(old, now);
        match old {
            None => outcome.created += 1,
            Some(old) if *old == new => {
                outcome.unchanged += 1;
                continue;
            }
            Some(_) => {
                outcome.updated += 1;
                R::touch(&mut new, now);
            }
        }
        rows.push(new.into_active_model().reset_all());
    }
    if rows.is_empty() {
        return Ok(());
    }
    R::Entity::insert_many(rows)
        .on_conflict(replace::<R>())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// A row that is there already takes the new values, but keeps its id and the time it was made.
fn replace<R: Record>() -> OnConflict {
    let key = R::conflict();
    let ids = <<R::Entity as EntityTrait>::PrimaryKey as sea_orm::Iterable>::iter()
        .map(|key| key.into_column().as_str());
    let kept: HashSet<&str> = key
        .iter()
        .map(sea_orm::IdenStatic::as_str)
        .chain(ids)
        .chain(["created_at"])
        .collect();
    let values = Column::<R>::iter().filter(|column| !kept.contains(column.as_str()));
    OnConflict::columns(key).update_columns(values).to_owned()
}
