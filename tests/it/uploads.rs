//! Resumable uploads by the tus protocol, and what becomes of them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use futures::StreamExt as _;
use lastmile::app::App;
use lastmile::auth::{NewUser, add_user, hash_password};
use lastmile::clock::Clock;
use lastmile::entities::{Role, upload};
use lastmile::ids::UploadId;
use lastmile::library::sweep_uploads;
use reqwest::{Method, StatusCode};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use crate::kill::Serving;
use crate::library::converted;
use crate::support::{PASSWORD, Person, Reply, TestServer, config_in};

const BYTES: &str = "application/offset+octet-stream";

/// Begins an upload and says where its bytes go.
async fn begin(person: &Person, name: &str, length: usize) -> Reply {
    let metadata = format!("filename {}", STANDARD.encode(name));
    let request = person
        .request(Method::POST, "/api/v1/uploads")
        .header("tus-resumable", "1.0.0")
        .header("upload-length", length)
        .header("upload-metadata", metadata);
    Reply::read(request.send().await.unwrap()).await
}

/// The address of an upload that was begun.
async fn begun(person: &Person, name: &str, length: usize) -> String {
    let reply = begin(person, name, length).await;
    assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.body);
    reply.headers["location"].to_str().unwrap().to_owned()
}

fn sending(
    person: &Person,
    path: &str,
    offset: usize,
    bytes: impl Into<reqwest::Body>,
) -> reqwest::RequestBuilder {
    person
        .request(Method::PATCH, path)
        .header("tus-resumable", "1.0.0")
        .header("upload-offset", offset)
        .header("content-type", BYTES)
        .body(bytes)
}

async fn send(person: &Person, path: &str, offset: usize, bytes: impl Into<Vec<u8>>) -> Reply {
    let request = sending(person, path, offset, bytes.into());
    Reply::read(request.send().await.unwrap()).await
}

/// Where the server says that the upload stands.
async fn offset(person: &Person, path: &str) -> usize {
    let request = person
        .request(Method::HEAD, path)
        .header("tus-resumable", "1.0.0");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["cache-control"], "no-store");
    number(&response.headers()["upload-offset"])
}

fn number(header: &reqwest::header::HeaderValue) -> usize {
    header.to_str().unwrap().parse().unwrap()
}

/// Uploads a file in one piece; its id.
pub(crate) async fn uploaded(person: &Person, name: &str, content: &[u8]) -> String {
    let path = begun(person, name, content.len()).await;
    let reply = send(person, &path, 0, content).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.body);
    path.rsplit('/').next().unwrap().to_owned()
}

fn incoming(app: &App) -> usize {
    let files = std::fs::read_dir(app.config.data_dir.join("incoming")).unwrap();
    files
        .filter(|file| {
            let name = file.as_ref().unwrap().file_name();
            name.to_string_lossy().starts_with("tus-")
        })
        .count()
}

#[actix_web::test]
async fn a_file_comes_in_pieces_and_becomes_an_asset_once() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let content = "# Rooms\n\nMeasured every minute, by the *quillfeather* sensor.\n".repeat(30);
    let path = begun(&marketer, "rooms.md", content.len()).await;
    assert_eq!(offset(&marketer, &path).await, 0);
    let first = send(&marketer, &path, 0, &content.as_bytes()[..100]).await;
    assert_eq!(number(&first.headers["upload-offset"]), 100);
    assert!(first.headers.contains_key("upload-expires"));
    let again = send(&marketer, &path, 0, &content.as_bytes()[..100]).await;
    assert_eq!(
        again.code(),
        "conflict",
        "the same bytes are not taken twice"
    );

    let id = path.rsplit('/').next().unwrap();
    let early = marketer
        .post("/api/v1/assets", &json!({ "upload_id": id }))
        .await;
    assert_eq!(early.code(), "conflict", "half of a file is no asset");
    let looked = marketer.get(&path).await.ok();
    assert_eq!(
        (&looked["offset"], &looked["format"]),
        (&json!(100), &Value::Null)
    );

    send(&marketer, &path, 100, &content.as_bytes()[100..])
        .await
        .ok();
    let looked = marketer.get(&path).await.ok();
    assert_eq!(looked["format"], "markdown");
    assert_eq!(looked["same_file"], json!([]));
    assert_eq!(
        marketer.get("/api/v1/assets").await.ok()["items"],
        json!([]),
        "nothing is visible before the second step"
    );

    let body =
        json!({ "upload_id": id, "metadata": { "kind": "guide", "facets": { "tag": ["x"] } } });
    let asset = marketer.post("/api/v1/assets", &body).await;
    assert_eq!(asset.status, StatusCode::CREATED);
    let asset = converted(&marketer, asset.ok()["id"].as_str().unwrap()).await;
    assert_eq!(asset["current_version"]["state"], "ready");
    assert_eq!(asset["current_version"]["file_name"], "rooms.md");
    assert_eq!(
        (&asset["kind"], &asset["facets"]["tag"]),
        (&json!("guide"), &json!(["x"]))
    );
    let url = asset["current_version"]["file_url"].as_str().unwrap();
    let original = marketer.request(Method::GET, url).send().await.unwrap();
    assert_eq!(original.text().await.unwrap(), content);

    assert_eq!(
        marketer.post("/api/v1/assets", &body).await.code(),
        "not_found"
    );
    assert_eq!(incoming(&server.app), 0, "its file is gone");
}

#[actix_web::test]
async fn an_upload_becomes_a_further_version_and_the_same_file_is_recognised() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let asset = marketer
        .upload("/api/v1/assets", "plan.md", "# Plan", &json!({}))
        .await
        .ok();
    let id = asset["id"].as_str().unwrap();

    let same = uploaded(&marketer, "copy.md", b"# Plan").await;
    let looked = marketer.get(&format!("/api/v1/uploads/{same}")).await.ok();
    assert_eq!(looked["same_file"][0]["asset"]["id"], id);
    assert_eq!(looked["same_file"][0]["version"], 1);
    assert_eq!(looked["same_file"][0]["current"], true);

    let newer = uploaded(&marketer, "plan.md", b"# Plan\n\nWith more in it.").await;
    let looked = marketer.get(&format!("/api/v1/uploads/{newer}")).await.ok();
    assert_eq!(looked["same_file"], json!([]));
    assert_eq!(
        looked["same_name"][0]["id"], id,
        "a file of this name is known"
    );
    let path = format!("/api/v1/assets/{id}/versions");
    let reply = marketer.post(&path, &json!({ "upload_id": newer })).await;
    assert_eq!(reply.status, StatusCode::CREATED);
    let asset = converted(&marketer, id).await;
    assert_eq!(asset["current_version"]["number"], 2);
}

#[actix_web::test]
async fn what_is_no_file_for_us_is_said_before_it_becomes_anything() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let id = uploaded(
        &marketer,
        "brochure.pdf",
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0",
    )
    .await;
    let looked = marketer.get(&format!("/api/v1/uploads/{id}")).await.ok();
    assert_eq!(looked["refusal"]["code"], "executable");
    let reply = marketer
        .post("/api/v1/assets", &json!({ "upload_id": id }))
        .await;
    assert_eq!(reply.code(), "executable");
}

#[actix_web::test]
async fn the_protocols_rules_are_kept() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let options = reqwest::Client::new()
        .request(Method::OPTIONS, format!("{}/api/v1/uploads", server.base))
        .send()
        .await
        .unwrap();
    assert_eq!(options.status(), StatusCode::NO_CONTENT);
    assert_eq!(options.headers()["tus-version"], "1.0.0");
    let extensions = options.headers()["tus-extension"].to_str().unwrap();
    for extension in [
        "creation",
        "creation-with-upload",
        "expiration",
        "termination",
    ] {
        assert!(extensions.split(',').any(|one| one == extension));
    }

    let bare = marketer
        .request(Method::POST, "/api/v1/uploads")
        .header("upload-length", 3);
    let bare = Reply::read(bare.send().await.unwrap()).await;
    assert_eq!(bare.status, StatusCode::PRECONDITION_FAILED);
    let huge = begin(&marketer, "huge.pdf", 200 * 1024 * 1024).await;
    assert_eq!(huge.code(), "too_large");
    let archive = begin(&marketer, "library.zip", 200 * 1024 * 1024).await;
    assert_eq!(
        archive.status,
        StatusCode::CREATED,
        "an archive may be larger"
    );

    let path = begun(&marketer, "a.txt", 5).await;
    let untyped = marketer
        .request(Method::PATCH, &path)
        .header("tus-resumable", "1.0.0")
        .header("upload-offset", 0)
        .header("content-type", "text/plain")
        .body("hello");
    let untyped = Reply::read(untyped.send().await.unwrap()).await;
    assert_eq!(untyped.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let too_much = send(&marketer, &path, 0, "hello and more").await;
    assert_eq!(too_much.code(), "malformed");
    assert_eq!(offset(&marketer, &path).await, 0);

    let with_bytes = marketer
        .request(Method::POST, "/api/v1/uploads")
        .header("tus-resumable", "1.0.0")
        .header("upload-length", 5)
        .header(
            "upload-metadata",
            format!("filename {}", STANDARD.encode("b.txt")),
        )
        .header("content-type", BYTES)
        .body("hello");
    let with_bytes = with_bytes.send().await.unwrap();
    assert_eq!(with_bytes.status(), StatusCode::CREATED);
    assert_eq!(number(&with_bytes.headers()["upload-offset"]), 5);

    let given_up = marketer
        .request(Method::DELETE, &path)
        .header("tus-resumable", "1.0.0");
    assert_eq!(
        given_up.send().await.unwrap().status(),
        StatusCode::NO_CONTENT
    );
    assert_eq!(marketer.get(&path).await.code(), "not_found");
}

#[actix_web::test]
async fn an_upload_is_its_senders_alone() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let other = server.person(Role::Marketer).await;
    let path = begun(&marketer, "a.txt", 5).await;
    assert_eq!(other.get(&path).await.code(), "not_found");
    assert_eq!(send(&other, &path, 0, "hello").await.code(), "not_found");
    let asked = other
        .request(Method::HEAD, &path)
        .header("tus-resumable", "1.0.0");
    assert_eq!(asked.send().await.unwrap().status(), StatusCode::NOT_FOUND);
    // Neither is a request of theirs ended, nor what has come thrown away.
    let slow = futures::stream::iter(["hel", "lo"]).then(|part| async move {
        tokio::time::sleep(Duration::from_millis(250)).await;
        Ok::<_, std::io::Error>(bytes::Bytes::from(part))
    });
    let request = sending(&marketer, &path, 0, reqwest::Body::wrap_stream(slow));
    let under_way = actix_web::rt::spawn(request.send());
    tokio::time::sleep(Duration::from_millis(350)).await;
    let given_up = other
        .request(Method::DELETE, &path)
        .header("tus-resumable", "1.0.0");
    let given_up = Reply::read(given_up.send().await.unwrap()).await;
    assert_eq!(given_up.code(), "not_found");
    let sent = under_way.await.unwrap().unwrap();
    assert_eq!(sent.status(), StatusCode::NO_CONTENT);
    assert_eq!(offset(&marketer, &path).await, 5);
    let id = path.rsplit('/').next().unwrap();
    let stolen = other
        .post("/api/v1/assets", &json!({ "upload_id": id }))
        .await;
    assert_eq!(stolen.code(), "not_found");
}

#[actix_web::test]
async fn one_request_at_a_time_sends_and_asking_where_to_go_on_ends_a_lost_one() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let path = begun(&marketer, "a.txt", 10).await;
    // A request that sends three bytes and then nothing, as on a network that has gone.
    let stalled = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from("abc"))]);
    let stalled = futures::StreamExt::chain(stalled, futures::stream::pending());
    let request = sending(&marketer, &path, 0, reqwest::Body::wrap_stream(stalled));
    let hanging = actix_web::rt::spawn(request.send());
    tokio::time::sleep(Duration::from_millis(300)).await;

    let second = send(&marketer, &path, 0, "abc").await;
    assert_eq!(second.status, StatusCode::LOCKED, "{}", second.body);
    assert_eq!(offset(&marketer, &path).await, 3, "what had come is kept");
    let rest = send(&marketer, &path, 3, "defghij").await;
    assert_eq!(rest.status, StatusCode::NO_CONTENT, "{}", rest.body);
    hanging.abort();
}

#[actix_web::test]
async fn where_a_network_lets_only_post_through_the_method_stands_in_a_header() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let path = begun(&marketer, "a.txt", 5).await;
    let meant = |method: &'static str| {
        marketer
            .request(Method::POST, &path)
            .header("x-http-method-override", method)
            .header("tus-resumable", "1.0.0")
    };
    let bytes = meant("PATCH")
        .header("upload-offset", 0)
        .header("content-type", BYTES)
        .body("Hello");
    let sent = bytes.send().await.unwrap();
    assert_eq!(sent.status(), StatusCode::NO_CONTENT);
    assert_eq!(number(&sent.headers()["upload-offset"]), 5);
    let asked = meant("HEAD").send().await.unwrap();
    assert_eq!(number(&asked.headers()["upload-offset"]), 5);
    let deleted = meant("DELETE").send().await.unwrap();
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    assert_eq!(marketer.get(&path).await.code(), "not_found");
    let other = Reply::read(meant("PUT").send().await.unwrap()).await;
    assert_eq!(other.code(), "method_not_allowed");
}

#[actix_web::test]
async fn uploads_are_bounded_for_each_user() {
    let bounded = TestServer::start_with(|config| config.uploads_per_user = 2).await;
    let marketer = bounded.person(Role::Marketer).await;
    begun(&marketer, "a.txt", 5).await;
    begun(&marketer, "b.txt", 5).await;
    assert_eq!(
        begin(&marketer, "c.txt", 5).await.code(),
        "too_many_requests"
    );
    assert_eq!(incoming(&bounded.app), 2, "nothing is left of the third");
    let other = bounded.person(Role::Marketer).await;
    begun(&other, "c.txt", 5).await;
}

#[actix_web::test]
async fn what_nobody_came_back_for_is_swept() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let (app, now) = (&server.app, server.app.clock.now());
    let sweep = |hours| sweep_uploads(&app.db, &app.uploads, now + TimeDelta::hours(hours));
    let path = begun(&marketer, "a.txt", 5).await;
    let lost = begun(&marketer, "b.txt", 5).await;
    let lone = app
        .config
        .data_dir
        .join("incoming")
        .join(format!("tus-{}", UploadId::new(now)));
    std::fs::write(&lone, b"its row is gone").unwrap();
    assert_eq!(sweep(0).await.unwrap(), 0);

    let file = app.config.data_dir.join("incoming");
    std::fs::remove_file(file.join(format!("tus-{}", lost.rsplit('/').next().unwrap()))).unwrap();
    assert_eq!(marketer.get(&lost).await.code(), "gone");
    assert_eq!(
        sweep(2).await.unwrap(),
        2,
        "the row without its file, the file without its row"
    );
    assert!(!lone.exists());
    assert_eq!(offset(&marketer, &path).await, 0);
    assert_eq!(sweep(25).await.unwrap(), 1);
    assert_eq!(marketer.get(&path).await.code(), "not_found");
    assert_eq!(incoming(app), 0);
}

#[actix_web::test]
async fn killed_in_the_middle_it_goes_on_at_an_offset_that_is_true() {
    let dir = tempfile::tempdir().unwrap();
    let config = config_in(&dir).await;
    let app = App::open(config.clone(), Clock::system()).await.unwrap();
    let tx = app.db.begin().await.unwrap();
    let new = NewUser {
        email: "marketer@example.com".to_owned(),
        name: "Marketer".to_owned(),
        role: Role::Marketer,
        team: None,
        time_zone: "Europe/Berlin".to_owned(),
        active: true,
        password_hash: Some(hash_password(PASSWORD.to_owned()).await.unwrap()),
    };
    let id = add_user(&tx, app.clock.now(), new).await.unwrap();
    tx.commit().await.unwrap();
    app.close().await.unwrap();

    let length = 48 * 1024 * 1024;
    let content: Vec<u8> = (0..length)
        .map(|n: usize| b"abcdefghijklmnop"[n.wrapping_mul(2_654_435_761) >> 28 & 15])
        .collect();
    let mut serving = Serving::start(&config).await;
    let mut marketer = Person::sign_in(&serving.base, "marketer@example.com", id).await;
    let path = begun(&marketer, "long.txt", length).await;
    let mut from = 0;
    for _ in 0..3 {
        // Slowly enough that the kill comes in the middle.
        let rest = bytes::Bytes::copy_from_slice(&content[from..]);
        let chunks = futures::stream::unfold(rest, |mut rest| async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let next = rest.split_to(rest.len().min(1024 * 1024));
            (!next.is_empty()).then_some((Ok::<_, std::io::Error>(next), rest))
        });
        let request = sending(&marketer, &path, from, reqwest::Body::wrap_stream(chunks));
        let sending = actix_web::rt::spawn(request.send());
        tokio::time::sleep(Duration::from_millis(350)).await;
        serving.kill();
        assert!(sending.await.unwrap().is_err(), "it was cut off");
        serving = Serving::start(&config).await;
        marketer = Person::sign_in(&serving.base, "marketer@example.com", id).await;
        let offset = offset(&marketer, &path).await;
        let file = config
            .data_dir
            .join("incoming")
            .join(format!("tus-{}", path.rsplit('/').next().unwrap()));
        let kept = std::fs::read(file).unwrap();
        assert!(offset >= from && kept.len() >= offset);
        assert!(
            kept[..offset] == content[..offset],
            "what is acknowledged is there"
        );
        from = offset;
    }
    assert!(from > 0, "nothing survived");
    let done = send(&marketer, &path, from, &content[from..]).await;
    assert_eq!(number(&done.headers["upload-offset"]), length);
    let looked = marketer.get(&path).await.ok();
    assert_eq!(looked["format"], "text");
    serving.kill();
    let app = App::open(config, Clock::system()).await.unwrap();
    let row = upload::Entity::find()
        .one(app.db.read())
        .await
        .unwrap()
        .unwrap();
    let hash = blake3::hash(&content).to_hex().to_string();
    assert_eq!(
        row.blob.as_deref(),
        Some(hash.as_str()),
        "every byte is as it was sent"
    );
    app.close().await.unwrap();
}
