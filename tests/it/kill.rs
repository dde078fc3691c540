//! The program is killed in the middle of its work, again and again: what it acknowledged is there, once.

use std::collections::HashSet;
use std::net::TcpListener;
use std::path::Path;
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

use crate::engagement::{Derived, a_rep};
use crate::fixtures::sent_pitch;
use crate::support::config_in;

const KILLS: usize = 10;

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

#[actix_web::test]
async fn killed_ten_times_it_loses_and_doubles_nothing_it_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let config = config_in(&dir).await;
    let app = App::open(config.clone(), Clock::system()).await.unwrap();
    let sent = sent_pitch(&app, a_rep(&app).await, &[6, 4]).await;
    app.close().await.unwrap();

    let ledger = dir.path().join("ledger.jsonl");
    let mut acknowledged: HashSet<EventId> = HashSet::new();
    let mut unanswered = 0;
    let mut serving = Serving::start(&config).await;
    for _ in 0..KILLS {
        let mut visitors = load(&config, &serving.base, &sent.token, &ledger);
        let pause = rand::rng().random_range(400..1_600);
        tokio::time::sleep(Duration::from_millis(pause)).await;
        serving.kill();
        assert!(visitors.wait().unwrap().success());

        serving = Serving::start(&config).await;
        for line in std::fs::read_to_string(&ledger).unwrap().lines() {
            let line: Line = serde_json::from_str(line).unwrap();
            match line.state.as_str() {
                "acknowledged" => acknowledged.extend(line.events()),
                "unknown" | "refused" => {
                    // Perhaps it is there, perhaps not: sending it again settles it.
                    line.send_again(&serving.base).await;
                    acknowledged.extend(line.events());
                    unanswered += 1;
                }
                "unsent" => {}
                other => panic!("{other}"),
            }
        }
    }
    serving.stop();

    assert!(
        unanswered > 0,
        "no beacon was cut off: the kills came too late"
    );
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
    assert_eq!(
        acknowledged.difference(&kept).count(),
        0,
        "acknowledged and lost"
    );
    assert_eq!(
        kept.difference(&acknowledged).count(),
        0,
        "there without having been sent"
    );
    assert!(kept.len() > 1_000, "{}", kept.len());
    Derived::assert_rebuilt(&app).await;
    app.close().await.unwrap();
}
