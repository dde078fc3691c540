//! A server to test against, and people to test it with.

mod deal;
mod paper;
mod person;
mod post_office;
mod receiver;

pub(crate) use deal::{Content, Deal};
pub(crate) use paper::pdf;
pub(crate) use person::{Person, Reply};
pub(crate) use post_office::PostOffice;
pub(crate) use receiver::{Receiver, Taken};

use std::path::Path;

use lastmile::app::App;
use lastmile::auth::{NewUser, add_user, hash_password};
use lastmile::clock::Clock;
use lastmile::config::Config;
use lastmile::db::Db;
use lastmile::documents::{Converter, ConverterOptions, Limits};
use lastmile::entities::Role;
use lastmile::ids::UserId;
use lastmile::library::{FileImport, ImportLine, ImportTotals, import_files};
use lastmile::node::Node;
use sea_orm::ConnectionTrait as _;
use tempfile::TempDir;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "a password for tests";

/// A running server of its own; everything of it goes when it is dropped.
pub(crate) struct TestServer {
    pub(crate) app: App,
    pub(crate) base: String,
    handle: actix_web::dev::ServerHandle,
    _dir: TempDir,
}

impl TestServer {
    /// Boots a server on an empty installation.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same, with some settings of its own.
    pub(crate) async fn start_with(configure: impl FnOnce(&mut Config)) -> Self {
        Self::boot(Clock::system(), configure, Limits::default()).await
    }

    /// The same, whose conversions have these limits.
    #[allow(
        dead_code,
        reason = "only the test of awkward files, which shares this module, sets limits"
    )]
    pub(crate) async fn start_limited(limits: Limits) -> Self {
        Self::boot(Clock::system(), |_| {}, limits).await
    }

    /// The same, with some settings of its own and by this clock.
    pub(crate) async fn start_at(clock: Clock, configure: impl FnOnce(&mut Config)) -> Self {
        Self::boot(clock, configure, Limits::default()).await
    }

    async fn boot(clock: Clock, configure: impl FnOnce(&mut Config), limits: Limits) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = config_in(&dir).await;
        configure(&mut config);
        let mut app = App::open(config, clock).await.unwrap();
        // This process is the test, not the program whose child converts files.
        app.converter = Converter::new(ConverterOptions {
            executable: env!("CARGO_BIN_EXE_lastmile").into(),
            total_memory_bytes: app.config.conversion_memory,
            limits,
            ..ConverterOptions::default()
        });
        let node = Node::start(app.clone()).unwrap();
        let base = format!("http://{}", node.address());
        let handle = node.handle();
        actix_web::rt::spawn(node.run());
        Self {
            app,
            base,
            handle,
            _dir: dir,
        }
    }

    /// A new user of this role, signed in.
    pub(crate) async fn person(&self, role: Role) -> Person {
        self.person_named(role, &format!("{role}-{}", uuid::Uuid::new_v4()), None)
            .await
    }

    /// A new user of this role, name and team, signed in.
    pub(crate) async fn person_named(&self, role: Role, name: &str, team: Option<&str>) -> Person {
        let email = format!("{name}@example.com").to_lowercase();
        let id = self.add_user(role, name, &email, team).await;
        Person::sign_in(&self.base, &email, id).await
    }

    async fn add_user(&self, role: Role, name: &str, email: &str, team: Option<&str>) -> UserId {
        static HASH: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
        let hash = HASH
            .get_or_init(|| async { hash_password(PASSWORD.to_owned()).await.unwrap() })
            .await;
        let tx = self.app.db.begin().await.unwrap();
        let new = NewUser {
            email: email.to_owned(),
            name: name.to_owned(),
            role,
            team: team.map(str::to_owned),
            time_zone: "Europe/Berlin".to_owned(),
            active: true,
            password_hash: Some(hash.clone()),
        };
        let id = add_user(&tx, self.app.clock.now(), new).await.unwrap();
        tx.commit().await.unwrap();
        id
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

/// Imports a folder or an archive, or says what would happen: the totals, and what was said of each file.
pub(crate) async fn import_lines(
    app: &App,
    source: &Path,
    dry_run: bool,
) -> (ImportTotals, Vec<ImportLine>) {
    let import = FileImport {
        source,
        manifest: None,
        prefix: "",
        owner: None,
        dry_run,
    };
    let mut lines = Vec::new();
    let means = (&app.config, &app.db, &app.blobs, &app.clock, &app.converter);
    let totals = import_files(means, import, |line| {
        lines.push(line.clone());
    })
    .await
    .unwrap();
    (totals, lines)
}

/// The configuration of an empty installation in `dir`, on the engines that the environment asks for.
pub(crate) async fn config_in(dir: &TempDir) -> Config {
    let name = format!("test_{}", uuid::Uuid::new_v4().simple());
    let mut config = Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        data_dir: dir.path().to_owned(),
        server_workers: Some(1),
        database_connections: 6,
        ..Config::default()
    };
    if let Ok(url) = std::env::var("LASTMILE_TEST_DATABASE_URL") {
        let admin = Db::connect(&url, 1).await.unwrap();
        admin
            .read()
            .execute_unprepared(&format!("CREATE DATABASE {name}"))
            .await
            .unwrap();
        admin.close().await.unwrap();
        let (server, _) = url.rsplit_once('/').unwrap();
        config.database_url = Some(format!("{server}/{name}"));
    }
    if let Ok(url) = std::env::var("LASTMILE_TEST_STORAGE_URL") {
        config.storage_url = Some(format!("{url}/{name}"));
        config.storage_endpoint = std::env::var("LASTMILE_TEST_STORAGE_ENDPOINT").ok();
        config.storage_access_key = Some("lastmile".to_owned());
        config.storage_secret_key = Some("lastmile-secret".to_owned());
    }
    config
}
