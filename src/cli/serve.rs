//! `lastmile serve`.

use std::net::SocketAddr;

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::Result;
use crate::node::Node;

/// Serves until a signal comes.
pub(super) async fn run(config: Config) -> Result<()> {
    run_with(config, |address| tracing::info!(%address, "serving")).await
}

/// Serves until a signal comes, after telling `announce` the address.
pub(super) async fn run_with(config: Config, announce: impl FnOnce(SocketAddr)) -> Result<()> {
    let app = App::open(config, Clock::system()).await?;
    let node = Node::start(app)?;
    announce(node.address());
    node.run().await
}
