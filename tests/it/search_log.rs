//! What is searched, and what becomes of it, is recorded once, and nobody waits for that.

use std::time::Duration;

use chrono::TimeDelta;
use lastmile::entities::{ClickKind, Role, search, search_click};
use lastmile::search::{Outcome, forget_searches, search_outcomes, tell_searchers};
use sea_orm::{EntityTrait as _, QueryOrder as _};
use serde_json::json;

use crate::library::upload_and_convert;
use crate::search::eventually;
use crate::support::{Person, TestServer};

async fn search_for(person: &Person, q: &str) -> (String, serde_json::Value) {
    let found = person.get(&format!("/api/v1/search?q={q}")).await.ok();
    (found["search_id"].as_str().unwrap().to_owned(), found)
}

async fn recorded(server: &TestServer, count: usize) -> Vec<search::Model> {
    for _ in 0..100 {
        let rows = search::Entity::find()
            .order_by_asc(search::Column::Id)
            .all(server.app.db.read())
            .await
            .unwrap();
        if rows.len() == count && rows.iter().all(|row| row.query.len() > 3) {
            return rows;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not recorded");
}

#[actix_web::test]
async fn a_search_is_one_however_it_is_typed_and_says_how_it_ended() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let rep = server.person(Role::Rep).await;
    let metadata = json!({ "title": "Cold rooms", "state": "approved", "language": "en" });
    upload_and_convert(
        &marketer,
        "a.md",
        "# Cold rooms\n\nVaccines stay cold.",
        &metadata,
    )
    .await;
    let admin = server.person(Role::Admin).await;
    eventually(&admin, "/api/v1/search?q=stay", |found| {
        found["total_assets"] == 1
    })
    .await;

    let (typed, _) = search_for(&rep, "vac").await;
    let (more, _) = search_for(&rep, "vaccine").await;
    let (id, found) = search_for(&rep, "vaccines").await;
    assert_eq!((&typed, &more), (&id, &id));
    let asset = &found["items"][0]["asset"]["id"];
    let path = format!("/api/v1/searches/{id}/clicks");
    let click = json!({ "asset_id": asset, "page": 1, "position": 1, "kind": "added" });
    rep.post(&path, &click).await.ok();
    assert_eq!(marketer.post(&path, &click).await.code(), "not_found");

    let (nothing, _) = search_for(&rep, "submarine").await;
    let (reworded, _) = search_for(&rep, "diving+boat").await;
    let (abandoned, _) = search_for(&rep, "cold").await;
    let rows: Vec<_> = recorded(&server, 5).await;
    let rows: Vec<_> = rows
        .into_iter()
        .filter(|row| row.user_id == rep.id)
        .collect();
    let ids: Vec<_> = rows.iter().map(|row| row.id.to_string()).collect();
    assert_eq!(
        ids,
        [
            id.clone(),
            nothing.clone(),
            reworded.clone(),
            abandoned.clone()
        ]
    );
    assert_eq!(rows[0].query, "vaccines");
    assert_eq!(rows[0].words, "vaccin");
    assert_eq!(rows[0].results, json!([{ "asset": asset, "page": 1 }]));
    assert_eq!(rows[1].reworded_from, None, "the search before was used");
    assert_eq!(rows[2].reworded_from, Some(rows[1].id));
    let clicks = search_click::Entity::find()
        .all(server.app.db.read())
        .await
        .unwrap();
    assert_eq!(clicks.len(), 1);
    assert_eq!(
        (clicks[0].kind, clicks[0].position),
        (ClickKind::Added, Some(1))
    );

    let now = server.app.clock.now();
    let since = now - TimeDelta::hours(1);
    let later = now + TimeDelta::minutes(11);
    let ends = search_outcomes(&server.app.db, since, later).await.unwrap();
    let ends = ends.iter().rev().filter(|end| end.user == rep.id);
    let ends: Vec<_> = ends.map(|end| end.outcome).collect();
    assert_eq!(
        ends,
        [
            Outcome::Used,
            Outcome::Nothing,
            Outcome::Nothing,
            Outcome::Abandoned
        ]
    );
    let open = search_outcomes(&server.app.db, since, now).await.unwrap();
    assert_eq!(open, [], "they may still be used");

    assert_eq!(forget_searches(&server.app.db, later).await.unwrap(), 5);
    let clicks = search_click::Entity::find()
        .all(server.app.db.read())
        .await
        .unwrap();
    assert!(clicks.is_empty());
}

#[actix_web::test]
async fn what_waits_to_be_recorded_is_written_on_the_way_down() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    search_for(&rep, "something").await;
    server.app.searches.close().await;
    let rows = search::Entity::find()
        .all(server.app.db.read())
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    let browsing = rep.get("/api/v1/search?kind=deck").await.ok();
    assert!(browsing["search_id"].is_null(), "a list is no search");
}

#[actix_web::test]
async fn whoever_searched_in_vain_is_told_once_when_it_can_be_found() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let (rep, other, lucky) = (
        server.person(Role::Rep).await,
        server.person(Role::Rep).await,
        server.person(Role::Rep).await,
    );
    for person in [&rep, &lucky] {
        search_for(person, "submarine+rental").await;
    }
    search_for(&other, "helicopter").await;
    // Another wording has led this one to something.
    let metadata = json!({ "title": "Vessels", "state": "approved", "language": "en" });
    let file = "# Vessels\n\nEvery diving boat.";
    upload_and_convert(&marketer, "a.md", file, &metadata).await;
    eventually(&marketer, "/api/v1/search?q=diving", |found| {
        found["total_assets"] == 1
    })
    .await;
    let (id, found) = search_for(&lucky, "diving+boat").await;
    let click = json!({ "asset_id": found["items"][0]["asset"]["id"], "kind": "opened" });
    lucky
        .post(&format!("/api/v1/searches/{id}/clicks"), &click)
        .await
        .ok();
    server.app.searches.close().await;

    let app = &server.app;
    let tell = async || {
        let told = tell_searchers(&app.db, &app.index, &app.config, app.clock.now()).await;
        told.unwrap();
    };
    let news = async |person: &Person| {
        let news = person.get("/api/v1/notifications").await.ok();
        let items = news["items"].as_array().unwrap().clone();
        let of_searches = items
            .into_iter()
            .filter(|one| one["kind"] == "search_answered");
        of_searches.collect::<Vec<_>>()
    };
    let metadata = json!({ "title": "Under water", "state": "draft", "language": "en" });
    let file = "# Under water\n\nRental of submarines.";
    let asset = upload_and_convert(&marketer, "b.md", file, &metadata).await;
    tell().await;
    assert_eq!(news(&rep).await, [0; 0], "nobody can see a draft");
    let id = asset["id"].as_str().unwrap();
    marketer
        .post(
            &format!("/api/v1/assets/{id}/transitions"),
            &json!({ "to": "approved" }),
        )
        .await
        .ok();
    for _ in 0..2 {
        tell().await;
    }
    let told = news(&rep).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        told[0]["title"],
        "You looked for \"submarine rental\": now there is something"
    );
    assert_eq!(told[0]["body"], "Under water");
    assert_eq!(told[0]["subject"], json!({ "kind": "asset", "id": id }));
    assert_eq!(news(&other).await, [0; 0]);
    assert_eq!(
        news(&lucky).await,
        [0; 0],
        "they have found it in other words"
    );
}
