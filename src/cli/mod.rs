//! The command line: one file per command, each a short story told to a person at a terminal.
//!
//! Invariant: only this folder prints to standard output.

mod convert_report;
mod demo;
mod doctor;
mod eval;
mod import;
mod load;
mod openapi;
mod rebuild;
mod reindex;
mod serve;
mod simulate;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use actix_web::rt::{System, SystemRunner};
use clap::{Parser, Subcommand};

use crate::config::Config;
use crate::documents;
use crate::error::{Error, Result};

/// Self-hosted sales enablement with engagement tracking.
#[derive(Debug, Parser)]
#[command(name = "lastmile", version, about)]
struct Arguments {
    /// A configuration file; `lastmile.toml` here, if there, where not said.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API, the app and the prospects' pages.
    Serve,
    /// Serve sample data with a year of history; nothing of it is yours.
    Demo,
    /// Build the search index anew; a server that runs on the same data directory does it while it serves.
    Reindex,
    /// Check configuration, database, storage and what converts files; say what to mend.
    Doctor,
    /// Measure how well the search finds, on a collection of documents, queries and judgements.
    Eval(eval::Options),
    /// Convert the files of a folder, keep nothing, and say how long each took and what it needed.
    ConvertReport(convert_report::Options),
    /// Make visits, rollups, signals and scores anew from the events.
    Rebuild,
    /// Drive a running server with visits and say how it fared.
    Load(load::Options),
    /// Show how good recommendations are, on simulated histories whose truth is known.
    Simulate(simulate::Options),
    /// Manage users.
    #[command(subcommand)]
    User(user::Command),
    /// Print the OpenAPI document.
    Openapi,
    /// Import customers' data from CSV files, or collateral from a folder or a ZIP archive.
    Import(import::ImportArguments),
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    // The child that parses one uploaded file: it must limit itself before anything else happens.
    if std::env::args().nth(1).as_deref() == Some(documents::SUBCOMMAND) {
        return documents::child::main();
    }
    let arguments = Arguments::parse();
    crate::telemetry::init_logs();
    // One crypto provider for everything that speaks TLS or signs.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "lastmile stopped");
            ExitCode::FAILURE
        }
    }
}

/// What runs beside the threads that answer requests. A server writes signals, makes scores of them, converts and indexes
/// at the same time: on one thread each would wait for the others.
fn runtime(command: &Command) -> Result<SystemRunner> {
    if !matches!(command, Command::Serve | Command::Demo) {
        return Ok(System::new());
    }
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(processors.clamp(2, 4))
        .enable_all()
        .build()?;
    Ok(System::with_tokio_rt(|| runtime))
}

fn run(arguments: Arguments) -> Result<()> {
    let config = Config::load(arguments.config.as_deref()).map_err(Error::internal)?;
    runtime(&arguments.command)?.block_on(async move {
        match arguments.command {
            Command::Serve => Box::pin(serve::run(config)).await,
            Command::Demo => Box::pin(demo::run(config)).await,
            Command::Reindex => reindex::run(config).await,
            Command::Doctor => doctor::run(config).await,
            Command::Eval(options) => eval::run(options).await,
            Command::ConvertReport(options) => convert_report::run(config, options).await,
            Command::Rebuild => rebuild::run(config).await,
            Command::Load(options) => load::run(options).await,
            Command::Simulate(options) => simulate::run(&options),
            Command::User(command) => user::run(config, command).await,
            Command::Openapi => openapi::run(),
            Command::Import(arguments) => import::run(config, arguments).await,
        }
    })
}
