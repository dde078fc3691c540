//! `lastmile simulate`: how good recommendations are, on simulated histories whose truth is known.

use clap::Args;

use crate::simulation::{Scenario, compare};

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
    /// How many histories to average over.
    #[arg(long, default_value_t = 5)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Simulates and prints a table.
#[allow(clippy::print_stdout, reason = "this is the command's answer")]
pub(super) fn run(options: &Options) {
    let usual = [
        (200, 100, 1.0),
        (1_500, 200, 1.0),
        (5_000, 500, 1.0),
        (3_000, 300, 0.3),
    ];
    let scenarios: Vec<_> = match (options.deals, options.assets) {
        (Some(deals), Some(assets)) => vec![(deals, assets, options.tagging)],
        _ => usual.to_vec(),
    };
    for (deals, assets, tagging) in scenarios {
        println!("{deals} deals, {assets} assets, tagging {tagging}:");
        let scenario = Scenario {
            deals,
            assets,
            tagging,
        };
        for (name, worth) in compare(scenario, options.seed..options.seed + options.seeds) {
            println!(
                "  {name:18} wins {:.3} after the first suggestion, nDCG@10 {:.3}",
                worth.win_rate, worth.ndcg
            );
        }
    }
}
