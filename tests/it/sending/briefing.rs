//! What the rep knows before sending: the last contact, what was said, who else talks to them, what they have.

use lastmile::entities::Role;
use serde_json::{Value, json};

use super::{Desk, id, send};
use crate::support::Content;

async fn briefing(desk: &Desk) -> Value {
    let path = format!("/api/v1/pitches/{}/briefing", desk.pitch);
    desk.rep.get(&path).await.ok()
}

#[actix_web::test]
async fn the_rep_sees_last_contact_what_was_said_and_what_was_sent_before() {
    let desk = Desk::open().await;
    let activities = format!("/api/v1/opportunities/{}/activities", desk.deal.opportunity);
    for (kind, subject, body, at) in [
        (
            "meeting",
            "On site",
            "Agreed on a pilot in two depots.",
            "2026-01-10T09:00:00Z",
        ),
        ("call", "Short call", "", "2026-01-12T09:00:00Z"),
    ] {
        let note = json!({ "kind": kind, "subject": subject, "body": body, "occurred_at": at,
            "contact_id": desk.deal.contact });
        desk.rep.post(&activities, &note).await.ok();
    }
    let link = desk.contact_link().await;
    let typed = desk
        .link(json!({ "name": "Olga", "email": "olga@northwind.example" }))
        .await;
    let told = briefing(&desk).await;
    assert_eq!(told["mail_configured"], true);
    assert_eq!(told["may_override"], false);
    assert_eq!(told["subject"], "Cold chain for Northwind");
    assert!(told["message"].as_str().unwrap().starts_with("As promised"));
    let people = told["people"].as_array().unwrap();
    assert_eq!(people.len(), 2);
    let noor = &people[0];
    assert_eq!(noor["link_ids"], json!([id(&link)]));
    assert_eq!(noor["last_contact"]["subject"], "Short call");
    assert_eq!(noor["last_contact"]["by"]["name"], "Sam");
    assert_eq!(noor["agreed"]["text"], "Agreed on a pilot in two depots.");
    assert_eq!(noor["received"][0]["this_pitch"], true);
    assert_eq!(noor["received"][0]["reads"], 0);
    assert_eq!(people[1]["name"], "Olga");
    assert_eq!(people[1]["link_ids"], json!([id(&typed)]));
    assert_eq!(people[1]["last_contact"], Value::Null);
    let stranger = desk.server.person(Role::Rep).await;
    let path = format!("/api/v1/pitches/{}/briefing", desk.pitch);
    assert_eq!(stranger.get(&path).await.code(), "not_found");
}

#[actix_web::test]
async fn who_else_talks_to_them_is_told_without_showing_what_may_not_be_seen() {
    let desk = Desk::open().await;
    let far = desk
        .server
        .person_named(Role::Rep, "Farah", Some("South"))
        .await;
    let theirs = desk.server.deal(far.id).await;
    let asset = desk.server.content(Content::default()).await;
    let pitch = far
        .post(
            "/api/v1/pitches",
            &json!({ "opportunity_id": theirs.opportunity, "title": "Quiet plan", "items": [{ "asset_id": asset }] }),
        )
        .await
        .ok();
    // The other deal's contact has the same address: it is the same person to whoever gets mail.
    let links = format!("/api/v1/pitches/{}/links", id(&pitch));
    let body = json!({ "recipients": [{ "contact_id": theirs.contact }] });
    let link = far.post(&links, &body).await.ok()["items"][0].clone();
    send(&far, &link).await.ok();
    desk.contact_link().await;
    let told = briefing(&desk).await;
    let received = told["people"][0]["received"].as_array().unwrap();
    let foreign = received
        .iter()
        .find(|one| one["this_pitch"] == false)
        .unwrap();
    assert_eq!(foreign["owner"]["name"], "Farah");
    assert_eq!(foreign["by_colleague_lately"], true);
    assert_eq!(
        (&foreign["id"], &foreign["title"]),
        (&Value::Null, &Value::Null)
    );
    assert!(!told.to_string().contains("Quiet plan"));
}
