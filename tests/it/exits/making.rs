//! What is made of pitches and what is sent: templates, old revisions, mails, offers of what to send next, webhooks.

use lastmile::entities::{AssetState, Role, mail, signal, webhook_delivery};
use lastmile::ids::AssetId;
use reqwest::Method;
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use super::{MARKER, Sent, secret};
use crate::support::Content;

/// Whatever waits to be mailed, as it will be.
async fn mailed(sent: &Sent) -> Vec<String> {
    mail::Entity::find()
        .all(sent.server.app.db.read())
        .await
        .unwrap()
        .into_iter()
        .map(|row| format!("{}\n{}\n{}", row.subject, row.text, row.html))
        .collect()
}

#[actix_web::test]
async fn a_template_gives_pitches_without_it_and_says_so() {
    let sent = Sent::new(None, "pdf").await;
    let new = json!({ "name": "Second talk", "from_pitch": sent.pitch["id"] });
    let template = sent.rep.post("/api/v1/pitch-templates", &new).await.ok();
    assert_eq!(template["items"].as_array().unwrap().len(), 2);
    sent.becomes_internal().await;

    let path = format!(
        "/api/v1/pitch-templates/{}/pitches",
        template["id"].as_str().unwrap()
    );
    let wanted = json!({ "opportunity_id": sent.deal.opportunity });
    let used = sent.rep.post(&path, &wanted).await.ok();
    let empty =
        json!({ "opportunity_id": sent.deal.opportunity, "title": "For Noor", "items": [] });
    let pitch = sent.rep.post("/api/v1/pitches", &empty).await.ok();
    let path = format!("/api/v1/pitches/{}/template", pitch["id"].as_str().unwrap());
    let apply = json!({ "template_id": template["id"] });
    let applied = sent.rep.edit(Method::POST, &path, 1, &apply).await.ok();
    for made in [used, applied] {
        let items = made["pitch"]["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "{made}");
        assert_ne!(items[0]["asset_id"], json!(sent.asset));
        let reason = made["left_out"][0]["reason"].as_str().unwrap();
        assert!(
            reason.contains("For internal use only"),
            "it says why: {reason}"
        );
    }
}

#[actix_web::test]
async fn an_old_revision_comes_back_without_it() {
    let sent = Sent::new(None, "pdf").await;
    let edit = json!({ "title": "For Noor", "message": "", "items": [] });
    let path = sent.pitch_path();
    sent.rep.edit(Method::PUT, &path, 1, &edit).await.ok();
    sent.becomes_internal().await;
    let restore = format!("{path}/revisions/1/restore");
    let back = sent.rep.edit(Method::POST, &restore, 2, &json!({})).await;
    let back = back.ok();
    assert_eq!(back["pitch"]["items"].as_array().unwrap().len(), 1);
    assert_eq!(back["left_out"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn no_mail_goes_out_with_it_and_one_that_waits_does_not_name_it() {
    let to = json!({ "recipients": [{ "email": "noor@northwind.example" }] });
    let sent = Sent::new(None, "pdf").await.through(to).await;
    let path = format!("/api/v1/links/{}/send", sent.link);
    sent.rep.post(&path, &json!({})).await.ok();
    sent.becomes_internal().await;
    let again = sent.rep.post(&path, &json!({ "after": 1 })).await;
    assert_eq!(again.code(), "conflict");
    let preview = sent
        .rep
        .request(Method::POST, &format!("/preview/links/{}/mail", sent.link))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("subject=&message=")
        .send()
        .await
        .unwrap();
    assert!(preview.status().is_success());
    let mut all = mailed(&sent).await;
    assert_eq!(all.len(), 1);
    all.push(preview.text().await.unwrap());
    for mail in all {
        assert!(mail.contains("/cover.jpg"), "it has a picture: {mail}");
        assert!(!mail.contains(MARKER), "{mail}");
    }
}

#[actix_web::test]
async fn readers_of_a_page_that_changed_are_not_told_of_it() {
    let to = json!({ "recipients": [{ "email": "noor@northwind.example" }] });
    let sent = Sent::new(None, "pdf").await.through(to).await;
    sent.is_read(&[0]).await;
    sent.gets_a_new_version().await;
    let path = format!("/api/v1/assets/{}/superseded", sent.asset);
    let status = async || {
        let list = sent.rep.get(&path).await.ok();
        list["items"][0]["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(status().await, "can_be_told");
    sent.becomes_internal().await;
    assert_eq!(status().await, "not_shown");
    let tell = json!({ "link_ids": [sent.link] });
    let told = sent.rep.post(&format!("{path}/tell"), &tell).await.ok();
    assert_eq!(told["told"], json!([]));
    assert_eq!(mailed(&sent).await, Vec::<String>::new());
}

/// What is offered in place of content that was archived.
async fn offered(sent: &Sent) -> Vec<Value> {
    let path = format!(
        "/api/v1/flagged-items?pitch={}",
        sent.pitch["id"].as_str().unwrap()
    );
    let flagged = sent.rep.get(&path).await.ok();
    let items = flagged["items"].as_array().unwrap();
    let archived = items
        .iter()
        .find(|item| item["title"] == "Overview")
        .unwrap();
    let found = archived["replacements"].as_array().unwrap();
    found.iter().map(|one| one["asset_id"].clone()).collect()
}

#[actix_web::test]
async fn it_is_not_offered_in_place_of_what_ran_out() {
    let sent = Sent::new(None, "pdf").await;
    let other = sent
        .server
        .content(Content {
            title: "Overview of next year",
            ..secret(false)
        })
        .await;
    let archived: AssetId =
        serde_json::from_value(sent.pitch["items"][1]["asset_id"].clone()).unwrap();
    sent.server
        .change_asset(archived, |asset| asset.state = AssetState::Archived)
        .await;
    assert!(offered(&sent).await.contains(&json!(other)));
    sent.server
        .change_asset(other, |asset| asset.internal_only = true)
        .await;
    assert!(!offered(&sent).await.contains(&json!(other)));
}

#[actix_web::test]
async fn webhooks_carry_no_page_of_anything_and_do_not_name_it() {
    let sent = Sent::new(None, "pdf").await;
    let admin = sent.server.person(Role::Admin).await;
    let hook =
        json!({ "name": "CRM", "url": "https://hooks.example/lastmile", "format": "standard" });
    admin.post("/api/v1/webhooks", &hook).await.ok();
    sent.becomes_internal().await;
    sent.is_read(&[1]).await;
    sent.server.app.signaler.sweep().await.unwrap();
    let db = sent.server.app.db.read();
    let signals = signal::Entity::find().all(db).await.unwrap();
    assert!(!signals.is_empty(), "the reading is a signal");
    let bodies: Vec<String> = webhook_delivery::Entity::find()
        .all(db)
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.body)
        .collect();
    assert!(bodies.iter().any(|body| body.contains("signal.created")));
    for body in bodies {
        for part in [
            MARKER,
            "The sentence of page",
            "picture of",
            "/pages/",
            "/file",
        ] {
            assert!(!body.contains(part), "{part} is in {body}");
        }
    }
}

#[actix_web::test]
async fn it_does_not_leave_as_the_next_version_of_something_open() {
    let sent = Sent::new(None, "pdf").await;
    let marketer = sent.server.person(Role::Marketer).await;
    let open: AssetId = serde_json::from_value(sent.pitch["items"][1]["asset_id"].clone()).unwrap();
    let hidden = "deepwinter";
    let unseen = |internal_only: bool, state: AssetState| Content {
        title: "deepwinter price floors",
        internal_only,
        state,
        file: format!("%PDF-1.7 the {hidden} original").into_bytes(),
        pages: vec![(format!("{hidden} one"), format!("{hidden} first text"))],
        ..Content::default()
    };
    for content in [
        unseen(true, AssetState::Approved),
        unseen(false, AssetState::Draft),
    ] {
        let from = sent.server.content(content).await;
        let path = format!("/api/v1/assets/{from}/merge");
        let merged = marketer.post(&path, &json!({ "into": open })).await;
        assert_eq!(merged.code(), "conflict");
        for (what, _, body) in sent.every_answer().await {
            let text = String::from_utf8_lossy(&body).to_lowercase();
            assert!(!text.contains(hidden), "{what} tells {text}");
        }
    }
}
