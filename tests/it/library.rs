//! The library: from an upload to its pages, its life cycle, and what becomes of bad files.

use std::io::{Cursor, Read as _, Write as _};
use std::time::{Duration, Instant};

use lastmile::entities::{Role, asset_version};
use lastmile::ids::VersionId;
use reqwest::{Method, StatusCode};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _};
use serde_json::{Value, json};

use crate::support::{Person, Reply, TestServer};

/// Uploads a file and waits until its conversion has ended, in whatever way.
pub(crate) async fn upload_and_convert(
    person: &Person,
    file_name: &str,
    content: impl Into<Vec<u8>>,
    metadata: &Value,
) -> Value {
    let asset = person
        .upload("/api/v1/assets", file_name, content, metadata)
        .await
        .ok();
    converted(person, asset["id"].as_str().unwrap()).await
}

/// The asset, once its newest version is ready or failed.
pub(crate) async fn converted(person: &Person, id: &str) -> Value {
    let started = Instant::now();
    loop {
        let asset = person.get(&format!("/api/v1/assets/{id}")).await.ok();
        let state = asset["versions"][0]["state"].as_str().unwrap().to_owned();
        if state == "ready" || state == "failed" {
            // An answer is put together by several queries, and the end may have come between two of them.
            return person.get(&format!("/api/v1/assets/{id}")).await.ok();
        }
        assert!(started.elapsed() < Duration::from_secs(90), "still {state}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// An HTML file of two pages.
fn handbook() -> String {
    let filler = "<p>Rooms are measured every minute, and nobody has to climb a ladder for it.</p>";
    format!(
        "<!DOCTYPE html><html lang=en><title>Handbook of rooms</title><h1>Handbook of rooms</h1>{}<h1>Sensors</h1>\
         <p>The quillfeather sensor sits beside the door.</p>{}</html>",
        filler.repeat(60),
        filler.repeat(60)
    )
}

#[actix_web::test]
async fn an_upload_becomes_pages_with_text_and_pictures() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let asset = upload_and_convert(&marketer, "rooms_v2.html", handbook(), &json!({})).await;
    let version = &asset["current_version"];
    assert_eq!(version["state"], "ready", "{version}");
    assert_eq!(version["format"], "html");
    assert_eq!(version["pages_done"], version["page_count"]);
    assert_eq!(
        asset["title"], "Handbook of rooms",
        "the document's own title"
    );
    assert_eq!(asset["language"], "en");
    assert_eq!(asset["state"], "draft");

    let id = version["id"].as_str().unwrap();
    let pages = marketer
        .get(&format!("/api/v1/versions/{id}/pages"))
        .await
        .ok();
    let first = &pages["items"][0];
    assert_eq!(first["number"], 1);
    assert!(first["text"].as_str().unwrap().contains("every minute"));
    let url = first["image_url"].as_str().unwrap();
    for width in [480, 960, 1600] {
        let path = format!("{url}?w={width}");
        let response = marketer.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "image/webp");
        assert!(
            response.headers()["cache-control"]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        let etag = response.headers()["etag"].clone();
        assert!(response.bytes().await.unwrap().starts_with(b"RIFF"));
        let again = marketer
            .request(Method::GET, &path)
            .header("if-none-match", etag);
        assert_eq!(
            again.send().await.unwrap().status(),
            StatusCode::NOT_MODIFIED
        );
    }
    let jobs = marketer
        .get(&format!("/api/v1/jobs?subject={id}"))
        .await
        .ok();
    assert_eq!(jobs["items"][0]["state"], "done");
    assert_eq!(jobs["items"][0]["subject"]["title"], "Handbook of rooms");
}

#[actix_web::test]
async fn the_original_comes_back_whole_and_in_parts_and_is_never_shown() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let content = "A plain note about räume.\n".repeat(20);
    let metadata = json!({ "title": "Note" });
    let asset = upload_and_convert(&marketer, "nöte.txt", content.clone(), &metadata).await;
    let url = asset["current_version"]["file_url"]
        .as_str()
        .unwrap()
        .to_owned();

    let whole = marketer.request(Method::GET, &url).send().await.unwrap();
    let headers = whole.headers().clone();
    assert!(
        headers["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert!(
        headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("sandbox")
    );
    assert_eq!(whole.bytes().await.unwrap(), content.as_bytes());

    let part = marketer
        .request(Method::GET, &url)
        .header("range", "bytes=2-6");
    let part = part.send().await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(
        part.headers()["content-range"],
        format!("bytes 2-6/{}", content.len())
    );
    assert_eq!(part.text().await.unwrap(), "plain");

    let beyond = marketer
        .request(Method::GET, &url)
        .header("range", "bytes=99999-");
    let beyond = Reply::read(beyond.send().await.unwrap()).await;
    assert_eq!(beyond.code(), "range_not_satisfiable");
}

#[actix_web::test]
async fn files_that_are_nothing_for_us_are_refused_with_the_reason() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let cases: [(&str, &[u8], &str); 4] = [
        ("empty.pdf", b"", "empty_file"),
        (
            "brochure.pdf",
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0",
            "executable",
        ),
        (
            "data.bin",
            b"\x01\x02\x03\0\0\0\xff\xfe",
            "unsupported_file",
        ),
        ("page.pdf", b"<html>404 Not Found</html>", "damaged"),
    ];
    for (name, content, code) in cases {
        let reply = marketer
            .upload("/api/v1/assets", name, content, &json!({}))
            .await;
        assert_eq!(reply.code(), code, "{name}");
        assert!(reply.body["detail"].as_str().unwrap().len() > 20, "{name}");
    }
    let list = marketer.get("/api/v1/assets").await.ok();
    assert_eq!(list["items"], json!([]), "nothing of them is left");
}

#[actix_web::test]
async fn a_form_with_two_files_is_refused_and_loses_none_in_silence() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let part = |name: &'static str, text: &'static str| {
        reqwest::multipart::Part::bytes(text.as_bytes()).file_name(name)
    };
    let form = reqwest::multipart::Form::new()
        .part("file", part("a.md", "# A"))
        .part("file", part("b.md", "# B"));
    let request = marketer.request(Method::POST, "/api/v1/assets");
    let reply = Reply::read(request.multipart(form).send().await.unwrap()).await;
    assert_eq!(reply.body["errors"][0]["field"], "file", "{}", reply.body);
    let listed = marketer.get("/api/v1/assets").await.ok();
    assert_eq!(listed["items"], json!([]));
}

#[actix_web::test]
async fn a_file_over_the_limit_is_refused_without_being_kept() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let chunk = bytes::Bytes::from(vec![b'x'; 1024 * 1024]);
    let body = reqwest::Body::wrap_stream(futures::stream::iter(
        (0..200).map(move |_| Ok::<_, std::io::Error>(chunk.clone())),
    ));
    let part = reqwest::multipart::Part::stream_with_length(body, 200 * 1024 * 1024);
    let form = reqwest::multipart::Form::new().part("file", part.file_name("huge.pdf"));
    let request = marketer
        .request(Method::POST, "/api/v1/assets")
        .multipart(form);
    let reply = Reply::read(request.send().await.unwrap()).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(reply.code(), "too_large");
    let incoming = server.app.config.data_dir.join("incoming");
    assert_eq!(std::fs::read_dir(incoming).unwrap().count(), 0);
}

#[actix_web::test]
async fn a_damaged_file_says_why_and_can_still_be_downloaded_and_tried_again() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let content = b"%PDF-1.7\nand then nothing that makes sense\n";
    let asset = upload_and_convert(&marketer, "broken.pdf", content.as_slice(), &json!({})).await;
    let version = &asset["current_version"];
    assert_eq!(version["state"], "failed");
    assert_eq!(version["failure"]["code"], "damaged", "{version}");
    assert!(
        version["failure"]["detail"]
            .as_str()
            .unwrap()
            .contains("damaged")
    );
    let url = version["file_url"].as_str().unwrap();
    let original = marketer.request(Method::GET, url).send().await.unwrap();
    assert_eq!(original.bytes().await.unwrap(), content.as_slice());

    let path = format!(
        "/api/v1/versions/{}/conversion",
        version["id"].as_str().unwrap()
    );
    let again = marketer.post(&path, &json!({})).await;
    assert_eq!(again.status, StatusCode::ACCEPTED);
    let asset = converted(&marketer, asset["id"].as_str().unwrap()).await;
    assert_eq!(asset["current_version"]["failure"]["code"], "damaged");
    let good = upload_and_convert(&marketer, "good.md", "# Still serving", &json!({})).await;
    assert_eq!(good["current_version"]["state"], "ready");
}

#[actix_web::test]
async fn what_a_conversion_left_out_is_said_with_the_version() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let whole = include_bytes!("../../content-samples/pricing/price-list-2026.xlsx");
    let asset = upload_and_convert(&marketer, "prices.xlsx", whole.as_slice(), &json!({})).await;
    assert_eq!(asset["current_version"]["warnings"], json!([]));
    let pages = asset["current_version"]["page_count"].as_i64().unwrap();

    let path = format!("/api/v1/assets/{}/versions", asset["id"].as_str().unwrap());
    let hidden = with_a_hidden_sheet(whole);
    marketer
        .upload(&path, "prices.xlsx", hidden, &json!({}))
        .await
        .ok();
    let asset = converted(&marketer, asset["id"].as_str().unwrap()).await;
    let version = &asset["current_version"];
    assert_eq!(version["number"], 2);
    assert_eq!(version["page_count"], pages - 1);
    assert_eq!(version["warnings"], json!(["1 hidden sheet was left out."]));
}

/// The same workbook, with its last sheet hidden.
fn with_a_hidden_sheet(workbook: &[u8]) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let mut part = from.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        if name == "xl/workbook.xml" {
            let text = String::from_utf8(bytes).unwrap();
            let (before, last) = text.rsplit_once("<sheet ").unwrap();
            assert!(!last.contains("state="), "{text}");
            bytes = format!("{before}<sheet state=\"hidden\" {last}").into_bytes();
        }
        let options = zip::write::SimpleFileOptions::default();
        to.start_file(name, options).unwrap();
        to.write_all(&bytes).unwrap();
    }
    to.finish().unwrap().into_inner()
}

#[actix_web::test]
async fn a_new_version_is_shown_once_it_is_ready_and_never_if_it_fails() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let first = upload_and_convert(&marketer, "a.md", "# First", &json!({})).await;
    let id = first["id"].as_str().unwrap();
    let path = format!("/api/v1/assets/{id}/versions");
    let broken = marketer
        .upload(&path, "a.pdf", b"%PDF-1.7\nbroken".as_slice(), &json!({}))
        .await;
    assert_eq!(broken.status, StatusCode::CREATED);
    let asset = converted(&marketer, id).await;
    assert_eq!(asset["versions"][0]["state"], "failed");
    assert_eq!(asset["current_version"]["number"], 1);

    marketer
        .upload(&path, "a2.md", "# Third", &json!({}))
        .await
        .ok();
    let asset = converted(&marketer, id).await;
    assert_eq!(asset["current_version"]["number"], 3);
    assert_eq!(asset["versions"].as_array().unwrap().len(), 3);
}

#[actix_web::test]
async fn edits_name_their_revision_and_leave_alone_what_they_do_not_name() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let metadata = json!({ "title": "Old", "facets": { "industry": ["banking"], "tag": ["a"] } });
    let asset = marketer
        .upload("/api/v1/assets", "a.md", "# A", &metadata)
        .await
        .ok();
    let path = format!("/api/v1/assets/{}", asset["id"].as_str().unwrap());
    let change =
        json!({ "title": "New", "expires_at": "2027-01-31", "facets": { "tag": ["b", "c"] } });

    let unnamed = Reply::read(
        marketer
            .request(Method::PATCH, &path)
            .json(&change)
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(unnamed.code(), "precondition_required");
    let revision = asset["revision"].as_i64().unwrap();
    let edited = marketer
        .edit(Method::PATCH, &path, revision, &change)
        .await
        .ok();
    assert_eq!(edited["title"], "New");
    assert_eq!(edited["expires_at"], "2027-01-31");
    assert_eq!(edited["facets"]["industry"], json!(["banking"]));
    assert_eq!(edited["facets"]["tag"], json!(["b", "c"]));
    let stale = marketer.edit(Method::PATCH, &path, revision, &change).await;
    assert_eq!(stale.code(), "stale");
    let cleared = json!({ "expires_at": null });
    let cleared = marketer
        .edit(Method::PATCH, &path, revision + 1, &cleared)
        .await
        .ok();
    assert_eq!(cleared["expires_at"], Value::Null);
    assert_eq!(cleared["title"], "New");
}

#[actix_web::test]
async fn reps_see_what_is_approved_and_change_nothing() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let rep = server.person(Role::Rep).await;
    let asset = upload_and_convert(&marketer, "a.md", "# A", &json!({ "title": "Plan" })).await;
    let path = format!("/api/v1/assets/{}", asset["id"].as_str().unwrap());
    let version = asset["current_version"]["id"].as_str().unwrap();
    let pages = format!("/api/v1/versions/{version}/pages");
    assert_eq!(rep.get(&path).await.code(), "not_found");
    assert_eq!(rep.get(&pages).await.code(), "not_found");
    assert_eq!(
        rep.get(&format!("{pages}/1/image")).await.code(),
        "not_found"
    );
    assert_eq!(
        rep.get(&format!("/api/v1/versions/{version}/file"))
            .await
            .code(),
        "not_found"
    );

    let step = format!("{path}/transitions");
    assert_eq!(
        rep.post(&step, &json!({ "to": "approved" })).await.code(),
        "forbidden"
    );
    for to in ["in_review", "approved"] {
        let asset = marketer.post(&step, &json!({ "to": to })).await.ok();
        assert_eq!(asset["state"], to);
    }
    assert_eq!(rep.get(&path).await.ok()["title"], "Plan");
    assert_eq!(
        rep.get(&pages).await.ok()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let back = marketer.post(&step, &json!({ "to": "in_review" })).await;
    assert_eq!(back.code(), "conflict");
    marketer
        .post(&step, &json!({ "to": "archived" }))
        .await
        .ok();
    assert_eq!(rep.get(&path).await.code(), "not_found");
}

#[actix_web::test]
async fn assets_are_listed_by_their_last_change_page_by_page() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    for name in ["one", "two", "three"] {
        let metadata = json!({ "title": name, "kind": "guide" });
        upload_and_convert(&marketer, "a.md", format!("# {name}"), &metadata).await;
    }
    let first = marketer.get("/api/v1/assets?kind=guide&limit=2").await.ok();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = marketer
        .get(&format!(
            "/api/v1/assets?kind=guide&limit=2&cursor={cursor}"
        ))
        .await
        .ok();
    let titles: Vec<_> = [&first, &second]
        .iter()
        .flat_map(|page| page["items"].as_array().unwrap())
        .map(|asset| asset["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["three", "two", "one"]);
    assert_eq!(second["next_cursor"], Value::Null);
    assert!(
        first["items"][0]["thumbnail_url"]
            .as_str()
            .unwrap()
            .contains("/pages/1/image")
    );
    assert_eq!(
        marketer.get("/api/v1/assets?state=approved").await.ok()["items"],
        json!([])
    );
}

#[actix_web::test]
async fn approved_assets_expire_on_their_day() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let metadata = json!({ "state": "approved", "expires_at": "2020-01-31" });
    let asset = marketer
        .upload("/api/v1/assets", "a.md", "# A", &metadata)
        .await
        .ok();
    let now = server.app.clock.now();
    let due = lastmile::library::expire_due_assets(&server.app.db, now)
        .await
        .unwrap();
    assert_eq!(due, 1);
    let path = format!("/api/v1/assets/{}", asset["id"].as_str().unwrap());
    assert_eq!(marketer.get(&path).await.ok()["state"], "expired");
    let due = lastmile::library::expire_due_assets(&server.app.db, now)
        .await
        .unwrap();
    assert_eq!(due, 0);
}

#[actix_web::test]
async fn a_version_stays_ready_while_it_is_converted_again_and_when_that_fails() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let asset = upload_and_convert(&marketer, "a.md", "# First words", &json!({})).await;
    let version = asset["current_version"]["id"].as_str().unwrap().to_owned();
    // The file behind the version is gone, as after a disk has failed.
    let row = asset_version::Entity::find_by_id(VersionId(version.parse().unwrap()))
        .one(server.app.db.read())
        .await
        .unwrap()
        .unwrap();
    let broken = asset_version::ActiveModel {
        id: Set(row.id),
        blob: Set("0".repeat(64)),
        ..Default::default()
    };
    let tx = server.app.db.begin().await.unwrap();
    broken.update(&tx).await.unwrap();
    tx.commit().await.unwrap();

    let path = format!("/api/v1/versions/{version}/conversion");
    let first = marketer.post(&path, &json!({})).await;
    assert_eq!(first.status, StatusCode::ACCEPTED);
    assert_eq!(first.body["state"], "ready");
    assert_eq!(marketer.post(&path, &json!({})).await.code(), "conflict");
    let started = Instant::now();
    let job = loop {
        let jobs = marketer
            .get(&format!("/api/v1/jobs?subject={version}"))
            .await
            .ok();
        let job = jobs["items"][0].clone();
        if job["state"] == "failed" {
            break job;
        }
        assert!(started.elapsed() < Duration::from_mins(1), "{job}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!(job["error"]["code"], "internal");
    assert_eq!(job["subject"]["asset_id"], asset["id"]);
    let asset = converted(&marketer, asset["id"].as_str().unwrap()).await;
    assert_eq!(asset["current_version"]["state"], "ready");
    assert_eq!(asset["current_version"]["failure"], Value::Null);
    let page = marketer
        .get(&format!("/api/v1/versions/{version}/pages/1"))
        .await
        .ok();
    assert_eq!(page["title"], "First words");
}
