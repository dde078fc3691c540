//! A running node: the HTTP server, the background, and the order in which they stop.
//!
//! Invariant: on the way down nothing is lost: first the open streams and the server end, then work in hand, then what
//! was taken in is brought to disk.

use std::net::SocketAddr;

use actix_web::dev::ServerHandle;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::App;
use crate::error::Result;
use crate::server::Bound;
use crate::worker::Background;

/// A node that is bound, with its background running.
#[derive(Debug)]
pub struct Node {
    app: App,
    bound: Bound,
    background: Background,
}

impl Node {
    /// Binds the configured address and starts the background. Requests are answered once [`Node::run`] is awaited.
    pub fn start(app: App) -> Result<Self> {
        let bound = Bound::new(app.clone())?;
        let background = Background::start(&app)?;
        Ok(Self {
            app,
            bound,
            background,
        })
    }

    /// The address it listens on; with port 0 asked for, the one given.
    pub fn address(&self) -> SocketAddr {
        self.bound.address
    }

    /// Stops the server from elsewhere.
    pub fn handle(&self) -> ServerHandle {
        self.bound.handle()
    }

    /// Serves until a signal or the handle stops it, then brings everything to its end.
    pub async fn run(self) -> Result<()> {
        let live = self.app.live.clone();
        tokio::spawn(async move {
            // The server hears the same signals; open streams must end for it to be able to.
            stop_signal().await;
            live.close();
        });
        let served = self.bound.serve().await;
        self.app.live.close();
        self.background.stop().await;
        self.app.close().await?;
        served
    }
}

/// Returns when the process is asked to stop.
async fn stop_signal() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
