//! `lastmile load`: drives a running server with visits, over HTTP, and says how it fared.
//!
//! It is honest about what it counts: an event counts when the server's answer says that it is on disk. With
//! `--ledger` it writes down what it sent and what it was told, so that a test that kills the server can check both.

#![allow(clippy::print_stdout, reason = "an answer to a person")]

mod bare;
mod connection;
mod idle;
mod ledger;
mod process;
mod prospect;
mod summary;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use tokio::time::Instant;
use url::Url;

use self::ledger::Ledger;
use self::process::Used;
use self::prospect::{Prospect, Target};
use self::summary::Summary;
use crate::clock::Clock;
use crate::error::{Error, Result};

/// How to load.
#[derive(Clone, Debug, Args)]
pub(super) struct Options {
    /// The server.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: Url,
    /// A link's token, as in its address after `/p/`; repeat for more links.
    // One in 64 begins with a dash.
    #[arg(long, allow_hyphen_values = true)]
    token: Vec<String>,
    /// A file with one link token a line.
    #[arg(long)]
    token_file: Option<PathBuf>,
    /// How many visitors at once, each with a connection of its own.
    #[arg(long, default_value_t = 32)]
    clients: usize,
    /// For how long.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Events in each beacon.
    #[arg(long, default_value_t = 5)]
    events_per_beacon: usize,
    /// Beacons in each visit.
    #[arg(long, default_value_t = 10)]
    beacons_per_visit: usize,
    /// Only fetch pages, in turns with a plain handler of the same server, and compare.
    #[arg(long)]
    pages: bool,
    /// What visitors accept, such as `br`; nothing packed where not said.
    #[arg(long, default_value = "")]
    accept_encoding: String,
    /// What visitors do.
    #[arg(long, value_enum, default_value_t = Mode::Events)]
    mode: Mode,
    /// The server's process on this machine: what it uses is reported, too.
    #[arg(long)]
    pid: Option<u32>,
    /// An access token of an administrator: for the number of commits, and for the streams of `--mode idle`.
    #[arg(long)]
    bearer: Option<String>,
    /// Where to write each event with what became of it, as JSON lines.
    #[arg(long)]
    ledger: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Fetch the page once per visit, then report events.
    Events,
    /// Only fetch pages.
    Pages,
    /// Only ask whether the server is alive: the least that a handler can do.
    Plain,
    /// Keep streams open on which nothing happens, and ask for a page beside them.
    Idle,
    /// No server: insert the rows of events bare, as the yardstick.
    Bare,
}

/// Loads the server and prints the figures.
pub(super) async fn run(options: Options) -> Result<()> {
    if options.mode == Mode::Bare {
        println!("{}", bare::run(options.seconds).await?);
        return Ok(());
    }
    let address = prospect::address(&options.url)?;
    let bearer = options.bearer.as_deref();
    let used = async || match options.pid {
        Some(pid) => Some(Used::now(pid, &address, bearer).await),
        None => None,
    };
    let before = used().await;
    if options.mode == Mode::Idle {
        let path = options
            .token
            .first()
            .map_or_else(|| "/healthz".to_owned(), |token| format!("/p/{token}"));
        let begin = Instant::now();
        let bearer = bearer.unwrap_or_default();
        let (clients, seconds) = (options.clients, options.seconds);
        let summary = idle::run(&address, bearer, &path, clients, seconds).await?;
        println!("{}", summary.text(begin.elapsed()));
        if let (Some(before), Some(after)) = (before, used().await) {
            println!("{}", after.since(before, 0.0));
        }
        return Ok(());
    }
    let links = links(&options)?;
    if options.pages {
        return compare(&options, &links).await;
    }
    let ledger = options.ledger.as_deref().map(Ledger::create).transpose()?;
    let (summary, lasted) = load(&options, &links, ledger).await?;
    let events = summary.events();
    println!("{}", summary.text(lasted));
    if let (Some(before), Some(after)) = (before, used().await) {
        println!("{}", after.since(before, events));
    }
    Ok(())
}

/// Pages and the plain handler in turns, so that both meet the same machine.
async fn compare(options: &Options, links: &[String]) -> Result<()> {
    const TURNS: u32 = 3;
    let mut rates = [0.0, 0.0];
    for turn in 0..TURNS {
        for (mode, rate) in [Mode::Plain, Mode::Pages].into_iter().zip(&mut rates) {
            let options = Options {
                mode,
                ..options.clone()
            };
            let (summary, lasted) = load(&options, links, None).await?;
            *rate += summary.page_rate(lasted) / f64::from(TURNS);
            if turn + 1 == TURNS {
                println!("{mode:?}, last turn\n{}\n", summary.text(lasted));
            }
        }
    }
    let [plain, pages] = rates;
    println!(
        "plain handler        {plain:.0}/s\nlink pages           {pages:.0}/s\nof the plain handler {:.1} %",
        100.0 * pages / plain.max(f64::MIN_POSITIVE)
    );
    Ok(())
}

async fn load(
    options: &Options,
    links: &[String],
    ledger: Option<Ledger>,
) -> Result<(Summary, Duration)> {
    let target = Arc::new(Target::new(options, ledger, Clock::system())?);
    let until = Instant::now() + Duration::from_secs(options.seconds);
    let begin = Instant::now();
    let visitors: Vec<_> = (0..options.clients)
        .zip(links.iter().cycle())
        .map(|(_, link)| {
            let prospect = Prospect::new(Arc::clone(&target), link.clone());
            tokio::spawn(prospect.keep_visiting(until))
        })
        .collect();
    let mut summary = Summary::default();
    for visitor in visitors {
        summary.merge(visitor.await.map_err(Error::internal)??);
    }
    target.finish()?;
    Ok((summary, begin.elapsed()))
}

fn links(options: &Options) -> Result<Vec<String>> {
    let mut links = options.token.clone();
    if let Some(path) = &options.token_file {
        let text = std::fs::read_to_string(path)?;
        links.extend(
            text.lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(str::to_owned),
        );
    }
    if links.is_empty() {
        return Err(Error::field("token", "Name at least one link."));
    }
    Ok(links)
}
