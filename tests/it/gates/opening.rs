//! A link that opens later: a friendly page that says when, and not a byte of content before.

use chrono::{DateTime, TimeDelta, Utc};
use lastmile::clock::Clock;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{House, MARKER, marked};
use crate::support::{Person, TestServer};

fn monday() -> DateTime<Utc> {
    "2026-11-30T09:00:00Z".parse().unwrap()
}

async fn house(clock: &Clock) -> House {
    let server = TestServer::start_at(clock.clone(), |_| {}).await;
    House::on(server, async |server| {
        let deck = server.content(marked("pdf")).await;
        vec![json!({ "asset_id": deck, "note": MARKER })]
    })
    .await
}

#[actix_web::test]
async fn before_its_time_it_says_when_and_shows_nothing() {
    let clock = Clock::manual(monday());
    let house = house(&clock).await;
    let opens = monday() + TimeDelta::days(2);
    let link = house
        .ask_for_link(&house.pitch, json!({ "opens_at": opens }))
        .await
        .ok()["items"][0]
        .clone();
    assert_eq!(link["state"], "scheduled");
    let url = format!("{}/p/{}", house.server.base, house.open(&link).token);
    let item = house.item(0);
    for path in [
        String::new(),
        "/cover.jpg".to_owned(),
        "/pages".to_owned(),
        "/search?q=quietharbour".to_owned(),
        format!("/items/{item}/pages/1/image"),
        format!("/items/{item}/pages/1/text"),
        format!("/items/{item}/download"),
    ] {
        let answer = reqwest::get(format!("{url}{path}")).await.unwrap();
        assert!(!answer.status().is_success(), "{path}: {}", answer.status());
        let text = answer.text().await.unwrap();
        assert!(!text.contains(MARKER), "{path}: {text}");
    }
    let page = reqwest::get(&url).await.unwrap();
    assert_eq!(page.status(), StatusCode::FORBIDDEN);
    let page = page.text().await.unwrap();
    assert!(page.contains("does not open yet"), "{page}");
    assert!(page.contains("2 December 2026 at 09:00 UTC"), "{page}");
    assert!(page.contains("Sam-Rivera"), "{page}");

    clock.advance(TimeDelta::days(2));
    let page = reqwest::get(&url).await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.unwrap().contains(MARKER));
    let path = format!("/api/v1/links/{}", link["id"].as_str().unwrap());
    let base = &house.server.base;
    let rep = Person::sign_in(base, "sam-rivera@example.com", house.rep.id).await;
    assert_eq!(rep.get(&path).await.ok()["state"], "active");
}

#[actix_web::test]
async fn it_must_open_before_it_runs_out_and_can_be_put_off_and_back() {
    let clock = Clock::manual(monday());
    let house = house(&clock).await;
    let at = |days| monday() + TimeDelta::days(days);
    let wrong = json!({ "opens_at": at(3), "expires_at": at(3) });
    let refused = house.ask_for_link(&house.pitch, wrong).await;
    assert_eq!(refused.body["errors"][0]["field"], "opens_at");
    let visitor = house.visitor(json!({})).await;
    let url = format!("{}/p/{}", house.server.base, visitor.token);
    let status = async || reqwest::get(&url).await.unwrap().status();
    assert_eq!(status().await, StatusCode::OK);
    house
        .edit(visitor.link, &json!({ "opens_at": at(1) }))
        .await
        .ok();
    assert_eq!(status().await, StatusCode::FORBIDDEN);
    house
        .edit(visitor.link, &json!({ "opens_at": Value::Null }))
        .await
        .ok();
    assert_eq!(status().await, StatusCode::OK);
}
