//! `lastmile eval`: measures the search on a collection and prints the figures.

#![allow(clippy::print_stdout, reason = "an answer to a person")]

use std::path::PathBuf;

use clap::Args;

use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::eval::{self, Figures, Report};

/// What to measure.
#[derive(Clone, Debug, Args)]
pub(super) struct Options {
    /// The folder with `corpus.jsonl`, `queries.jsonl` and `qrels.tsv` or `qrels/test.tsv`.
    folder: PathBuf,
    /// The folder has the files of a classic collection instead (`.I .T .W`, as of Cranfield, CACM and CISI).
    #[arg(long)]
    classic: bool,
    /// The fields of a document that count; title and text where not said.
    #[arg(long, value_delimiter = ',')]
    fields: Vec<String>,
    /// How many slips to put into each query; may be repeated; 1 and 2 where not said, 0 for none.
    #[arg(long)]
    typos: Vec<usize>,
    /// What the slips are drawn from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Measure only the search as it is, not the steps that lead to it.
    #[arg(long)]
    only: bool,
    /// How many results to look at.
    #[arg(long, default_value_t = 100)]
    depth: usize,
    /// Split documents into pages of so many words.
    #[arg(long)]
    page_words: Option<usize>,
    /// The language of the documents; told from their text where not said.
    #[arg(long)]
    language: Option<String>,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
}

/// Measures.
pub(super) async fn run(options: Options) -> Result<()> {
    let typos = if options.typos.is_empty() {
        vec![1, 2]
    } else {
        options.typos
    };
    let wanted = eval::Options {
        folder: options.folder,
        classic: options.classic,
        fields: options.fields,
        typos: typos.into_iter().filter(|typos| *typos > 0).collect(),
        seed: options.seed,
        steps: !options.only,
        depth: options.depth.max(1),
        page_words: options.page_words,
        language: options.language,
    };
    let report = eval::measure(&wanted, &Clock::system()).await?;
    if options.json {
        let text = serde_json::to_string_pretty(&report).map_err(Error::internal)?;
        println!("{text}");
    } else {
        print(&report);
    }
    Ok(())
}

fn print(report: &Report) {
    println!(
        "{} documents, {} queries, {} relevant; the first {} results of each",
        report.documents, report.queries, report.relevant, report.depth
    );
    let typos: Vec<_> = report
        .rows
        .first()
        .into_iter()
        .flat_map(|row| row.typos.iter().map(|typos| typos.typos))
        .collect();
    print!(
        "{:<18} {:>8} {:>8} {:>8} {:>8}",
        "", "nDCG@10", "gain", "MAP", "R@100"
    );
    for typos in &typos {
        print!("  {:>16}", format!("{typos} typo(s), kept"));
    }
    println!();
    let mut before: Option<Figures> = None;
    for row in &report.rows {
        let gain = before.map_or_else(String::new, |before| {
            format!("{:+.4}", row.clean.ndcg_10 - before.ndcg_10)
        });
        print!(
            "{:<18} {:>8.4} {:>8} {:>8.4} {:>8.4}",
            row.name, row.clean.ndcg_10, gain, row.clean.map, row.clean.recall_100
        );
        for typos in &row.typos {
            print!(
                "  {:>8.4} {:>6.1}%",
                typos.figures.ndcg_10,
                typos.kept * 100.0
            );
        }
        println!();
        before = Some(row.clean);
    }
    println!(
        "latency: p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms; {:.0} documents indexed per second",
        report.latency.p50_ms,
        report.latency.p95_ms,
        report.latency.p99_ms,
        report.documents_per_second
    );
}
