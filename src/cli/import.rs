//! `lastmile import`: customers' data from CSV files, or collateral from a folder or a ZIP archive.
//!
//! Which of them it is, is told by what is there: a CSV file, or a folder with files such as `accounts.csv`, is customers'
//! data; everything else is collateral.

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
use crate::library::{FileImport, import_files};

/// What to import.
#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    /// Customers' data: a CSV file, or a folder with files such as `accounts.csv`, which are taken in the order of their
    /// references. Collateral: any other folder, or a ZIP archive.
    path: PathBuf,
    /// What the rows of the file are; where not said, the file's name says it.
    #[arg(long, value_parser = parse_kind)]
    kind: Option<ImportKind>,
    /// What is said of the files of the folder or archive, as TOML or CSV; `manifest.toml` or `manifest.csv` in it, if
    /// there, where not said.
    #[arg(long, conflicts_with = "kind")]
    manifest: Option<PathBuf>,
    /// The e-mail address of whoever looks after files that the manifest names no owner of.
    #[arg(long, conflicts_with = "kind")]
    owner: Option<String>,
    /// Stands before every path, so that two folders with the same names in them do not meet.
    #[arg(long, default_value = "")]
    prefix: String,
    /// Show what would happen and write nothing.
    #[arg(long)]
    dry_run: bool,
}

fn parse_kind(text: &str) -> std::result::Result<ImportKind, String> {
    text.parse()
}

/// Imports what is at the path.
pub(super) async fn run(config: Config, arguments: ImportArguments) -> Result<()> {
    let is_csv = |path: &Path| path.extension().is_some_and(|ending| ending == "csv");
    let has_kind = |kind: &ImportKind| {
        let file = format!("{}.csv", kind.as_str());
        arguments.path.join(file).is_file()
    };
    let collateral = arguments.manifest.is_some()
        || !is_csv(&arguments.path) && !ImportKind::ALL.iter().any(has_kind);
    if arguments.kind.is_none() && collateral {
        return import_collateral(config, arguments).await;
    }
    import_customers(config, arguments).await
}

/// Imports the files of a folder or archive. Their conversion is left to the server.
async fn import_collateral(config: Config, arguments: ImportArguments) -> Result<()> {
    let app = App::open(config, Clock::system()).await?;
    let import = FileImport {
        source: &arguments.path,
        manifest: arguments.manifest.as_deref(),
        prefix: &arguments.prefix,
        owner: arguments.owner.as_deref(),
        dry_run: arguments.dry_run,
    };
    let means = (&app.config, &app.db, &app.blobs, &app.clock, &app.converter);
    let totals = import_files(means, import, |line| {
        let detail = line.detail.as_deref().map(|detail| format!(" ({detail})"));
        println!(
            "{:<12} {}{}",
            line.outcome.as_str().replace('_', " "),
            line.file,
            detail.unwrap_or_default()
        );
    })
    .await?;
    println!(
        "{} new, {} new versions, {} unchanged, {} refused{}",
        totals.created,
        totals.new_versions,
        totals.unchanged,
        totals.refused,
        if arguments.dry_run {
            "; nothing written"
        } else {
            ""
        }
    );
    app.close().await
}

/// Imports file by file and stops at the first with errors: what comes after may refer to it.
async fn import_customers(config: Config, arguments: ImportArguments) -> Result<()> {
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
