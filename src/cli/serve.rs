//! `lastmile serve`.

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::Result;
use crate::server::Bound;
use crate::worker::Background;

/// Serves until a signal comes.
pub(super) async fn run(config: Config) -> Result<()> {
    let app = App::open(config, Clock::system()).await?;
    let bound = Bound::new(app.clone())?;
    let background = Background::start(&app)?;
    tracing::info!(address = %bound.address, "serving");
    let served = bound.serve().await;
    background.stop().await;
    served?;
    app.close().await
}
