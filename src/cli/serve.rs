//! `lastmile serve`.

use tokio::signal::unix::{SignalKind, signal};

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
    served
    tracing::info!(address = %bound.address, "serving");
    let live = app.live.clone();
    tokio::spawn(async move {
        // The server hears the same signals; open streams must end for it to be able to.
        stop_signal().await;
        live.close();
    });
    bound.serve().await?;
    app.close().await
}

/// Returns when the process is asked to stop.
async fn stop_signal() {
    let mut terminate = match signal(SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(_) => return std::future::pending().await,
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
