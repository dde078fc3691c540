//! Costs in bulk: a CSV file with a row per amount. A row names its asset by id, by the path under which it was imported,
//! by the name of one of its files, or by its exact title; a name that fits several assets is refused, not guessed.
//!
//! A row is known again by its `id`, and then takes the file's newer values; a row without one is known again by all it
//! says, and once known is left as it is.
//!
//! Invariant: with one wrong row nothing of the file is written; the same file again changes nothing.

use std::collections::{HashMap, HashSet};

use actix_multipart::Multipart;
use actix_web::web;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QuerySelect as _,
};
use serde::Serialize;

use super::costs::{LONGEST_NOTE, amount_fault};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entities::{CostKind, asset, asset_cost, asset_version, import_key};
use crate::error::{Error, Result};
use crate::http::{Form, Principal};
use crate::ids::{AssetId, CostId, UserId};
use crate::imports::{Line, Row, RowProblem, Sheet, choice, day, text};
use crate::money::Money;

/// The largest file; it is read into memory.
const FILE_LIMIT: u64 = 8 * 1024 * 1024;
/// How many rows go into one statement.
const CHUNK: usize = 1000;
/// After so many errors the rest of the file is not looked at.
const MOST_ERRORS: usize = 500;
const REQUIRED: [&str; 5] = ["asset", "kind", "amount", "currency", "spent_on"];
const OPTIONAL: [&str; 2] = ["note", "id"];

/// The form's parts.
#[derive(Debug, utoipa::ToSchema)]
#[allow(
    dead_code,
    reason = "describes the form; its parts are read one by one"
)]
pub struct CostImportForm {
    /// A CSV file in UTF-8 with the columns `asset` (id, path of its import, file name or exact title), `kind` (`production` or `upkeep`),
    /// `amount`, `currency`, `spent_on`, and if wanted `note` and `id`.
    #[schema(value_type = String, format = Binary)]
    pub file: Vec<u8>,
    /// `true` to see what would happen; nothing is written.
    pub dry_run: Option<bool>,
}

/// What became of a file of costs, or would have in a dry run.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CostImportReport {
    /// Whether nothing was to be written.
    pub dry_run: bool,
    /// How many rows the file has.
    pub rows: u64,
    /// How many are new.
    pub created: u64,
    /// How many differ from what was stored under their id.
    pub updated: u64,
    /// How many are stored already.
    pub unchanged: u64,
    /// What is wrong, by row. If there is anything, nothing of the file is written.
    pub errors: Vec<RowProblem>,
    /// What is doubtful; it hinders nothing.
    pub warnings: Vec<RowProblem>,
}

/// Imports costs, or shows what would become of them. With one wrong row, nothing is written.
#[utoipa::path(post, path = "/api/v1/cost-imports", tag = "library",
    request_body(content = CostImportForm, content_type = "multipart/form-data"),
    responses((status = 200, body = CostImportReport, description = "What became of the file; with errors, nothing was written")),
)]
pub async fn import_costs(
    principal: Principal,
    parts: Multipart,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    config: web::Data<Config>,
) -> Result<web::Json<CostImportReport>> {
    let limit = config.upload_limit.min(FILE_LIMIT);
    let mut form = Form::read(parts, limit, &["dry_run"]).await?;
    let (file, dry_run) = (form.file()?, form.flag("dry_run")?);
    let tx = db.begin().await?;
    let user = Some(principal.user_id);
    let mut report = take_costs(&tx, clock.now(), user, file).await?;
    report.dry_run = dry_run;
    if report.errors.is_empty() && !dry_run {
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(web::Json(report))
}

/// Writes a file of costs, unless something is wrong with it. Who calls it decides whether what was written stays.
pub async fn take_costs<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    user: Option<UserId>,
    file: Vec<u8>,
) -> Result<CostImportReport> {
    let names = Names::load(tx).await?;
    let (costs, mut report) = tokio::task::spawn_blocking(move || read(&file, &names))
        .await
        .map_err(Error::internal)??;
    if report.errors.is_empty() {
        write(tx, now, user, costs, &mut report).await?;
    }
    Ok(report)
}

/// What assets are called in files; several may share a name.
#[derive(Debug, Default)]
struct Names {
    ids: HashSet<AssetId>,
    by_path: HashMap<String, AssetId>,
    by_file: HashMap<String, HashSet<AssetId>>,
    by_title: HashMap<String, HashSet<AssetId>>,
}

impl Names {
    async fn load<C: ConnectionTrait>(db: &C) -> Result<Self> {
        let titles: Vec<(AssetId, String)> = asset::Entity::find()
            .select_only()
            .column(asset::Column::Id)
            .column(asset::Column::Title)
            .into_tuple()
            .all(db)
            .await?;
        let files: Vec<(AssetId, String)> = asset_version::Entity::find()
            .select_only()
            .column(asset_version::Column::AssetId)
            .column(asset_version::Column::FileName)
            .into_tuple()
            .all(db)
            .await?;
        let paths: Vec<(String, AssetId)> = import_key::Entity::find()
            .select_only()
            .column(import_key::Column::ImportKey)
            .column(import_key::Column::AssetId)
            .into_tuple()
            .all(db)
            .await?;
        let mut names = Self {
            by_path: paths.into_iter().collect(),
            ..Self::default()
        };
        for (id, title) in titles {
            names.ids.insert(id);
            names.by_title.entry(title).or_default().insert(id);
        }
        for (id, file) in files {
            names.by_file.entry(file).or_default().insert(id);
        }
        Ok(names)
    }

    /// The asset that a cell names.
    fn find(&self, cell: &str) -> Result<AssetId, String> {
        if let Ok(id) = cell.parse::<AssetId>() {
            return if self.ids.contains(&id) {
                Ok(id)
            } else {
                Err("There is no asset with this id.".to_owned())
            };
        }
        if let Some(id) = self.by_path.get(cell) {
            return Ok(*id);
        }
        let found = self.by_file.get(cell).or_else(|| self.by_title.get(cell));
        let Some(found) = found else {
            return Err(format!(
                "No asset has a file or the exact title \u{201c}{cell}\u{201d}."
            ));
        };
        let mut all = found.iter();
        match (all.next(), all.next()) {
            (Some(only), None) => Ok(*only),
            _ => Err(format!(
                "{} assets are called \u{201c}{cell}\u{201d}; give the id of the one that is meant.",
                found.len()
            )),
        }
    }
}

/// A row that was read.
#[derive(Debug)]
struct Cost {
    key: String,
    asset: AssetId,
    kind: CostKind,
    amount: Money,
    spent_on: NaiveDate,
    note: String,
}

impl Cost {
    /// Whether the file's word stands over what is stored: only where the row has an id of its own.
    fn is_named(&self) -> bool {
        self.key.starts_with("id:")
    }

    fn says_the_same(&self, stored: &asset_cost::Model) -> bool {
        self.asset == stored.asset_id
            && self.kind == stored.kind
            && self.amount.minor == stored.amount_minor
            && self.amount.currency.as_str() == stored.currency
            && self.spent_on == stored.spent_on
            && self.note == stored.note
    }
}

fn read(file: &[u8], names: &Names) -> Result<(Vec<Cost>, CostImportReport)> {
    let sheet = Sheet::read(file)?;
    let missing: Vec<&str> = REQUIRED
        .into_iter()
        .filter(|column| !sheet.has(column))
        .collect();
    if !missing.is_empty() {
        return Err(Error::field(
            "file",
            format!(
                "The first line lacks: {}. It must name {}; it may name {}.",
                missing.join(", "),
                REQUIRED.join(", "),
                OPTIONAL.join(", ")
            ),
        ));
    }
    let mut report = CostImportReport {
        dry_run: false,
        rows: sheet.rows.len() as u64,
        created: 0,
        updated: 0,
        unchanged: 0,
        errors: Vec::new(),
        warnings: unknown_columns(&sheet),
    };
    let mut costs = Vec::with_capacity(sheet.rows.len());
    let mut lines: HashMap<String, u64> = HashMap::new();
    for line in &sheet.rows {
        let mut row = Row::new(&sheet, line);
        if let Some(cost) = read_row(&sheet, line, &mut row, names) {
            if let Some(first) = lines.insert(cost.key.clone(), line.number) {
                row.wrong(
                    if cost.is_named() { "id" } else { "note" },
                    format!("says the same as row {first}; tell them apart by id or note"),
                );
            }
            costs.push(cost);
        }
        report.errors.append(&mut row.errors);
        report.warnings.append(&mut row.warnings);
        if report.errors.len() >= MOST_ERRORS {
            break;
        }
    }
    Ok((costs, report))
}

fn unknown_columns(sheet: &Sheet) -> Vec<RowProblem> {
    sheet
        .column_names()
        .into_iter()
        .filter(|column| !REQUIRED.contains(column) && !OPTIONAL.contains(column))
        .map(|column| RowProblem {
            row: 1,
            field: column.to_owned(),
            detail: "This column is not known and was left out.".to_owned(),
        })
        .collect()
}

/// The row as a cost; nothing if something is wrong, which the row then knows.
fn read_row(sheet: &Sheet, line: &Line, row: &mut Row<'_>, names: &Names) -> Option<Cost> {
    if let Some((has, expected)) = sheet.odd_width(line) {
        row.wrong(
            "",
            format!(
                "The row has {has} cells where the first line has {expected}; a text with a separator needs quotes."
            ),
        );
        return None;
    }
    let asset = row.required("asset", |cell| names.find(cell));
    let kind = row.required("kind", choice::<CostKind>);
    let amount = row.required_money("amount", "currency");
    let spent_on = row.required("spent_on", day);
    let note = row.given("note", note).or_stored(None).unwrap_or_default();
    let id = row.given("id", text).or_stored(None);
    if let Some(detail) = amount.as_ref().and_then(amount_fault) {
        row.wrong("amount", detail);
    }
    let (asset, kind, amount, spent_on) = (asset?, kind?, amount?, spent_on?);
    let key = match id {
        Some(id) => format!("id:{id}"),
        None => {
            let all = format!("{asset}\n{kind}\n{amount}\n{spent_on}\n{note}");
            format!("row:{}", blake3::hash(all.as_bytes()).to_hex())
        }
    };
    Some(Cost {
        key,
        asset,
        kind,
        amount,
        spent_on,
        note,
    })
}

fn note(cell: &str) -> Result<String, String> {
    if cell.chars().count() > LONGEST_NOTE {
        return Err(format!("must not be longer than {LONGEST_NOTE} characters"));
    }
    text(cell)
}

async fn write<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    user: Option<UserId>,
    costs: Vec<Cost>,
    report: &mut CostImportReport,
) -> Result<()> {
    for chunk in costs.chunks(CHUNK) {
        let stored: HashMap<String, asset_cost::Model> = asset_cost::Entity::find()
            .filter(asset_cost::Column::ImportKey.is_in(chunk.iter().map(|cost| &cost.key)))
            .all(db)
            .await?
            .into_iter()
            .filter_map(|row| Some((row.import_key.clone()?, row)))
            .collect();
        let mut rows = Vec::new();
        for cost in chunk {
            match stored.get(&cost.key) {
                Some(old) if !cost.is_named() || cost.says_the_same(old) => report.unchanged += 1,
                Some(old) => {
                    report.updated += 1;
                    rows.push(active(cost, Some(old), user, now));
                }
                None => {
                    report.created += 1;
                    rows.push(active(cost, None, user, now));
                }
            }
        }
        if rows.is_empty() {
            continue;
        }
        asset_cost::Entity::insert_many(rows)
            .on_conflict(replacing())
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}

fn active(
    cost: &Cost,
    stored: Option<&asset_cost::Model>,
    user: Option<UserId>,
    now: DateTime<Utc>,
) -> asset_cost::ActiveModel {
    asset_cost::ActiveModel {
        id: Set(stored.map_or_else(|| CostId::new(now), |row| row.id)),
        asset_id: Set(cost.asset),
        kind: Set(cost.kind),
        amount_minor: Set(cost.amount.minor),
        currency: Set(cost.amount.currency.to_string()),
        spent_on: Set(cost.spent_on),
        note: Set(cost.note.clone()),
        import_key: Set(Some(cost.key.clone())),
        created_by: Set(stored.map_or(user, |row| row.created_by)),
        revision: Set(stored.map_or(1, |row| row.revision + 1)),
        created_at: Set(stored.map_or(now, |row| row.created_at)),
        updated_at: Set(now),
    }
}

fn replacing() -> OnConflict {
    use asset_cost::Column;
    OnConflict::column(Column::ImportKey)
        .update_columns([
            Column::AssetId,
            Column::Kind,
            Column::AmountMinor,
            Column::Currency,
            Column::SpentOn,
            Column::Note,
            Column::Revision,
            Column::UpdatedAt,
        ])
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> (Names, AssetId) {
        let id = |seconds| AssetId::new(DateTime::from_timestamp(seconds, 0).unwrap());
        let (one, other) = (id(1), id(2));
        let mut names = Names::default();
        names.ids.extend([one, other]);
        names.by_file.insert("deck.pdf".to_owned(), [one].into());
        names
            .by_title
            .insert("Overview".to_owned(), [one, other].into());
        (names, one)
    }

    #[test]
    fn an_asset_is_found_by_id_or_file_and_never_guessed() {
        let (names, one) = names();
        assert_eq!(names.find("deck.pdf"), Ok(one));
        assert_eq!(names.find(&one.to_string()), Ok(one));
        assert!(names.find("Overview").unwrap_err().starts_with("2 assets"));
        assert!(names.find("overview").is_err(), "a title is exact");
    }

    #[test]
    fn all_flaws_are_told_by_row_and_equal_rows_must_be_told_apart() {
        let (names, _) = names();
        let file = "asset,kind,amount,currency,spent_on\n\
            deck.pdf,production,10,EUR,2026-01-31\n\
            deck.pdf,production,10,EUR,2026-01-31\n\
            nothing,hobby,-1,EUR,31.1.2026\n";
        let (_, report) = read(file.as_bytes(), &names).unwrap();
        let told: Vec<_> = report
            .errors
            .iter()
            .map(|one| (one.row, one.field.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (3, "note"),
                (4, "asset"),
                (4, "kind"),
                (4, "spent_on"),
                (4, "amount")
            ]
        );
    }
}
