//! The index of a running node: damaged, deleted, built anew, killed: the answers stay the same.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lastmile::app::App;
use lastmile::auth::{NewUser, add_user, hash_password};
use lastmile::clock::Clock;
use lastmile::db::append_change;
use lastmile::entities::{AssetKind, AssetState, Role, VersionState, asset, asset_version, page};
use lastmile::ids::{AssetId, UserId, VersionId};
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use crate::kill::Serving;
use crate::library::upload_and_convert;
use crate::search::{eventually, titles};
use crate::support::{PASSWORD, Person, TestServer, config_in};

const QUERY: &str = "/api/v1/search?q=temperature+of+sensors&sort=title&limit=100";

async fn notes(marketer: &Person, count: usize) {
    for number in 0..count {
        let text = format!(
            "# Note {number}\n\nThe temperature of sensor {number} in hall {}.",
            number % 3
        );
        let metadata =
            json!({ "title": format!("Note {number:02}"), "state": "approved", "language": "en" });
        upload_and_convert(marketer, "note.md", text.as_str(), &metadata).await;
    }
    eventually(marketer, QUERY, |found| found["total_pages"] == count).await;
}

/// The folder that the node's searches read.
fn folder(server: &TestServer) -> PathBuf {
    current(&server.app.config.index_dir())
}

fn current(dir: &Path) -> PathBuf {
    let name = std::fs::read_to_string(dir.join("current")).unwrap();
    dir.join(name.trim())
}

async fn until(what: &str, done: impl Fn() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < Duration::from_secs(20), "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn told(found: &Value) -> (Vec<&str>, &Value) {
    (titles(found), &found["facets"])
}

/// Changes one byte in the middle of every file of this sort.
fn flip(folder: &Path, extension: &str) {
    let mut flipped = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|is| is == extension) {
            let mut content = std::fs::read(&path).unwrap();
            let middle = content.len() / 2;
            content[middle] ^= 0x55;
            // In place: the running node has the file mapped.
            let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
            file.write_all(&content).unwrap();
            flipped += 1;
        }
    }
    assert!(flipped > 0, "no {extension} in {}", folder.display());
}

#[actix_web::test]
async fn flipped_bytes_are_found_and_the_index_built_anew_while_it_runs() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    notes(&marketer, 6).await;
    let before = marketer.get(QUERY).await.ok();
    for extension in ["store", "idx", "term"] {
        let damaged = folder(&server);
        flip(&damaged, extension);
        let dir = server.app.config.index_dir();
        until("another index takes its place", || {
            std::fs::read_to_string(dir.join("current")).unwrap().trim()
                != damaged.file_name().unwrap().to_str().unwrap()
        })
        .await;
        assert_eq!(marketer.get("/readyz").await.status, 200);
        let after = eventually(&marketer, QUERY, |found| found["complete"] == true).await;
        assert_eq!(told(&after), told(&before), "{extension}");
    }
}

#[actix_web::test]
async fn a_deleted_index_goes_on_answering_and_comes_back() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    notes(&marketer, 4).await;
    let before = marketer.get(QUERY).await.ok();
    let dir = server.app.config.index_dir();
    std::fs::remove_dir_all(&dir).unwrap();
    let during = marketer.get(QUERY).await.ok();
    assert_eq!(told(&during), told(&before));
    until("the index is there again", || dir.join("current").exists()).await;
    let after = marketer.get(QUERY).await.ok();
    assert_eq!(told(&after), told(&before));
    let metadata = json!({ "title": "Zeppelin", "language": "en" });
    upload_and_convert(&marketer, "z.md", "# Zeppelin", &metadata).await;
    eventually(&marketer, "/api/v1/search?q=zeppelin", |found| {
        found["total_assets"] == 1
    })
    .await;
}

#[actix_web::test]
async fn an_admin_has_the_index_built_anew_while_it_answers() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let admin = server.person(Role::Admin).await;
    notes(&marketer, 5).await;
    let before = marketer.get(QUERY).await.ok();
    let old = folder(&server);
    assert_eq!(
        marketer
            .post("/api/v1/search/reindex", &json!({}))
            .await
            .code(),
        "forbidden"
    );
    admin.post("/api/v1/search/reindex", &json!({})).await.ok();
    let started = Instant::now();
    while folder(&server) == old {
        let during = marketer.get(QUERY).await.ok();
        assert_eq!(told(&during), told(&before));
        assert_eq!(during["complete"], true);
        assert!(started.elapsed() < Duration::from_secs(20));
    }
    let after = marketer.get(QUERY).await.ok();
    assert_eq!(told(&after), told(&before));
    assert!(!old.exists(), "the old one is gone");
}

#[actix_web::test]
async fn a_write_is_found_within_a_second() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    notes(&marketer, 1).await;
    let found = marketer.get(QUERY).await.ok();
    let path = format!(
        "/api/v1/assets/{}",
        found["items"][0]["asset"]["id"].as_str().unwrap()
    );
    for round in 0..5 {
        let revision = marketer.get(&path).await.ok()["revision"].as_i64().unwrap();
        let change = json!({ "title": format!("Marmalade{round}") });
        let written = marketer
            .edit(reqwest::Method::PATCH, &path, revision, &change)
            .await;
        let seq = written.headers["lastmile-seq"].to_str().unwrap().to_owned();
        let started = Instant::now();
        let query = format!("/api/v1/search?q=marmalade{round}&after_seq={seq}");
        let found = marketer.get(&query).await.ok();
        assert_eq!(found["total_assets"], 1);
        assert!(
            started.elapsed() < Duration::from_secs(1),
            "{:?}",
            started.elapsed()
        );
    }
}

async fn user_with_password(app: &App, role: Role, email: &str) -> UserId {
    let hash = hash_password(PASSWORD.to_owned()).await.unwrap();
    let tx = app.db.begin().await.unwrap();
    let new = NewUser {
        email: email.to_owned(),
        name: email.to_owned(),
        role,
        team: None,
        time_zone: "Europe/Berlin".to_owned(),
        active: true,
        password_hash: Some(hash),
    };
    let id = add_user(&tx, app.clock.now(), new).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Writes so many approved assets with pages as a conversion would, and one change-log entry each.
async fn fill(app: &App, assets: usize) {
    let now = app.clock.now();
    let tx = app.db.begin().await.unwrap();
    for number in 0..assets {
        let at = now + chrono::TimeDelta::milliseconds(i64::try_from(number).unwrap());
        let (id, version) = (AssetId::new(at), VersionId::new(at));
        let row = asset::ActiveModel {
            id: Set(id),
            title: Set(format!("Report {number}")),
            description: Set(String::new()),
            kind: Set(AssetKind::Guide),
            state: Set(AssetState::Approved),
            internal_only: Set(false),
            language: Set(Some("en".to_owned())),
            current_version_id: Set(Some(version)),
            revision: Set(1),
            created_at: Set(at),
            updated_at: Set(at),
            ..Default::default()
        };
        asset::Entity::insert(row).exec(&tx).await.unwrap();
        let row = asset_version::ActiveModel {
            id: Set(version),
            asset_id: Set(id),
            number: Set(1),
            file_name: Set("report.md".to_owned()),
            media_type: Set("text/markdown".to_owned()),
            format: Set("markdown".to_owned()),
            byte_size: Set(1),
            blob: Set(String::new()),
            state: Set(VersionState::Ready),
            page_count: Set(Some(3)),
            pages_done: Set(3),
            created_at: Set(at),
            ..Default::default()
        };
        asset_version::Entity::insert(row).exec(&tx).await.unwrap();
        let pages = (1..4).map(|page| page::ActiveModel {
            version_id: Set(version),
            number: Set(page),
            title: Set(format!("Part {page}")),
            text: Set(format!("Measured {number} on page {page}. ").repeat(40)),
            width: Set(0),
            height: Set(0),
            image_480: Set(String::new()),
            image_960: Set(String::new()),
            image_1600: Set(String::new()),
            ..Default::default()
        });
        page::Entity::insert_many(pages).exec(&tx).await.unwrap();
        append_change(&tx, "asset", id.0).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[actix_web::test]
async fn killed_again_and_again_while_indexing_it_finds_everything_in_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let config = config_in(&dir).await;
    let app = App::open(config.clone(), Clock::system()).await.unwrap();
    fill(&app, 400).await;
    let user = user_with_password(&app, Role::Rep, "killed@example.com").await;
    let open = app.clone();
    for round in 0..4 {
        let serving = Serving::start(&config).await;
        tokio::time::sleep(Duration::from_millis(30 + 170 * round)).await;
        serving.kill();
        // More to be indexed for the next run.
        fill(&open, 50).await;
    }
    let serving = Serving::start(&config).await;
    let rep = Person::sign_in(&serving.base, "killed@example.com", user).await;
    let path = "/api/v1/search?q=measured";
    let found = eventually(&rep, path, |found| found["total_assets"] == 600).await;
    assert_eq!(found["total_pages"], 1_800);
    assert_eq!(found["complete"], true);
    serving.stop();
    open.close().await.unwrap();
}

#[actix_web::test]
async fn bytes_flipped_while_it_is_stopped_are_found_when_it_starts() {
    let dir = tempfile::tempdir().unwrap();
    let config = config_in(&dir).await;
    let app = App::open(config.clone(), Clock::system()).await.unwrap();
    fill(&app, 60).await;
    let user = user_with_password(&app, Role::Rep, "stopped@example.com").await;
    let path = "/api/v1/search?q=measured&sort=title&limit=100";
    let answer = async || {
        let serving = Serving::start(&config).await;
        let rep = Person::sign_in(&serving.base, "stopped@example.com", user).await;
        let found = eventually(&rep, path, |found| found["total_pages"] == 180).await;
        serving.stop();
        found
    };
    let before = answer().await;
    for extension in ["store", "idx", "term", "pos", "fast", "fieldnorm"] {
        let damaged = current(&config.index_dir());
        flip(&damaged, extension);
        let after = answer().await;
        assert_eq!(told(&after), told(&before), "{extension}");
        assert_ne!(current(&config.index_dir()), damaged, "{extension}");
    }
    app.close().await.unwrap();
}
