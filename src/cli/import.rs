//! `lastmile import`: CSV files from a folder, or one of them.

#![allow(clippy::print_stdout, reason = "a report for a person")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::crm::{ImportKind, ImportReport, import};
use crate::error::{Error, Result};
use crate::imports::RowProblem;

/// What to import.
#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    /// A CSV file, or a folder with files such as `accounts.csv`, which are taken in the order of their references.
    path: PathBuf,
    /// What the rows of the file are; where not said, the file's name says it.
    #[arg(long, value_parser = parse_kind)]
    kind: Option<ImportKind>,
    /// Show what would happen and write nothing.
    #[arg(long)]
    dry_run: bool,
}

fn parse_kind(text: &str) -> std::result::Result<ImportKind, String> {
    text.parse()
}

/// Imports file by file and stops at the first with errors: what comes after may refer to it.
pub(super) async fn run(config: Config, arguments: ImportArguments) -> Result<()> {
    let files = files(&arguments.path, arguments.kind)?;
    let app = App::open(config, Clock::system()).await?;
    let mut tx = app.db.begin().await?;
    for (kind, file) in files {
        let started = Instant::now();
        let bytes = std::fs::read(&file)?;
        let report = import(&tx, kind, bytes, arguments.dry_run, app.clock.now()).await?;
        print(&file, &report, started);
        if !report.errors.is_empty() {
            return Err(Error::field(
                "file",
                format!("{} has errors; nothing of it was written.", file.display()),
            ));
        }
        // A dry run goes on in the same transaction, so that later files find what earlier ones would have written.
        if !arguments.dry_run {
            tx.commit().await?;
            tx = app.db.begin().await?;
        }
    }
    tx.rollback().await?;
    app.db.close().await
}

/// The files to import, in the order of their references.
fn files(path: &Path, kind: Option<ImportKind>) -> Result<Vec<(ImportKind, PathBuf)>> {
    if !path.is_dir() {
        let name = path.file_stem().and_then(|name| name.to_str());
        let kind = kind
            .or_else(|| name.and_then(|name| name.parse().ok()))
            .ok_or_else(|| Error::field("kind", "The file's name is no kind; say --kind."))?;
        return Ok(vec![(kind, path.to_owned())]);
    }
    let files: Vec<_> = ImportKind::ALL
        .iter()
        .filter(|candidate| kind.is_none_or(|kind| kind == **candidate))
        .map(|kind| (*kind, path.join(format!("{}.csv", kind.as_str()))))
        .filter(|(_, file)| file.is_file())
        .collect();
    if files.is_empty() {
        return Err(Error::field(
            "path",
            format!("{} has no file such as accounts.csv.", path.display()),
        ));
    }
    Ok(files)
}

fn print(file: &Path, report: &ImportReport, started: Instant) {
    println!(
        "{}: {} rows; {} new, {} changed, {} unchanged{} ({} ms)",
        file.display(),
        report.rows,
        report.created,
        report.updated,
        report.unchanged,
        if report.dry_run {
            ", nothing written"
        } else {
            ""
        },
        started.elapsed().as_millis()
    );
    for problem in &report.warnings {
        println!("  warning, {}", line(problem));
    }
    for problem in &report.errors {
        println!("  error, {}", line(problem));
    }
}

fn line(problem: &RowProblem) -> String {
    match problem.field.as_str() {
        "" => format!("row {}: {}", problem.row, problem.detail),
        field => format!("row {}, {field}: {}", problem.row, problem.detail),
    }
}
