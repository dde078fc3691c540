//! `lastmile rebuild`.

#![allow(clippy::print_stdout, reason = "an answer to a person")]

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::Result;
use crate::rollup;

/// Makes visits, rollups, signals and scores anew from the events.
pub(super) async fn run(config: Config) -> Result<()> {
    let app = App::open(config, Clock::system()).await?;
    let rebuilt = rollup::rebuild(&app.db).await?;
    println!(
        "Folded {} events into {} visits and their rollups.",
        rebuilt.events, rebuilt.visits
    );
    let scored = app.signaler.rebuild().await?;
    println!("Made the signals and scores of {scored} opportunities anew.");
    app.close().await
}
