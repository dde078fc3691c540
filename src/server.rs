//! The HTTP server around an [`App`]: binds, serves until told to stop, then drains.

use std::net::{SocketAddr, TcpListener};

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{Compress, NormalizePath, TrailingSlash, from_fn};
use actix_web::{App as Actix, HttpServer, web};
use tracing_actix_web::TracingLogger;

use crate::app::App;
use crate::error::Result;
use crate::{http, routes, telemetry, webapp};

/// A server that is bound and not yet running.
pub struct Bound {
    /// The address it listens on; with port 0 asked for, the one given.
    pub address: SocketAddr,
    server: Server,
}

impl std::fmt::Debug for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bound({})", self.address)
    }
}

impl Bound {
    /// Binds the configured address.
    pub fn new(app: App) -> Result<Self> {
        let listener = TcpListener::bind(app.config.listen)?;
        let address = listener.local_addr()?;
        let metrics = telemetry::metrics_handle()?;
        let workers = app.config.server_workers;
        let flood = http::limits::Flood::default();
        let mut server = HttpServer::new(move || {
            Actix::new()
                .app_data(web::Data::new(app.config.clone()))
                .app_data(web::Data::new(app.installation))
                .app_data(web::Data::new(app.clock.clone()))
                .app_data(web::Data::new(app.keys.clone()))
                .app_data(web::Data::new(app.db.clone()))
                .app_data(web::Data::new(app.blobs.clone()))
                .app_data(web::Data::new(app.converter.clone()))
                .app_data(web::Data::new(app.index.clone()))
                .app_data(web::Data::new(app.recommender.clone()))
                .app_data(web::Data::new(app.mailer.clone()))
                .app_data(web::Data::new(app.wake.clone()))
                .app_data(web::Data::new(app.live.clone()))
                .app_data(web::Data::new(app.ingest.clone()))
                .app_data(web::Data::from(app.data_centres.clone()))
                .app_data(web::Data::new(app.searches.clone()))
                .app_data(web::Data::new(app.uploads.clone()))
                .app_data(web::Data::new(app.fetcher.clone()))
                .app_data(web::Data::new(app.watermarks.clone()))
                .app_data(web::Data::new(flood.clone()))
                .app_data(web::Data::new(app.pages.clone()))
                .app_data(web::Data::new(metrics.clone()))
                .configure(http::configure_extractors)
                .wrap(from_fn(http::write_problems))
                .wrap(from_fn(http::security_headers))
                .wrap(Compress::default())
                .wrap(TracingLogger::<telemetry::RequestSpan>::new())
                .wrap(NormalizePath::new(TrailingSlash::Trim))
                .configure(|config| http::register(config, &routes::table()))
                .default_service(web::to(webapp::file_or_start_page))
        })
        .tcp_nodelay(true)
        .shutdown_timeout(10);
        if let Some(workers) = workers {
            server = server.workers(workers);
        }
        let server = server.listen(listener)?.run();
        Ok(Self { address, server })
    }

    /// Stops the server from elsewhere.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until a signal or [`Bound::handle`] stops it.
    pub async fn serve(self) -> Result<()> {
        Ok(self.server.await?)
    }
}
