//! `lastmile reindex`.

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::append_change;
use crate::error::Result;
use crate::index::{Follower, REINDEX};

/// Builds the search index anew.
#[allow(clippy::print_stdout, reason = "it answers a person at a terminal")]
pub(super) async fn run(config: Config) -> Result<()> {
    let app = App::open(config, Clock::system()).await?;
    match Follower::new(app.index.clone(), app.db.clone())
        .rebuild()
        .await?
    {
        Some(count) => println!("The search index is built anew: {count} assets."),
        None => {
            let tx = app.db.begin().await?;
            append_change(&tx, REINDEX, uuid::Uuid::nil()).await?;
            tx.commit().await?;
            println!(
                "A server is running on this data directory. It builds the index anew beside the one that answers."
            );
        }
    }
    app.close().await
}
