//! `lastmile serve`.

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::Result;
use crate::server::Bound;

/// Serves until a signal comes.
pub(super) async fn run(config: Config) -> Result<()> {
    let app = App::open(config, Clock::system()).await?;
    let bound = Bound::new(app.clone())?;
    tracing::info!(address = %bound.address, "serving");
    bound.serve().await?;
    app.close().await
}
