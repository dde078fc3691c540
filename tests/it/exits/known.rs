//! Readers who had it in hand while it was open: what they read, asked and fetched is no way back to it.

use bytes::Bytes;
use lastmile::documents::{Area, PageLayout, PageLine};
use lastmile::entities::{caption, mail, page_layout, version_pdf};
use lastmile::ids::CaptionId;
use reqwest::header::{ETAG, IF_NONE_MATCH, RANGE};
use reqwest::{Method, StatusCode};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use super::{MARKER, Sent};
use crate::support::Reply;
use lastmile::entities::Role;

async fn text(sent: &Sent, path: &str) -> String {
    sent.get(path).await.text().await.unwrap()
}

#[actix_web::test]
async fn a_copy_of_ones_data_tells_when_it_was_read_and_no_longer_what_it_is_called() {
    let sent = Sent::new(None, "pdf").await;
    let visit = sent.is_read(&[0, 1]).await;
    let path = format!("/privacy/copy?visit={visit}");
    let before = text(&sent, &path).await;
    assert!(before.contains(MARKER), "{before}");
    sent.becomes_internal().await;
    let after = text(&sent, &path).await;
    assert!(!after.contains(MARKER), "{after}");
    let copy: Value = serde_json::from_str(&after).unwrap();
    let events = copy["visits"][0]["events"].as_array().unwrap();
    let documents: Vec<_> = events
        .iter()
        .filter(|event| event["kind"] == "page_viewed")
        .map(|event| event["document"].clone())
        .collect();
    assert_eq!(documents.len(), 2);
    assert!(documents.contains(&Value::Null) && documents.contains(&json!("Overview")));
}

#[actix_web::test]
async fn a_question_about_it_stays_and_neither_its_thread_nor_the_mailed_answer_names_it() {
    let sent = Sent::new(None, "pdf").await;
    let question = json!({ "page": 1, "text": "Is it so?", "email": "noor@northwind.example" });
    let asked = reqwest::Client::new()
        .post(format!("{}/p/{}/questions", sent.server.base, sent.token))
        .json(&question)
        .send()
        .await
        .unwrap();
    assert_eq!(asked.status(), StatusCode::CREATED);
    let asked: Value = asked.json().await.unwrap();
    sent.becomes_internal().await;
    let inbox = sent.rep.get("/api/v1/questions").await.ok();
    let title = inbox["items"][0]["page_title"].as_str().unwrap();
    assert!(title.contains(MARKER), "in the house it has its name");
    let path = format!("/api/v1/questions/{}/answer", asked["id"].as_str().unwrap());
    let answer = sent
        .rep
        .request(Method::PUT, &path)
        .json(&json!({ "text": "It was." }));
    Reply::read(answer.send().await.unwrap()).await.ok();
    for form in ["", "?data=true"] {
        let thread = text(&sent, &format!("/questions{form}")).await;
        assert!(
            thread.contains("It was.") && !thread.contains(MARKER),
            "{thread}"
        );
    }
    let mails = mail::Entity::find()
        .all(sent.server.app.db.read())
        .await
        .unwrap();
    let answers: Vec<_> = mails.iter().filter(|one| one.purpose == "answer").collect();
    assert_eq!(answers.len(), 1);
    for one in answers {
        let all = format!("{} {} {}", one.subject, one.text, one.html);
        assert!(!all.contains(MARKER), "{all}");
    }
}

#[actix_web::test]
async fn what_a_browser_has_kept_or_begun_to_fetch_is_neither_confirmed_nor_continued() {
    for (format, path) in [("pdf", "/pages/ITEM/1"), ("mp4", "/video/ITEM")] {
        let sent = Sent::new(None, format).await;
        let path = path.replace("ITEM", sent.item());
        let url = format!("{}/p/{}{path}", sent.server.base, sent.token);
        let client = reqwest::Client::new();
        let first = client.get(&url).send().await.unwrap();
        let etag = first.headers()[ETAG].clone();
        let known = || client.get(&url).header(IF_NONE_MATCH, etag.clone()).send();
        assert_eq!(known().await.unwrap().status(), StatusCode::NOT_MODIFIED);
        sent.becomes_internal().await;
        assert_eq!(known().await.unwrap().status(), StatusCode::NOT_FOUND);
        let rest = client.get(&url).header(RANGE, "bytes=4-").send().await;
        assert_eq!(rest.unwrap().status(), StatusCode::NOT_FOUND);
    }
}

#[actix_web::test]
async fn a_watermarked_picture_that_was_drawn_is_given_out_no_more() {
    let sent = Sent::new(None, "pdf").await;
    sent.paint().await;
    let sent = sent.through(json!({ "watermark": true })).await;
    let path = format!("/pages/{}/1?w=480", sent.item());
    assert_eq!(sent.get(&path).await.status(), StatusCode::OK);
    assert!(sent.server.app.watermarks.bytes().await > 0, "it is kept");
    sent.becomes_internal().await;
    assert_eq!(sent.get(&path).await.status(), StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn captions_of_a_video_go_with_it() {
    let sent = Sent::new(None, "mp4").await;
    let now = sent.server.app.clock.now();
    let captions = caption::Model {
        id: CaptionId::new(now),
        version_id: sent.version().await.id,
        language: "en".to_owned(),
        label: "English".to_owned(),
        vtt: format!("WEBVTT\n\n00:00.000 --> 00:01.000\n{MARKER} spoken\n"),
        text: format!("{MARKER} spoken"),
        created_by: None,
        created_at: now,
    };
    let path = format!("/captions/{}/{}", sent.item(), captions.id);
    let preview = format!(
        "/preview/pitches/{}{path}",
        sent.pitch["id"].as_str().unwrap()
    );
    sent.insert(captions).await;
    assert!(text(&sent, &path).await.contains(MARKER));
    sent.rep.get(&preview).await.ok();
    sent.becomes_internal().await;
    assert_eq!(sent.get(&path).await.status(), StatusCode::NOT_FOUND);
    let preview = sent.rep.get(&preview).await;
    assert_eq!(preview.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn the_text_layer_goes_with_the_page() {
    let sent = Sent::new(None, "pdf").await;
    let lines = vec![PageLine(Area(10, 10, 900, 90), format!("{MARKER} line"))];
    let places = PageLayout {
        lines,
        ..PageLayout::default()
    };
    let row = page_layout::Model {
        version_id: sent.version().await.id,
        number: 1,
        layout: serde_json::to_string(&places).unwrap(),
    };
    sent.insert(row).await;
    let path = format!("/pages/{}/1/layout", sent.item());
    assert!(text(&sent, &path).await.contains(MARKER));
    sent.nothing_leaves_once_internal(&path).await;
}

#[actix_web::test]
async fn a_pdf_that_was_made_for_readers_is_given_out_no_more() {
    let sent = Sent::new(None, "docx")
        .await
        .through(json!({ "download": "pdf" }))
        .await;
    let bytes = format!("%PDF-1.7 {MARKER} made").into_bytes();
    let row = version_pdf::Model {
        version_id: sent.version().await.id,
        byte_size: i64::try_from(bytes.len()).unwrap(),
        blob: Some(sent.server.app.blobs.put(Bytes::from(bytes)).await.unwrap()),
        failure: None,
        created_at: sent.server.app.clock.now(),
    };
    sent.insert(row).await;
    let path = format!("/download/{}", sent.item());
    assert!(text(&sent, &path).await.contains("made"));
    sent.nothing_leaves_once_internal(&path).await;
}

#[actix_web::test]
async fn said_through_the_api_it_holds_at_the_next_request_though_the_page_was_kept_ready() {
    let sent = Sent::new(None, "pdf").await;
    let marketer = sent.server.person(Role::Marketer).await;
    for _ in 0..5 {
        assert!(text(&sent, "").await.contains(MARKER));
    }
    let path = format!("/api/v1/assets/{}", sent.asset);
    let internal = json!({ "internal_only": true });
    let said = marketer.edit(Method::PATCH, &path, 1, &internal).await.ok();
    assert_eq!(said["internal_only"], true);
    assert!(!text(&sent, "").await.contains(MARKER));
    sent.nothing_leaves().await;
}

impl Sent {
    /// This address, and all others, once it is internal.
    async fn nothing_leaves_once_internal(&self, path: &str) {
        self.becomes_internal().await;
        assert_eq!(self.get(path).await.status(), StatusCode::NOT_FOUND);
        self.nothing_leaves().await;
    }
}
