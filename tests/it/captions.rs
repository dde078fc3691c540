//! Captions of videos: given in two notations, listed, played, searched, and under the same rules as the video itself.

use std::time::Duration;

use lastmile::entities::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::library::upload_and_convert;
use crate::support::{Person, Reply, TestServer};

const SRT: &str = "1\r\n00:00:00,500 --> 00:00:02,000\r\nThe quillfeather sensor & <font color=red>wakes</font>\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nand calls you.\r\n";

/// A video that a marketer has uploaded: the asset.
async fn video(marketer: &Person) -> Value {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/content-samples/media/cold-alarm-in-thirty-seconds.mp4"
    );
    let metadata = json!({ "state": "approved", "title": "Cold alarm" });
    let content = std::fs::read(file).unwrap();
    let asset = upload_and_convert(marketer, "alarm.mp4", content, &metadata).await;
    assert_eq!(asset["current_version"]["state"], "ready");
    asset
}

fn address(asset: &Value, language: &str) -> String {
    let version = asset["current_version"]["id"].as_str().unwrap();
    format!("/api/v1/versions/{version}/captions/{language}")
}

async fn put(person: &Person, path: &str, body: impl Into<reqwest::Body>) -> Reply {
    let request = person.request(Method::PUT, path).body(body);
    Reply::read(request.send().await.unwrap()).await
}

/// The title of the asset that a search for the word finds, once it does or no longer does.
async fn is_found(person: &Person, word: &str, wanted: bool) -> bool {
    for _ in 0..100 {
        let found = person.get(&format!("/api/v1/search?q={word}")).await.ok();
        if (found["total_assets"] == 1) == wanted {
            return wanted;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    !wanted
}

#[actix_web::test]
async fn captions_are_written_anew_listed_searched_and_taken_away() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let asset = video(&marketer).await;
    let duration = asset["current_version"]["duration_ms"].as_i64().unwrap();
    assert!((1_000..120_000).contains(&duration), "{duration}");
    assert_eq!(asset["captions"], json!([]));

    let path = address(&asset, "en");
    let asset = put(&marketer, &format!("{path}?label=English"), SRT)
        .await
        .ok();
    assert_eq!(
        asset["captions"],
        json!([{ "version_id": asset["current_version"]["id"], "language": "en", "label": "English", "url": path }])
    );
    let served = marketer.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(served.headers()["content-type"], "text/vtt; charset=utf-8");
    assert_eq!(served.headers()["x-content-type-options"], "nosniff");
    assert_eq!(
        served.text().await.unwrap(),
        "WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nThe quillfeather sensor &amp; wakes\n\n00:00:03.000 --> 00:00:04.000\nand calls you.\n"
    );
    assert!(is_found(&marketer, "quillfeather", true).await);

    // Converting again makes a new page, which must say the same.
    let version = asset["current_version"]["id"].as_str().unwrap();
    let again = marketer
        .post(
            &format!("/api/v1/versions/{version}/conversion"),
            &json!({}),
        )
        .await;
    assert_eq!(again.status, StatusCode::ACCEPTED);
    assert_eq!(again.body["state"], "ready", "it is shown meanwhile");
    loop {
        let jobs = marketer
            .get(&format!("/api/v1/jobs?subject={version}"))
            .await
            .ok();
        match jobs["items"][0]["state"].as_str() {
            Some("done") => break,
            Some("failed") => panic!("{}", jobs["items"][0]),
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    let page = marketer
        .get(&format!("/api/v1/versions/{version}/pages/1"))
        .await
        .ok();
    assert_eq!(
        page["text"],
        "The quillfeather sensor & wakes\nand calls you."
    );

    assert_eq!(marketer.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(marketer.delete(&path).await.code(), "not_found");
    assert_eq!(marketer.get(&path).await.code(), "not_found");
    assert!(!is_found(&marketer, "quillfeather", false).await);
    let page = marketer
        .get(&format!("/api/v1/versions/{version}/pages/1"))
        .await
        .ok();
    assert!(
        !page["text"].as_str().unwrap().is_empty(),
        "its name's words"
    );
}

#[actix_web::test]
async fn captions_that_are_none_are_refused_with_the_reason() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let rep = server.person(Role::Rep).await;
    let asset = video(&marketer).await;
    let path = address(&asset, "en");
    assert_eq!(put(&rep, &path, SRT).await.code(), "forbidden");
    assert_eq!(
        put(&marketer, &address(&asset, "x"), SRT).await.code(),
        "invalid"
    );
    assert_eq!(
        put(&marketer, &path, vec![b'a'; 1_100_000]).await.code(),
        "too_large"
    );
    let backwards = put(&marketer, &path, "WEBVTT\n\n00:09.000 --> 00:02.000\nx").await;
    assert_eq!(backwards.code(), "invalid");
    let detail = backwards.body["errors"][0]["detail"].as_str().unwrap();
    assert!(
        detail.contains("line 3") && detail.contains("SRT"),
        "{detail}"
    );
    for rubbish in [b"".as_slice(), b"\xFF\xFE\0\0", &[0; 5_000], b"PK\x03\x04"] {
        assert_eq!(
            put(&marketer, &path, rubbish.to_vec()).await.code(),
            "invalid"
        );
    }
    let text = upload_and_convert(&marketer, "a.md", "# No film", &json!({})).await;
    assert_eq!(
        put(&marketer, &address(&text, "en"), SRT).await.code(),
        "conflict"
    );
}

#[actix_web::test]
async fn prospects_get_captions_as_long_as_they_get_the_video() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let rep = server.person(Role::Rep).await;
    let asset = video(&marketer).await;
    for (language, label) in [("de", "Deutsch"), ("en", "English")] {
        let path = format!("{}?label={label}", address(&asset, language));
        put(&marketer, &path, SRT).await.ok();
    }
    let deal = server.deal(rep.id).await;
    let pitch = rep
        .post(
            "/api/v1/pitches",
            &json!({ "opportunity_id": deal.opportunity, "items": [{ "asset_id": asset["id"] }] }),
        )
        .await
        .ok();
    let id = pitch["id"].as_str().unwrap();
    let links = format!("/api/v1/pitches/{id}/links");
    let wanted = json!({ "recipients": [{ "contact_id": deal.contact }] });
    let link = rep.post(&links, &wanted).await.ok()["items"][0].clone();
    let url = link["url"].as_str().unwrap();
    let path = &url[url.find("/p/").unwrap()..];

    let get = |path: String| reqwest::get(format!("{}{path}", server.base));
    let page = get(path.to_owned()).await.unwrap().text().await.unwrap();
    let track = page.find("<track kind=\"captions\"").unwrap();
    assert!(
        page.contains("srclang=\"de\" label=\"Deutsch\" default"),
        "{page}"
    );
    assert_eq!(page.matches("<track").count(), 2);
    let src = page[track..].split('"').nth(3).unwrap().to_owned();
    let served = get(src.clone()).await.unwrap();
    assert_eq!(served.headers()["content-type"], "text/vtt; charset=utf-8");
    assert_eq!(served.headers()["x-content-type-options"], "nosniff");
    assert!(served.text().await.unwrap().contains("quillfeather"));

    // The same captions by way of another item, and in a preview.
    let caption = src.rsplit('/').next().unwrap();
    let other = format!("{path}/captions/{}/{caption}", uuid::Uuid::now_v7());
    assert_eq!(get(other).await.unwrap().status(), StatusCode::NOT_FOUND);
    let item = pitch["items"][0]["id"].as_str().unwrap();
    let preview = rep
        .get(&format!("/preview/pitches/{id}/captions/{item}/{caption}"))
        .await;
    assert_eq!(preview.status, StatusCode::OK);

    let link = link["id"].as_str().unwrap();
    rep.post(&format!("/api/v1/links/{link}/revoke"), &json!({}))
        .await
        .ok();
    assert_eq!(get(src).await.unwrap().status(), StatusCode::GONE);
}
