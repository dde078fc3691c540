//! Collections: who sees them, their order, their cover, and edits that cannot overwrite each other.

use lastmile::entities::{AssetState, Role};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{described, titles};
use crate::support::{Content, Person, TestServer};

async fn make(person: &Person, body: Value) -> Value {
    person.post("/api/v1/collections", &body).await.ok()
}

fn members(collection: &Value) -> Vec<&str> {
    collection["assets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|asset| asset["title"].as_str().unwrap())
        .collect()
}

fn path(collection: &Value) -> String {
    format!("/api/v1/collections/{}", collection["id"].as_str().unwrap())
}

#[actix_web::test]
async fn a_collection_keeps_its_order_and_is_edited_by_revision() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let mut ids = Vec::new();
    for title in ["One", "Two", "Three"] {
        ids.push(described(&server, &marketer, title, json!({})).await);
    }
    let made = make(
        &marketer,
        json!({ "name": " Trade  fair ", "asset_ids": [ids[2], ids[0]] }),
    )
    .await;
    assert_eq!(made["name"], "Trade fair");
    assert_eq!(made["owner"]["id"], json!(marketer.id));
    assert_eq!(members(&made), ["Three", "One"]);
    let at = path(&made);

    let added = marketer
        .post(
            &format!("{at}/assets"),
            &json!({ "asset_ids": [ids[0], ids[1]] }),
        )
        .await
        .ok();
    assert_eq!(members(&added), ["Three", "One", "Two"]);
    let revision = added["revision"].as_i64().unwrap();
    let order = json!({ "asset_ids": [ids[1], ids[2], ids[0]], "description": "What we show" });
    let stale = marketer
        .edit(Method::PATCH, &at, revision - 1, &order)
        .await;
    assert_eq!(stale.code(), "stale");
    let sorted = marketer
        .edit(Method::PATCH, &at, revision, &order)
        .await
        .ok();
    assert_eq!(members(&sorted), ["Two", "Three", "One"]);
    let removed = marketer
        .delete(&format!("{at}/assets/{}", ids[2]))
        .await
        .ok();
    assert_eq!(members(&removed), ["Two", "One"]);
    assert!(removed["revision"].as_i64() > sorted["revision"].as_i64());

    let same_name = marketer
        .post("/api/v1/collections", &json!({ "name": "Trade fair" }))
        .await;
    assert_eq!(same_name.code(), "duplicate");
    let holding = marketer
        .get(&format!("/api/v1/collections?asset={}", ids[0]))
        .await
        .ok();
    assert_eq!(holding["items"].as_array().unwrap().len(), 1);
    let not = marketer
        .get(&format!("/api/v1/collections?asset={}", ids[2]))
        .await
        .ok();
    assert_eq!(not["items"], json!([]));

    let gone = marketer.delete(&at).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(marketer.get(&at).await.code(), "not_found");
    assert_eq!(
        marketer
            .get(&format!("/api/v1/assets/{}", ids[1]))
            .await
            .status,
        StatusCode::OK
    );
}

#[actix_web::test]
async fn only_its_teams_see_a_restricted_collection_and_nobody_learns_of_it_otherwise() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let inside = server
        .person_named(Role::Rep, "inside", Some("North"))
        .await;
    let outside = server
        .person_named(Role::Rep, "outside", Some("South"))
        .await;
    let teamless = server.person(Role::Manager).await;
    let id = described(&server, &marketer, "Price talk", json!({})).await;
    let teams = marketer.get("/api/v1/teams").await.ok();
    let north = &teams["items"][0];
    assert_eq!(north["name"], "North");
    let made = make(
        &marketer,
        json!({ "name": "North only", "team_ids": [north["id"]], "asset_ids": [id] }),
    )
    .await;
    assert_eq!(
        (made["restricted"].as_bool(), &made["teams"][0]["name"]),
        (Some(true), &json!("North"))
    );
    let at = path(&made);
    for (person, sees) in [
        (&inside, true),
        (&outside, false),
        (&teamless, false),
        (&marketer, true),
    ] {
        let list = person.get("/api/v1/collections").await.ok();
        assert_eq!(list["items"].as_array().unwrap().len(), usize::from(sees));
        let one = person.get(&at).await;
        assert_eq!(one.status == StatusCode::OK, sees, "{}", one.body);
        let holding = person
            .get(&format!("/api/v1/collections?asset={id}"))
            .await
            .ok();
        assert_eq!(
            holding["items"].as_array().unwrap().len(),
            usize::from(sees)
        );
        let through = person
            .get(&format!(
                "/api/v1/assets?collection={}",
                made["id"].as_str().unwrap()
            ))
            .await
            .ok();
        assert_eq!(
            through["items"].as_array().unwrap().len(),
            usize::from(sees)
        );
    }
    assert_eq!(inside.delete(&at).await.code(), "forbidden");

    let revision = made["revision"].as_i64().unwrap();
    let open = marketer
        .edit(Method::PATCH, &at, revision, &json!({ "team_ids": [] }))
        .await
        .ok();
    assert_eq!(open["restricted"], false);
    assert_eq!(outside.get(&at).await.status, StatusCode::OK);
    let unknown = json!({ "team_ids": ["01890000-0000-7000-8000-000000000000"] });
    let reply = marketer
        .edit(Method::PATCH, &at, revision + 1, &unknown)
        .await;
    assert_eq!(reply.code(), "invalid");
}

#[actix_web::test]
async fn a_rep_sees_of_a_collection_what_they_may_see_anyway() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let rep = server.person(Role::Rep).await;
    let mut ids = Vec::new();
    for (title, state) in [
        ("Draft", AssetState::Draft),
        ("First", AssetState::Approved),
        ("Second", AssetState::Approved),
    ] {
        let content = Content {
            title,
            state,
            ..Content::default()
        };
        ids.push(server.content(content).await);
    }
    let made = make(&marketer, json!({ "name": "Mixed", "asset_ids": ids })).await;
    assert_eq!(made["asset_count"], 3);
    let seen = rep.get(&path(&made)).await.ok();
    assert_eq!(
        (members(&seen), &seen["asset_count"]),
        (vec!["First", "Second"], &json!(2))
    );
    let list = rep.get("/api/v1/collections").await.ok();
    assert_eq!(members(&list["items"][0]), ["First", "Second"]);
}

#[actix_web::test]
async fn the_cover_is_a_page_of_choice_or_the_first_asset() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let one = described(&server, &marketer, "One", json!({})).await;
    let made = make(&marketer, json!({ "name": "Covered", "asset_ids": [one] })).await;
    let at = path(&made);
    let too_far = json!({ "cover": { "asset_id": one, "page": 4 } });
    assert_eq!(
        marketer.edit(Method::PATCH, &at, 1, &too_far).await.code(),
        "invalid"
    );
    let cover = json!({ "cover": { "asset_id": one, "page": 2 } });
    let covered = marketer.edit(Method::PATCH, &at, 1, &cover).await.ok();
    let url = covered["cover_url"].as_str().unwrap();
    assert!(url.contains("/pages/2/image"), "{url}");
    let rep = server.person(Role::Rep).await;
    assert_eq!(rep.get(&at).await.ok()["cover_url"], json!(url));
    server
        .change_asset(one, |asset| asset.state = AssetState::Draft)
        .await;
    let seen = rep.get(&at).await.ok();
    assert_eq!(
        (&seen["cover_url"], &seen["cover"]),
        (&Value::Null, &Value::Null),
        "neither a picture nor the name of what they may not see"
    );
    let back = marketer
        .edit(Method::PATCH, &at, 2, &json!({ "cover": null }))
        .await
        .ok();
    assert_eq!(back["cover"], Value::Null);
}

#[actix_web::test]
async fn a_collection_holds_five_hundred_assets_and_lists_page_by_name() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let id = described(&server, &marketer, "One", json!({})).await;
    let many: Vec<_> = (0..501).map(|_| id).collect();
    let reply = marketer
        .post(
            "/api/v1/collections",
            &json!({ "name": "Too many", "asset_ids": many }),
        )
        .await;
    assert_eq!(reply.code(), "invalid");
    for name in ["B", "A", "C"] {
        make(&marketer, json!({ "name": name })).await;
    }
    let first = marketer.get("/api/v1/collections?limit=2").await.ok();
    let names = |list: &Value| -> Vec<String> {
        let items = list["items"].as_array().unwrap().iter();
        items
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&first), ["A", "B"]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = marketer
        .get(&format!("/api/v1/collections?limit=2&cursor={cursor}"))
        .await
        .ok();
    assert_eq!(names(&second), ["C"]);
    assert_eq!(
        names(&marketer.get("/api/v1/collections?q=b").await.ok()),
        ["B"]
    );
    assert_eq!(
        titles(&marketer.get("/api/v1/assets?without=collection").await.ok()),
        ["One"]
    );
}
