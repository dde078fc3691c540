//! The configuration: one TOML file and `LASTMILE_*` variables, read once at start.
//!
//! Plain data; nothing here opens, connects or decides. `lastmile doctor` prints every value and where a directory
//! or address comes from.
//!
//! Invariant: everything has a default that runs; no variable is needed.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use url::Url;

mod thresholds;

pub use thresholds::{AlertConfig, ScoreConfig, SignalConfig};

/// What an installation can be told.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where to listen, as `address:port`.
    pub listen: SocketAddr,
    /// Where secrets, the SQLite file, local blobs and the index lie.
    pub data_dir: PathBuf,
    /// `postgres://...` or `sqlite://...`; a file in the data directory where not said.
    pub database_url: Option<String>,
    /// How many connections to PostgreSQL.
    pub database_connections: u32,
    /// `s3://bucket/prefix`; a folder in the data directory where not said.
    pub storage_url: Option<String>,
    /// Of the S3-compatible store, where it is not Amazon's.
    pub storage_endpoint: Option<String>,
    /// Of the S3-compatible store.
    pub storage_region: String,
    /// Of the S3-compatible store.
    pub storage_access_key: Option<String>,
    /// Of the S3-compatible store.
    #[serde(skip_serializing)]
    pub storage_secret_key: Option<String>,
    /// How the outside world reaches this server; links are made with it.
    pub public_url: Option<Url>,
    /// The secret that nodes share; made in the data directory where not said.
    #[serde(skip_serializing)]
    pub secret: Option<String>,
    /// The largest upload, in bytes.
    pub upload_limit: u64,
    /// How many uploads one user may have begun and not yet used or given up.
    pub uploads_per_user: u64,
    /// How many bytes these may have together.
    pub upload_bytes_per_user: u64,
    /// The largest archive for an import, and the most that it may unpack to, in bytes.
    pub import_limit: u64,
    /// Whether web links may lead to addresses inside the house. For tests and closed networks only: with it, whoever
    /// may add web links reads what this server can reach.
    pub fetch_private_addresses: bool,
    /// How many conversions run at once.
    pub conversion_workers: usize,
    /// Memory that all conversions of the node share, in bytes. Each of their processes reserves half a gigabyte.
    pub conversion_memory: u64,
    /// How many bytes of pictures with watermarks are kept in memory, for all viewers together.
    pub watermark_cache: u64,
    /// How many threads serve requests; one per core where not said.
    pub server_workers: Option<usize>,
    /// How many reports of readers a second one link may send before it is told to slow down; 0 allows any number.
    pub link_rate: u32,
    /// A file with the networks of data centres, one a line; a list of our own where not said.
    pub data_centres: Option<PathBuf>,
    /// For how many days it is kept who searched for what; 0 keeps it for ever.
    pub search_retention_days: u32,
    /// The mail server, as `smtps://user:password@host`; mail is written but held where not said.
    #[serde(skip_serializing)]
    pub smtp_url: Option<Secret>,
    /// The address that mail is sent from, as `sales@example.com` or `Example Sales <sales@example.com>`.
    pub mail_from: Option<String>,
    /// What the mail service must know to report mails that came back; nothing is taken where not said.
    #[serde(skip_serializing)]
    pub bounce_secret: Option<Secret>,
    /// Whether nobody may approve their own work while somebody else could. A new version of what was approved then waits
    /// for an approval before it is shown.
    pub four_eyes: bool,
    /// Whether webhooks and chat channels may lead to addresses inside the house.
    pub webhook_private_addresses: bool,
    /// When a named signal is one.
    pub signals: SignalConfig,
    /// What a score is made of.
    pub scores: ScoreConfig,
    /// How alerts go out.
    pub alerts: AlertConfig,
}

/// A setting that no log and no report shows.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// A secret from elsewhere than the configuration.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The setting itself, for its one use.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data_dir: PathBuf::from("lastmile-data"),
            database_url: None,
            database_connections: 16,
            storage_url: None,
            storage_endpoint: None,
            storage_region: "us-east-1".to_owned(),
            storage_access_key: None,
            storage_secret_key: None,
            public_url: None,
            secret: None,
            upload_limit: 100 * 1024 * 1024,
            uploads_per_user: 500,
            upload_bytes_per_user: 8 * 1024 * 1024 * 1024,
            import_limit: 2 * 1024 * 1024 * 1024,
            fetch_private_addresses: false,
            conversion_workers: 2,
            conversion_memory: 1024 * 1024 * 1024,
            watermark_cache: 64 * 1024 * 1024,
            server_workers: None,
            link_rate: 300,
            data_centres: None,
            search_retention_days: 400,
            smtp_url: None,
            mail_from: None,
            bounce_secret: None,
            four_eyes: false,
            webhook_private_addresses: false,
            signals: SignalConfig::default(),
            scores: ScoreConfig::default(),
            alerts: AlertConfig::default(),
        }
    }
}

impl Config {
    /// Reads `file` (or `lastmile.toml` in the working directory, if there), then the variables.
    pub fn load(file: Option<&Path>) -> Result<Self, config::ConfigError> {
        let source = match file {
            Some(path) => config::File::from(path),
            None => config::File::with_name("lastmile.toml").required(false),
        };
        config::Config::builder()
            .add_source(source)
            .add_source(
                config::Environment::with_prefix("LASTMILE")
                    .try_parsing(true)
                    .ignore_empty(true),
            )
            .build()?
            .try_deserialize()
    }

    /// The database's address.
    pub fn database_url(&self) -> String {
        self.database_url.clone().unwrap_or_else(|| {
            let file = self.data_dir.join("lastmile.db");
            format!("sqlite://{}?mode=rwc", file.display())
        })
    }

    /// Where the node keeps its search index.
    pub fn index_dir(&self) -> PathBuf {
        self.data_dir.join("index")
    }

    /// How the outside world reaches this server.
    pub fn public_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.listen),
        }
    }
}
