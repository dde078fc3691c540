//! What readers may ask of what is recorded: not to be known, a copy, and erasure with the figures following.

use lastmile::entities::{EventKind, erasure, event, notification, visit};
use reqwest::header::{COOKIE, SET_COOKIE};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};

use crate::engagement::Derived;
use crate::viewer::{Sent, attribute};

/// A browser that has opened the page and read two of its pages.
async fn reads(sent: &Sent, header: Option<(&str, &str)>) -> String {
    let with = |request: reqwest::RequestBuilder| match header {
        Some((name, value)) => request.header(name, value),
        None => request,
    };
    let page = with(sent.request(&sent.path())).send().await.unwrap();
    let cookie = page
        .headers()
        .get(SET_COOKIE)
        .map_or_else(String::new, |cookie| {
            cookie
                .to_str()
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .to_owned()
        });
    let html = page.text().await.unwrap();
    // As if it had been opened a minute ago.
    let then = sent.server.app.clock.now() - chrono::TimeDelta::minutes(1);
    let link = sent.link["id"].as_str().unwrap().parse().unwrap();
    let visit = lastmile::engagement::begin_visit(&sent.server.app.keys, link, then).token;
    let _ = attribute(&html, "data-visit");
    let data = json!({ "inputs": 9 });
    let mut events =
        vec![json!({ "id": uuid::Uuid::new_v4(), "kind": "opened", "ago_ms": 0, "data": data })];
    for page in [1, 2] {
        events.push(
            json!({ "id": uuid::Uuid::new_v4(), "kind": "page_viewed", "item": sent.item(0),
            "page": page, "active_ms": 5_000, "ago_ms": 0, "data": data }),
        );
    }
    let url = format!("{}{}/events", sent.server.base, sent.path());
    let reply = with(reqwest::Client::new().post(url))
        .header(COOKIE, &cookie)
        .header(
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        )
        .json(&json!({ "visit": visit, "events": events }))
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 200);
    cookie
}

async fn copy(sent: &Sent, cookie: &str) -> Value {
    let request = sent
        .request(&format!("{}/privacy/copy", sent.path()))
        .header(COOKIE, cookie);
    request.send().await.unwrap().json().await.unwrap()
}

async fn erase(sent: &Sent, cookie: &str) -> Value {
    let url = format!("{}{}/privacy/erase", sent.server.base, sent.path());
    let request = reqwest::Client::new()
        .post(url)
        .header(COOKIE, cookie)
        .json(&json!({}));
    request.send().await.unwrap().json().await.unwrap()
}

#[actix_web::test]
async fn a_browser_gets_a_copy_of_its_own_and_erases_it_and_the_figures_follow() {
    let sent = Sent::deck(json!({})).await;
    let mine = reads(&sent, None).await;
    let other = reads(&sent, None).await;
    assert_ne!(mine, other);
    sent.events(EventKind::Fetched, 2).await;
    let read = sent.events(EventKind::PageViewed, 4).await;

    let told = copy(&sent, &mine).await;
    let pages: usize = told["visits"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|visit| visit["events"].as_array().unwrap())
        .filter(|event| event["kind"] == "page_viewed")
        .count();
    assert_eq!(pages, 2, "one's own and nobody else's: {told}");
    assert!(read.len() > pages);
    let asked = notification::Entity::find()
        .count(sent.server.app.db.read())
        .await
        .unwrap();
    assert!(asked > 0, "the rep was told of the reading");

    let gone = erase(&sent, &mine).await;
    assert_eq!(
        (&gone["visits"], &gone["events"]),
        (&json!(2), &json!(4)),
        "{gone}"
    );
    Derived::assert_rebuilt(&sent.server.app).await;
    assert_eq!(copy(&sent, &mine).await["visits"], json!([]));
    assert_eq!(
        erase(&sent, &mine).await["events"],
        0,
        "asked for again, nothing is left"
    );
    let left = event::Entity::find()
        .count(sent.server.app.db.read())
        .await
        .unwrap();
    assert_eq!(left, 4, "the other's stay");
    let noted = erasure::Entity::find()
        .all(sent.server.app.db.read())
        .await
        .unwrap();
    assert_eq!(noted.len(), 1);
    assert_eq!((noted[0].visits, noted[0].events), (2, 4));
}

#[actix_web::test]
async fn whoever_has_no_name_gets_and_erases_nothing_of_others() {
    let sent = Sent::deck(json!({})).await;
    reads(&sent, None).await;
    sent.events(EventKind::PageViewed, 2).await;
    assert_eq!(copy(&sent, "").await["visits"], json!([]));
    assert_eq!(erase(&sent, "lastmile_browser=").await["visits"], 0);
    sent.events(EventKind::PageViewed, 2).await;
}

#[actix_web::test]
async fn global_privacy_control_leaves_sums_and_nobody_in_them() {
    let sent = Sent::deck(json!({})).await;
    let cookie = reads(&sent, Some(("sec-gpc", "1"))).await;
    assert_eq!(cookie, "", "no cookie is set");
    sent.events(EventKind::PageViewed, 2).await;
    let visits = visit::Entity::find()
        .all(sent.server.app.db.read())
        .await
        .unwrap();
    for visit in &visits {
        assert_eq!(
            (visit.browser_id.as_str(), visit.network.as_str()),
            ("", "")
        );
        assert_eq!(visit.unnamed, Some(true));
    }
    let kept = event::Entity::find()
        .all(sent.server.app.db.read())
        .await
        .unwrap();
    assert!(
        kept.iter()
            .all(|event| !event.data.to_string().contains("127.0.0"))
    );
    let deal = sent.pitch["opportunity"]["id"].as_str().unwrap();
    for path in [
        "/api/v1/live".to_owned(),
        "/api/v1/notifications".to_owned(),
        format!("/api/v1/opportunities/{deal}/visits"),
    ] {
        let list = sent.rep.get(&path).await.ok();
        assert_eq!(list["items"], json!([]), "{path}");
    }
    let link = format!("/api/v1/links/{}", sent.link["id"].as_str().unwrap());
    assert_eq!(sent.rep.get(&link).await.ok()["reads"], 0);
    let derived = Derived::read(&sent.server.app).await;
    assert!(!derived.pages.is_empty(), "it counts in the sums");
    assert!(
        derived.opportunity_assets.is_empty(),
        "but in no single deal"
    );
    Derived::assert_rebuilt(&sent.server.app).await;
}
