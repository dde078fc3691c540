//! `lastmile reindex`.

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::Result;
use crate::index::Follower;

/// Builds the search index anew.
#[allow(clippy::print_stdout, reason = "it answers a person at a terminal")]
pub(super) async fn run(config: Config) -> Result<()> {
    let app = App::open(config, Clock::system()).await?;
    let count = Follower::new(app.index, app.db).rebuild().await?;
    println!("The search index is built anew: {count} assets.");
    Ok(())
}
