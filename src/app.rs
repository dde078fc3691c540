//! The assembly: what a running node is made of. No logic.

use std::sync::Arc;

use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::documents::{Converter, ConverterOptions};
use crate::engagement::{DataCentres, Ingest, Live};
use crate::entities::setting;
use crate::error::Result;
use crate::index::Index;
use crate::jobs::Wake;
use crate::keys::Keys;
use crate::library::{Fetcher, Uploads};
use crate::mail::Mailer;
use crate::recommend::Recommender;
use crate::search::SearchLog;
use crate::signals::Signaler;
use crate::viewer::Pages;
use crate::viewer::Watermarks;
use sea_orm::EntityTrait as _;

/// Facts about this installation that routes show.
#[derive(Clone, Copy, Debug)]
pub struct Installation {
    /// Whether its data is the demo's; only then does the demo's password exist.
    pub demo: bool,
}

/// Everything that lives as long as the process. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    /// As it was read.
    pub config: Config,
    /// Facts about this installation.
    pub installation: Installation,
    /// The time.
    pub clock: Clock,
    /// The secret.
    pub keys: Keys,
    /// The database, migrated.
    pub db: Db,
    /// The blob store.
    pub blobs: Blobs,
    /// Makes pages of files.
    pub converter: Converter,
    /// The search index.
    pub index: Index,
    /// Keeps signals, scores and alerts.
    pub signaler: Signaler,
    /// Keeps recommendations ready.
    pub recommender: Recommender,
    /// Sends mail.
    pub mailer: Mailer,
    /// Wakes the workers.
    pub wake: Wake,
    /// Tells what happens to those who watch.
    pub live: Live,
    /// Where signals are handed in.
    pub ingest: Ingest,
    /// Which networks belong to data centres.
    pub data_centres: Arc<DataCentres>,
    /// Where searches are noted.
    pub searches: SearchLog,
    /// Files on their way in, on this node.
    pub uploads: Uploads,
    /// Fetches web links.
    pub fetcher: Fetcher,
    /// Pictures with their viewers' addresses, on this node.
    pub watermarks: Watermarks,
    /// Prospects' pages that are ready.
    pub pages: Pages,
}

impl App {
    /// Opens everything that `config` names, bringing the schema up to date.
    pub async fn open(config: Config, clock: Clock) -> Result<Self> {
        std::fs::create_dir_all(&config.data_dir)?;
        let keys = match &config.secret {
            Some(secret) => Keys::from_secret(secret),
            None => Keys::load_or_create(&config.data_dir)?,
        };
        let db = Db::connect(&config.database_url(), config.database_connections).await?;
        db.migrate().await?;
        let blobs = Blobs::open(&config)?;
        let index = Index::open(&config.index_dir())?;
        let demo = setting::Entity::find_by_id("demo")
            .one(db.read())
            .await?
            .is_some();
        let live = Live::start(db.clone(), clock.clone());
        Ok(Self {
            ingest: Ingest::start(db.clone(), clock.clone(), live.clone(), config.link_rate),
            searches: SearchLog::start(db.clone(), clock.clone()),
            signaler: Signaler::new(&config, db.clone(), clock.clone()),
            recommender: Recommender::new(db.clone(), index.clone(), clock.clone()),
            live,
            data_centres: Arc::new(DataCentres::load(config.data_centres.as_deref())?),
            installation: Installation { demo },
            clock,
            keys,
            db,
            blobs,
            converter: Converter::new(ConverterOptions {
                total_memory_bytes: config.conversion_memory,
                ..ConverterOptions::default()
            }),
            index,
            mailer: Mailer::new(&config)?,
            wake: Wake::default(),
            uploads: Uploads::open(&config)?,
            fetcher: Fetcher::new(&config)?,
            watermarks: Watermarks::new(config.watermark_cache),
            pages: Pages::default(),
            config,
        })
    }

    /// Brings what was taken in to disk and closes the database. The server must have stopped before.
    pub async fn close(self) -> Result<()> {
        self.ingest.close().await;
        self.searches.close().await;
        self.db.close().await
    }
}
