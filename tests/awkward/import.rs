//! The import itself, half of the files as a folder and half as uploads, and what must hold afterwards.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use lastmile::app::App;
use lastmile::documents::{Limits, is_clutter};
use lastmile::entities::{ImportOutcome, Role};
use lastmile::library::ImportLine;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

use crate::support::{Person, Reply, TestServer, import_lines};
use crate::{Awkward, End, files};

/// Uploads at a time.
const SIDE_BY_SIDE: usize = 6;
/// How long all conversions may take together, on a machine that has other work too.
const PATIENCE: Duration = Duration::from_mins(20);
/// CPU time of a child. An installation grants five times as much; the files that use it all up would make the test
/// that much longer.
const CPU: Duration = Duration::from_secs(6);
/// What a process may use between two looks at it.
const SLACK_BYTES: u64 = 16 << 20;

/// What became of a file.
#[derive(Debug)]
enum Outcome {
    /// It was not taken, for this reason; an import says it in words only.
    Refused(Option<String>),
    /// It was taken; the asset.
    Taken(String),
}

#[actix_web::test]
async fn awkward_files_end_as_pages_or_with_a_reason_and_the_server_goes_on() {
    let files = files();
    assert!(files.len() >= 200, "{} files", files.len());
    let limits = Limits {
        cpu: CPU,
        ..Limits::default()
    };
    let server = TestServer::start_limited(limits.clone()).await;
    let marketer = server.person(Role::Marketer).await;
    let started = Instant::now();

    let imported = import(&server.app, &files).await;
    println!(
        "{} files imported after {:?}",
        imported.len(),
        started.elapsed()
    );
    let outcomes: Vec<Outcome> = futures::stream::iter(files.iter().enumerate())
        .map(async |(index, file)| match imported.get(&index) {
            Some(line) => outcome(line),
            None => upload(&marketer, file).await,
        })
        .buffered(SIDE_BY_SIDE)
        .collect()
        .await;
    println!(
        "{} files came in after {:?}",
        files.len(),
        started.elapsed()
    );

    let (mut converted, mut failed, mut refused) = (0, 0, 0);
    let mut wrong = Vec::new();
    for (file, outcome) in files.iter().zip(&outcomes) {
        let name = String::from_utf8_lossy(&file.name);
        let end = match outcome {
            Outcome::Refused(code) => {
                refused += 1;
                Some(code.clone().unwrap_or_else(|| "refused".to_owned()))
            }
            Outcome::Taken(id) => {
                let version = ended(&marketer, id, started).await;
                let original = version["file_url"].as_str().unwrap();
                let original = marketer
                    .request(Method::GET, original)
                    .send()
                    .await
                    .unwrap();
                assert_eq!(original.status(), StatusCode::OK, "{name}");
                assert!(
                    original.bytes().await.unwrap() == file.bytes,
                    "{name} came back otherwise"
                );
                match version["state"].as_str() {
                    Some("ready") => {
                        converted += 1;
                        wrong.extend(what_pages_lack(&marketer, &version, &name).await);
                        None
                    }
                    _ => {
                        failed += 1;
                        check_sentence(&version["failure"]["detail"], &name);
                        Some(version["failure"]["code"].as_str().unwrap().to_owned())
                    }
                }
            }
        };
        println!(
            "{:>5} s  {name:<44} {}",
            started.elapsed().as_secs(),
            end.as_deref().unwrap_or("pages")
        );
        let is_right = match (file.end, &end) {
            (_, Some(code)) if code == "internal" || code == "internal_error" => false,
            (End::Either, _) | (End::Pages, None) => true,
            (End::Reason(_), _) if matches!(outcome, Outcome::Refused(None)) => true,
            (End::Reason(reasons), Some(code)) => reasons.contains(&code.as_str()),
            (End::Pages, Some(_)) | (End::Reason(_), None) => false,
        };
        if !is_right {
            wrong.push(format!("{name}: {end:?} instead of {:?}", file.end));
        }
    }
    let usage = server.app.converter.usage();
    println!(
        "{converted} converted, {failed} failed, {refused} refused in {:?}; {usage:?}",
        started.elapsed()
    );
    assert!(wrong.is_empty(), "{wrong:#?}");

    assert!(usage.children > 200);
    assert!(
        usage.memory_bytes <= limits.memory_bytes + SLACK_BYTES,
        "{usage:?}"
    );
    assert!(
        usage.cpu <= limits.cpu + Duration::from_secs(2),
        "{usage:?}"
    );
    let again = marketer
        .upload(
            "/api/v1/assets",
            "after.md",
            "# Still here",
            &serde_json::json!({}),
        )
        .await;
    assert_eq!(again.status, StatusCode::CREATED);
}

/// Imports every second file that can lie in a folder, in one go; what was said of each, by its place. What is foreseen
/// is what happens.
async fn import(app: &App, files: &[Awkward]) -> HashMap<usize, ImportLine> {
    let folder = tempfile::tempdir().unwrap();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (index, file) in files.iter().enumerate().step_by(2) {
        let name = String::from_utf8_lossy(&file.name);
        let path = folder.path().join(OsStr::from_bytes(&file.name));
        let is_plain = path.parent() == Some(folder.path()) && !is_clutter(&name);
        if is_plain && !path.exists() && std::fs::write(&path, &file.bytes).is_ok() {
            places.insert(name.nfc().collect(), index);
        }
    }
    assert!(places.len() > 80, "{} files in a folder", places.len());
    let (_, foreseen) = import_lines(app, folder.path(), true).await;
    let (_, lines) = import_lines(app, folder.path(), false).await;
    assert_eq!((foreseen.len(), lines.len()), (places.len(), places.len()));
    for (foreseen, line) in foreseen.iter().zip(&lines) {
        assert_eq!(
            (&foreseen.file, foreseen.outcome),
            (&line.file, line.outcome),
            "{foreseen:?}"
        );
    }
    let at = |line: ImportLine| (places[&line.file], line);
    lines.into_iter().map(at).collect()
}

fn outcome(line: &ImportLine) -> Outcome {
    match (line.outcome, line.asset_id) {
        (ImportOutcome::Created, Some(id)) => Outcome::Taken(id.to_string()),
        (ImportOutcome::Refused, None) => {
            check_sentence(&Value::from(line.detail.clone()), &line.file);
            Outcome::Refused(None)
        }
        _ => panic!("{line:?}"),
    }
}

/// Sends a file under its name, byte for byte, however odd.
async fn upload(marketer: &Person, file: &Awkward) -> Outcome {
    let boundary = "awkward-0123456789";
    let body = [
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"")
            .as_bytes(),
        &file.name,
        b"\"\r\nContent-Type: application/octet-stream\r\n\r\n",
        &file.bytes,
        format!("\r\n--{boundary}--\r\n").as_bytes(),
    ]
    .concat();
    let request = marketer
        .request(Method::POST, "/api/v1/assets")
        .header(
            "content-type",
            format!("multipart/form-data; boundary={boundary}"),
        )
        .body(body);
    let reply = Reply::read(request.send().await.unwrap()).await;
    let name = String::from_utf8_lossy(&file.name);
    assert!(
        !reply.status.is_server_error(),
        "{name}: {} {}",
        reply.status,
        reply.body
    );
    if reply.status == StatusCode::CREATED {
        return Outcome::Taken(reply.body["id"].as_str().unwrap().to_owned());
    }
    check_sentence(&reply.body["detail"], &name);
    Outcome::Refused(Some(reply.code().to_owned()))
}

/// The version, once its conversion has ended.
async fn ended(marketer: &Person, asset: &str, started: Instant) -> Value {
    loop {
        let mut asset = marketer.get(&format!("/api/v1/assets/{asset}")).await.ok();
        let version = asset["versions"][0].take();
        if matches!(version["state"].as_str(), Some("ready" | "failed")) {
            return version;
        }
        assert!(
            started.elapsed() < PATIENCE,
            "still {}: {}",
            version["state"],
            version["file_name"]
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Every page has a title and a picture; what is missing, if something is.
async fn what_pages_lack(marketer: &Person, version: &Value, name: &str) -> Option<String> {
    let id = version["id"].as_str().unwrap();
    let path = format!("/api/v1/versions/{id}/pages?limit=200");
    let pages = marketer.get(&path).await.ok();
    let pages = pages["items"].as_array().unwrap();
    let Some(first) = pages.first() else {
        return Some(format!("{name} is ready and has no pages"));
    };
    for page in pages {
        if page["title"].as_str().unwrap().trim().is_empty() {
            return Some(format!("{name}: page {} has no title", page["number"]));
        }
    }
    let picture = first["image_url"].as_str().unwrap();
    let picture = marketer.request(Method::GET, picture).send().await.unwrap();
    let is_picture = picture.headers()["content-type"] == "image/webp";
    (!is_picture).then(|| format!("{name}: page 1 has no picture"))
}

/// A sentence for a person, which says nothing of the machine.
fn check_sentence(detail: &Value, name: &str) {
    let detail = detail.as_str().unwrap();
    assert!(detail.len() > 20, "{name}: {detail}");
    assert!(
        !detail.contains("/tmp") && !detail.contains("panicked"),
        "{name}: {detail}"
    );
}
