//! The settings of links: what is refused, who may change them, and what is never shown.

use lastmile::entities::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{House, PASSCODE};

#[actix_web::test]
async fn what_cannot_be_is_refused_by_name() {
    let house = House::new().await;
    let refused = async |settings: Value| {
        let reply = house.ask_for_link(&house.pitch, settings).await;
        assert_eq!(reply.code(), "invalid");
        reply.body["errors"][0]["field"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(refused(json!({ "passcode": "abc" })).await, "passcode");
    assert_eq!(refused(json!({ "allow": ["nonsense"] })).await, "allow[0]");
    assert_eq!(
        refused(json!({ "deny": ["ok.example", "a b@c.example"] })).await,
        "deny[1]"
    );
    assert_eq!(
        refused(json!({ "expires_at": "2020-01-01T00:00:00Z" })).await,
        "expires_at"
    );
    let nothing = "01890000-0000-7000-8000-000000000000";
    assert_eq!(refused(json!({ "terms_id": nothing })).await, "terms_id");
    assert_eq!(
        refused(json!({ "watermark": true, "download": "original" })).await,
        "download"
    );
}

#[actix_web::test]
async fn a_passcode_is_shown_to_nobody_and_kept_as_its_hash() {
    let house = House::new().await;
    let visitor = house.visitor(json!({ "passcode": PASSCODE })).await;
    let row = house.row(visitor.link).await;
    assert!(row.passcode_hash.unwrap().starts_with("$argon2id$"));
    let view = house
        .rep
        .get(&format!("/api/v1/links/{}", visitor.link))
        .await
        .ok();
    assert_eq!(view["settings"]["has_passcode"], true);
    assert!(!view.to_string().contains(PASSCODE) && !view.to_string().contains("argon2"));
}

#[actix_web::test]
async fn settings_are_edited_at_a_revision_by_those_who_may() {
    let house = House::new().await;
    let visitor = house.visitor(json!({})).await;
    let path = format!("/api/v1/links/{}", visitor.link);
    let change = json!({ "email_required": true });
    assert_eq!(
        house
            .rep
            .edit(Method::PATCH, &path, 7, &change)
            .await
            .code(),
        "stale"
    );
    let stranger = house.server.person_named(Role::Rep, "stranger", None).await;
    let reply = stranger.edit(Method::PATCH, &path, 1, &change).await;
    assert!(matches!(reply.code(), "not_found" | "forbidden"));
    let changed = house.rep.edit(Method::PATCH, &path, 1, &change).await.ok();
    assert_eq!(changed["revision"], 2);
    assert_eq!(changed["settings"]["email_required"], true);
    house.revoke(visitor.link).await;
    assert_eq!(house.edit(visitor.link, &change).await.code(), "conflict");
}

#[actix_web::test]
async fn files_are_given_out_as_the_link_says() {
    let house = House::new().await;
    let deck = format!("/download/{}", house.item(0));
    let video = format!("/download/{}", house.item(1));
    let mut off = house.visitor(json!({ "download": "off" })).await;
    assert_eq!(off.get(&deck).await.status, 404);
    let mut original = house.visitor(json!({ "download_allowed": true })).await;
    assert_eq!(original.get(&deck).await.status, 200);
    assert_eq!(original.get(&video).await.status, 200);
    let mut pdf = house.visitor(json!({ "download": "pdf" })).await;
    assert_eq!(pdf.get(&deck).await.status, 200, "it is a PDF");
    let none = pdf.get(&video).await;
    assert_eq!(none.status, 409);
    assert!(none.text.contains("There is no PDF"));
    assert_eq!(pdf.get("").await.text.matches("Download ").count(), 1);
}

#[actix_web::test]
async fn a_single_page_is_all_that_any_address_gives() {
    let house = House::new().await;
    let asset = house.pitch["items"][0]["asset_id"].clone();
    let new = json!({ "opportunity_id": house.deal.opportunity, "title": "One page",
        "items": [{ "asset_id": asset, "page_number": 2 }] });
    let pitch = house.rep.post("/api/v1/pitches", &new).await.ok();
    let item = pitch["items"][0]["id"].as_str().unwrap().to_owned();
    let mut visitor = house
        .visitor_of(&pitch, json!({ "download": "original" }))
        .await;
    assert_eq!(visitor.get(&format!("/pages/{item}/2")).await.status, 200);
    for path in [
        format!("/pages/{item}/1"),
        format!("/pages/{item}/1?w=1600"),
        format!("/pages/{item}/1/text"),
        format!("/pages/{item}/0"),
        format!("/download/{item}"),
        format!("/pages/{}/1", house.item(0)),
    ] {
        assert_eq!(visitor.get(&path).await.status, 404, "{path}");
    }
    assert!(!visitor.get("").await.text.contains("first text"));
}
