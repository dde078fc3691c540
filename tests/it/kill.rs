//! The program is killed in the middle of its work, again and again: what it acknowledged is there, once.

use std::collections::HashSet;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use lastmile::app::App;
use lastmile::clock::Clock;
use lastmile::config::Config;
use lastmile::entities::{EventKind, event};
use lastmile::ids::EventId;
use rand::RngExt as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use serde::Deserialize;
use serde_json::Value;
use tempfile::TempDir;

use crate::engagement::{Derived, a_rep};
use crate::fixtures::{SentPitch, sent_pitch};
use crate::support::config_in;

/// How often it is killed; 200 in the long run.
fn kills() -> usize {
    times("LASTMILE_TEST_KILLS", 20)
}

fn times(variable: &str, usual: usize) -> usize {
    let said = std::env::var(variable).ok();
    said.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// The program, serving; killed when dropped.
pub(crate) struct Serving {
    child: Child,
    pub(crate) base: String,
}

impl Serving {
    pub(crate) async fn start(config: &Config) -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut command = program(config);
        command
            .arg("serve")
            .env("LASTMILE_LISTEN", format!("127.0.0.1:{port}"));
        let serving = Self {
            child: command.spawn().unwrap(),
            base: format!("http://127.0.0.1:{port}"),
        };
        for _ in 0..300 {
            if let Ok(answer) = reqwest::get(format!("{}/readyz", serving.base)).await
                && answer.status().is_success()
            {
                return serving;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server did not become ready");
    }

    /// SIGKILL: no chance to finish anything.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM: it finishes what it has taken in.
    pub(crate) fn stop(mut self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(sent.success());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program(config: &Config) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lastmile"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LASTMILE_")) {
        command.env_remove(name);
    }
    command
        .env("LASTMILE_DATA_DIR", &config.data_dir)
        .env("LASTMILE_DATABASE_URL", config.database_url())
        .env("RUST_LOG", "error")
        .current_dir(&config.data_dir)
        .stdout(Stdio::null());
    command
}

fn load(config: &Config, base: &str, token: &str, ledger: &Path) -> Child {
    let mut command = program(config);
    command
        .args(["load", "--url", base, "--token", token])
        .args(["--clients", "8", "--seconds", "2", "--ledger"])
        .arg(ledger)
        .spawn()
        .unwrap()
}

/// A line of the load command's ledger.
#[derive(Deserialize)]
struct Line {
    state: String,
    link: String,
    beacon: Value,
}

impl Line {
    fn events(&self) -> impl Iterator<Item = EventId> {
        let events = self.beacon["events"].as_array().unwrap();
        events
            .iter()
            .map(|event| event["id"].as_str().unwrap().parse().unwrap())
    }

    async fn send_again(&self, base: &str) {
        let answer = reqwest::Client::new()
            .post(format!("{base}/p/{}/events", self.link))
            .json(&self.beacon)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }
}

/// What was sent, as far as it must be there.
#[derive(Default)]
struct Sent {
    acknowledged: HashSet<EventId>,
    unanswered: usize,
}

impl Sent {
    /// Takes in a ledger. What was not answered, or refused, is sent again: that settles it.
    async fn settle(&mut self, ledger: &Path, base: &str) {
        for line in std::fs::read_to_string(ledger).unwrap().lines() {
            let line: Line = serde_json::from_str(line).unwrap();
            match line.state.as_str() {
                "acknowledged" => self.acknowledged.extend(line.events()),
                "unknown" | "refused" => {
                    // Perhaps it is there, perhaps not.
                    line.send_again(base).await;
                    self.acknowledged.extend(line.events());
                    self.unanswered += 1;
                }
                "unsent" => {}
                other => panic!("{other}"),
            }
        }
    }

    /// Everything is there once, and nothing else.
    async fn assert_kept(&self, config: Config) {
        let app = App::open(config, Clock::system()).await.unwrap();
        let rows: Vec<EventId> = event::Entity::find()
            .select_only()
            .column(event::Column::Id)
            .filter(event::Column::Kind.ne(EventKind::Fetched))
            .into_tuple()
            .all(app.db.read())
            .await
            .unwrap();
        let kept: HashSet<EventId> = rows.iter().copied().collect();
        assert_eq!(kept.len(), rows.len());
        let lost = self.acknowledged.difference(&kept).count();
        assert_eq!(lost, 0, "acknowledged and lost");
        let unsent = kept.difference(&self.acknowledged).count();
        assert_eq!(unsent, 0, "there without having been sent");
        assert!(kept.len() > 1_000, "{}", kept.len());
        Derived::assert_rebuilt(&app).await;
        app.close().await.unwrap();
    }
}

/// An installation with one link that was sent.
async fn prepared(config: &Config) -> SentPitch {
    let app = App::open(config.clone(), Clock::system()).await.unwrap();
    let sent = sent_pitch(&app, a_rep(&app).await, &[6, 4]).await;
    app.close().await.unwrap();
    sent
}

#[actix_web::test]
async fn killed_again_and_again_it_loses_and_doubles_nothing_it_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let config = config_in(&dir).await;
    let link = prepared(&config).await;

    let ledger = dir.path().join("ledger.jsonl");
    let mut sent = Sent::default();
    let mut serving = Serving::start(&config).await;
    for _ in 0..kills() {
        let mut visitors = load(&config, &serving.base, &link.token, &ledger);
        let pause = rand::rng().random_range(400..1_600);
        tokio::time::sleep(Duration::from_millis(pause)).await;
        serving.kill();
        assert!(visitors.wait().unwrap().success());
        serving = Serving::start(&config).await;
        sent.settle(&ledger, &serving.base).await;
    }
    serving.stop();
    assert!(
        sent.unanswered > 0,
        "no beacon was cut off: the kills came too late"
    );
    sent.assert_kept(config).await;
}

/// A PostgreSQL of this test's own, that may be stopped.
struct Postgres {
    bin: PathBuf,
    dir: TempDir,
    port: u16,
    server: Option<Child>,
}

impl Postgres {
    /// Makes and starts one, if its programs are there.
    fn start() -> Option<Self> {
        let path = std::env::var_os("PATH")?;
        let bin = std::env::split_paths(&path)
            .map(|folder| folder.join("postgres"))
            .find(|file| file.exists())?;
        let bin = bin.canonicalize().ok()?.parent()?.to_owned();
        let port = TcpListener::bind("127.0.0.1:0")
            .ok()?
            .local_addr()
            .ok()?
            .port();
        let mut postgres = Self {
            bin,
            dir: tempfile::tempdir().ok()?,
            port,
            server: None,
        };
        if rustix::process::getuid().is_root() {
            let owner = Command::new("chown")
                .arg("nobody")
                .arg(postgres.dir.path())
                .status();
            assert!(owner.unwrap().success());
        }
        let data = postgres.dir.path().join("data");
        let made = postgres
            .command("initdb")
            .args(["-U", "lastmile", "--auth=trust", "-D"])
            .arg(data)
            .status()
            .unwrap();
        assert!(made.success());
        postgres.begin();
        Some(postgres)
    }

    /// PostgreSQL refuses to be run by root.
    fn command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = if rustix::process::getuid().is_root() {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid=nobody", "--clear-groups"])
                .arg(program);
            command
        } else {
            Command::new(program)
        };
        command
            .current_dir(self.dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn begin(&mut self) {
        let server = self
            .command("postgres")
            .args(["-D", "data", "-c", "listen_addresses=127.0.0.1", "-p"])
            .arg(self.port.to_string())
            .arg("-k")
            .arg(self.dir.path())
            .spawn();
        self.server = Some(server.unwrap());
    }

    /// Stops it: `INT` ends all connections, `QUIT` is as good as a crash.
    fn end(&mut self, signal: &str) {
        if let Some(mut server) = self.server.take() {
            let id = server.id().to_string();
            let _ = Command::new("kill")
                .args([format!("-{signal}"), id])
                .status();
            let _ = server.wait();
        }
    }

    fn url(&self) -> String {
        format!("postgres://lastmile@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.end("QUIT");
    }
}

/// Waits until the server can write again, for ten seconds at the most.
async fn recovered(base: &str, link: &str) {
    let begin = std::time::Instant::now();
    loop {
        let ready = reqwest::get(format!("{base}/readyz")).await;
        let page = reqwest::get(format!("{base}/p/{link}")).await;
        if ready.is_ok_and(|answer| answer.status().is_success())
            && page.is_ok_and(|answer| answer.status().is_success())
        {
            return;
        }
        let waited = begin.elapsed();
        assert!(
            waited < Duration::from_secs(10),
            "not there after {waited:?}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[actix_web::test]
async fn a_database_that_restarts_under_load_costs_nothing_that_was_acknowledged() {
    let Some(mut postgres) = Postgres::start() else {
        // Without PostgreSQL's programs there is nothing to restart.
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let config = Config {
        data_dir: dir.path().to_owned(),
        database_url: Some(postgres.url()),
        ..Config::default()
    };
    tokio::time::sleep(Duration::from_secs(2)).await;
    let link = prepared(&config).await;
    let ledger = dir.path().join("ledger.jsonl");
    let mut sent = Sent::default();
    let serving = Serving::start(&config).await;
    for time in 0..times("LASTMILE_TEST_RESTARTS", 4) {
        let mut visitors = load(&config, &serving.base, &link.token, &ledger);
        tokio::time::sleep(Duration::from_millis(700)).await;
        postgres.end(if time % 2 == 0 { "INT" } else { "QUIT" });
        postgres.begin();
        recovered(&serving.base, &link.token).await;
        assert!(visitors.wait().unwrap().success());
        sent.settle(&ledger, &serving.base).await;
    }
    serving.stop();
    sent.assert_kept(config).await;
}

/// A small disk of its own, which needs the right to mount one.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: &Path, size: &str) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o"])
            .arg(format!("size={size}"))
            .arg("tmpfs")
            .arg(at)
            .stderr(Stdio::null())
            .status();
        mounted.ok()?.success().then(|| Self(at.to_owned()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[actix_web::test]
async fn a_full_disk_costs_nothing_that_was_acknowledged_and_readers_go_on() {
    if std::env::var("LASTMILE_TEST_DATABASE_URL").is_ok() {
        // It is about the file that SQLite writes.
        return;
    }
    let (dir, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some(_disk) = Disk::mount(place.path(), "96m") else {
        return;
    };
    let config = Config {
        data_dir: place.path().to_owned(),
        ..Config::default()
    };
    let link = prepared(&config).await;
    let ledger = dir.path().join("ledger.jsonl");
    let mut sent = Sent::default();
    let serving = Serving::start(&config).await;
    let mut visitors = load(&config, &serving.base, &link.token, &ledger);
    tokio::time::sleep(Duration::from_millis(600)).await;

    let filler = place.path().join("filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    while file.write_all(&[0; 16 * 1024]).is_ok() {}
    while file.write_all(&[0; 512]).is_ok() {}
    drop(file);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let page = reqwest::get(format!("{}/p/{}", serving.base, link.token)).await;
    assert!(page.unwrap().status().is_success(), "readers go on");
    std::fs::remove_file(&filler).unwrap();

    recovered(&serving.base, &link.token).await;
    assert!(visitors.wait().unwrap().success());
    sent.settle(&ledger, &serving.base).await;
    serving.stop();
    sent.assert_kept(config).await;
}
