//! `lastmile simulate`: how good recommendations are, on simulated histories whose truth is known.

use std::path::PathBuf;

use clap::Args;

use crate::error::Result;
use crate::simulation::{Given, Scenario, Settings, compare, compare_given};

/// What to simulate.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Only this many deals in the history; a choice of sizes where not said.
    #[arg(long, requires = "assets")]
    deals: Option<usize>,
    /// Only this many assets in the library.
    #[arg(long, requires = "deals")]
    assets: Option<usize>,
    /// How well assets are tagged: 1 as usual, 0 not at all.
    #[arg(long, default_value_t = 1.0)]
    tagging: f64,
    /// What a fitting tag really does: 1 as usual, 0 nothing.
    #[arg(long, default_value_t = 1.0)]
    matching: f64,
    /// How far assets differ in quality that no tag tells.
    #[arg(long, default_value_t = 0.25)]
    quality: f64,
    /// How far an asset's effect differs between industries in ways that no tag tells.
    #[arg(long, default_value_t = 0.20)]
    liking: f64,
    /// How strongly what is sent depends on how well the deal goes anyway.
    #[arg(long, default_value_t = 0.6)]
    confounding: f64,
    /// Take the history from this folder instead: `assets.csv`, `opps.csv`, `sends.csv`, `stages.csv`, and
    /// `test_opps.csv` with `truth_uplift.csv` to be measured by.
    #[arg(long)]
    data: Option<PathBuf>,
    /// How many histories to average over.
    #[arg(long, default_value_t = 5)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Simulates and prints a table.
#[allow(clippy::print_stdout, reason = "this is the command's answer")]
pub(super) fn run(options: &Options) -> Result<()> {
    if let Some(folder) = &options.data {
        for (name, worth) in compare_given(&Given::load(folder)?) {
            println!(
                "  {name:18} gains {:.4} by the first suggestion, nDCG@10 {:.3}",
                worth.win_rate, worth.ndcg
            );
        }
        return Ok(());
    }
    let asked = Settings {
        assets: options.assets.unwrap_or(0),
        tagging: options.tagging,
        matching: options.matching,
        quality: options.quality,
        liking: options.liking,
        confounding: options.confounding,
    };
    let of = |assets| Settings { assets, ..asked };
    // Tags that say little, and quality that they do not tell.
    let weak_tags = Settings {
        matching: 0.15 * options.matching,
        quality: 0.42,
        liking: 0.15,
        ..of(300)
    };
    let scenarios = match options.deals {
        Some(deals) => vec![("", deals, asked)],
        None => vec![
            ("", 200, of(100)),
            ("", 1_500, of(200)),
            ("", 5_000, of(500)),
            (", weak tags", 3_000, weak_tags),
        ],
    };
    for (name, deals, settings) in scenarios {
        println!("{deals} deals, {} assets{name}:", settings.assets);
        let scenario = Scenario { deals, settings };
        for (name, worth) in compare(scenario, options.seed..options.seed + options.seeds) {
            println!(
                "  {name:18} wins {:.3} after the first suggestion, nDCG@10 {:.3}",
                worth.win_rate, worth.ndcg
            );
        }
    }
    Ok(())
}
