//! A link that is taken back or runs out stops at once, on every node, and an open page learns it.

use std::time::{Duration, Instant};

use lastmile::app::App;
use lastmile::clock::Clock;
use lastmile::config::Config;
use lastmile::keys::Keys;
use lastmile::node::Node;
use reqwest::StatusCode;
use serde_json::json;

use super::House;

#[actix_web::test]
async fn a_link_taken_back_on_one_node_stops_within_a_second_on_another() {
    let house = House::new().await;
    let mut here = house.visitor(json!({ "download": "original" })).await;
    let first = &house.server.app;
    let dir = tempfile::tempdir().unwrap();
    let mut second = App::open(
        Config {
            data_dir: dir.path().to_owned(),
            database_url: Some(first.config.database_url()),
            ..first.config.clone()
        },
        Clock::system(),
    )
    .await
    .unwrap();
    second.keys = Keys::clone(&first.keys);
    second.blobs = first.blobs.clone();
    let node = Node::start(second).unwrap();
    let (base, handle) = (format!("http://{}", node.address()), node.handle());
    actix_web::rt::spawn(node.run());

    let item = house.item(0);
    let there = async |path: &str| {
        let url = format!("{base}/p/{}{path}", here.token);
        reqwest::get(url).await.unwrap().status()
    };
    let paths = [
        String::new(),
        "/status".to_owned(),
        format!("/pages/{item}/1"),
        format!("/pages/{item}/1/text"),
        format!("/download/{item}"),
    ];
    for path in &paths {
        assert_eq!(there(path).await, StatusCode::OK, "{path}");
    }
    let began = Instant::now();
    house.revoke(here.link).await;
    for path in &paths {
        assert_eq!(there(path).await, StatusCode::GONE, "{path}");
    }
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "{:?}",
        began.elapsed()
    );
    let page = here.get("").await;
    assert!(page.text.contains("no longer available") && page.text.contains("Sam-Rivera"));
    drop(handle.stop(false));
}

#[actix_web::test]
async fn an_open_page_learns_that_its_link_ended() {
    let house = House::new().await;
    let mut visitor = house.visitor(json!({})).await;
    assert_eq!(visitor.get("/status").await.status, StatusCode::OK);
    let past = house.server.app.clock.now() - chrono::TimeDelta::seconds(1);
    house
        .change(visitor.link, |link| link.expires_at = Some(past))
        .await;
    let status = visitor.get("/status").await;
    assert_eq!(status.status, StatusCode::GONE);
    assert!(status.text.contains("expired"));
    assert!(visitor.get("").await.text.contains("This link has expired"));
}

#[actix_web::test]
async fn asking_whether_a_link_still_opens_is_no_visit() {
    use lastmile::entities::visit;
    use sea_orm::{EntityTrait as _, PaginatorTrait as _};
    let house = House::new().await;
    let mut visitor = house.visitor(json!({ "passcode": super::PASSCODE })).await;
    visitor.get("/status").await;
    visitor.get("").await;
    visitor.passcode().await;
    visitor.get("/status").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let visits = visit::Entity::find()
        .count(house.server.app.db.read())
        .await
        .unwrap();
    assert_eq!(visits, 0);
}

#[actix_web::test]
async fn what_was_shared_on_asks_for_the_same_and_follows_every_change() {
    let house = House::new().await;
    let mut parent = house
        .visitor(
            json!({ "passcode": super::PASSCODE, "watermark": false, "nameless_allowed": true }),
        )
        .await;
    parent.passcode().await;
    let request = parent
        .request(reqwest::Method::POST, "/share")
        .json(&json!({ "name": "Ola" }));
    let shared = parent.send(request).await;
    assert_eq!(shared.status, StatusCode::CREATED, "{}", shared.text);
    let shared: serde_json::Value = serde_json::from_str(&shared.text).unwrap();
    let token = shared["url"]
        .as_str()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let pitch = house
        .rep
        .get(&format!(
            "/api/v1/pitches/{}",
            house.pitch["id"].as_str().unwrap()
        ))
        .await
        .ok();
    let child = pitch["links"]
        .as_array()
        .unwrap()
        .iter()
        .find(|link| !link["parent_link_id"].is_null())
        .unwrap()
        .clone();
    let mut ola = house.open(&child);
    assert_eq!(ola.token, token);
    assert_eq!(child["settings"]["has_passcode"], true);
    assert_eq!(child["settings"]["nameless_allowed"], true);
    // The parent's pass opens nothing here.
    ola.cookie.clone_from(&parent.cookie);
    assert!(!ola.is_in().await);
    ola.passcode().await;
    assert!(ola.is_in().await);

    // A child is not made wider, only shorter.
    for wider in [
        json!({ "passcode": null }),
        json!({ "download": "original" }),
        json!({ "deny": ["a.example"] }),
    ] {
        assert_eq!(
            house.edit(ola.link, &wider).await.code(),
            "conflict",
            "{wider}"
        );
    }
    let now = house.server.app.clock.now();
    let soon = now + chrono::TimeDelta::days(2);
    house
        .edit(ola.link, &json!({ "expires_at": soon }))
        .await
        .ok();
    assert_eq!(
        house
            .edit(ola.link, &json!({ "expires_at": null }))
            .await
            .code(),
        "conflict"
    );

    // What changes for the parent changes for the child.
    let sooner = now + chrono::TimeDelta::days(1);
    let change = json!({ "passcode": "green lantern", "expires_at": sooner });
    house.edit(parent.link, &change).await.ok();
    assert!(!ola.is_in().await && !parent.is_in().await);
    let row = house.row(ola.link).await;
    assert_eq!(row.expires_at.unwrap().timestamp(), sooner.timestamp());
    ola.pass(&[("step", "passcode"), ("passcode", "green lantern")])
        .await;
    assert!(ola.is_in().await);
}
