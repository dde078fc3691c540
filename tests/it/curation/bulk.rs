//! One change for many assets: what becomes of each, and of large numbers.

use std::time::{Duration, Instant};

use lastmile::entities::{AssetState, Role};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{asset, described};
use crate::support::{Content, TestServer};

const BULK: &str = "/api/v1/assets/bulk";

#[actix_web::test]
async fn each_asset_is_changed_unchanged_or_refused_with_the_reason() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let plain = described(&server, &marketer, "Plain", json!({ "tag": ["old"] })).await;
    let tagged = described(&server, &marketer, "Tagged", json!({ "tag": ["Launch"] })).await;
    let gone = "01890000-0000-7000-8000-000000000000";
    let report = marketer
        .post(
            BULK,
            &json!({ "ids": [plain, tagged, gone, plain], "change": {
                "add": { "tag": ["launch"] }, "remove": { "tag": ["OLD"] } } }),
        )
        .await
        .ok();
    assert_eq!(report["finished"], true);
    assert_eq!(report["total"], 3, "asked twice is asked once");
    let outcomes: Vec<_> = report["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["done", "unchanged", "refused"]);
    assert!(
        report["items"][2]["reason"]
            .as_str()
            .unwrap()
            .contains("not exist")
    );
    assert_eq!(
        asset(&marketer, plain).await["facets"]["tag"],
        json!(["Launch"])
    );
    assert_eq!(asset(&marketer, plain).await["revision"], 3);
    assert_eq!(
        asset(&marketer, tagged).await["revision"],
        2,
        "nothing was written"
    );
}

#[actix_web::test]
async fn every_property_can_be_set_for_many_and_the_search_follows() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let colleague = server.person(Role::Marketer).await;
    let mut ids = Vec::new();
    for title in ["One", "Two"] {
        ids.push(described(&server, &marketer, title, json!({ "product": ["Sense"] })).await);
    }
    let report = marketer
        .post(
            BULK,
            &json!({ "ids": ids, "change": {
                "kind": "guide", "language": "DE-at", "owner_id": colleague.id, "internal_only": true,
                "review_by": "2031-01-31", "expires_at": "2032-01-31",
                "add": { "industry": ["Banking"] }, "remove": { "product": ["sense"] } } }),
        )
        .await
        .ok();
    assert_eq!(
        (report["done"].as_i64(), report["refused"].as_i64()),
        (Some(2), Some(0))
    );
    for id in &ids {
        let now = asset(&marketer, *id).await;
        assert_eq!(now["kind"], "guide");
        assert_eq!(now["language"], "de-AT");
        assert_eq!(now["owner"]["id"], json!(colleague.id));
        assert_eq!(now["internal_only"], true);
        assert_eq!(now["review_by"], "2031-01-31");
        assert_eq!(now["expires_at"], "2032-01-31");
        assert_eq!(now["facets"]["industry"], json!(["Banking"]));
        assert_eq!(now["facets"]["product"], json!([]));
        assert_eq!(now["revision"], 3);
    }
    let started = Instant::now();
    loop {
        let found = marketer
            .get("/api/v1/search?industry=Banking&kind=guide")
            .await
            .ok();
        if found["total_assets"] == 2 {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "{found}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let cleared = json!({ "ids": ids, "change": { "owner_id": null, "review_by": null } });
    marketer.post(BULK, &cleared).await.ok();
    let now = asset(&marketer, ids[0]).await;
    assert_eq!(
        (&now["owner"], &now["review_by"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(now["expires_at"], "2032-01-31");
}

#[actix_web::test]
async fn a_step_that_is_not_open_to_an_asset_leaves_all_of_it_as_it_was() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let draft = server
        .content(Content {
            title: "Draft",
            state: AssetState::Draft,
            ..Content::default()
        })
        .await;
    let archived = server
        .content(Content {
            title: "Archived",
            state: AssetState::Archived,
            ..Content::default()
        })
        .await;
    let report = marketer
        .post(
            BULK,
            &json!({ "ids": [draft, archived], "change": { "state": "approved", "add": { "tag": ["done"] } } }),
        )
        .await
        .ok();
    assert_eq!(report["items"][0]["outcome"], "done");
    assert_eq!(report["items"][1]["outcome"], "refused");
    assert!(
        report["items"][1]["reason"]
            .as_str()
            .unwrap()
            .contains("archived"),
        "{report}"
    );
    let draft = asset(&marketer, draft).await;
    assert_eq!(
        (draft["state"].as_str(), &draft["facets"]["tag"]),
        (Some("approved"), &json!(["done"]))
    );
    assert_eq!(draft["revision"], 2, "one edit, one revision");
    let archived = asset(&marketer, archived).await;
    assert_eq!(
        (archived["state"].as_str(), &archived["facets"]["tag"]),
        (Some("archived"), &json!([]))
    );
}

#[actix_web::test]
async fn many_assets_come_into_a_collection_and_out_of_it() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let one = described(&server, &marketer, "One", json!({})).await;
    let two = described(&server, &marketer, "Two", json!({})).await;
    let collection = marketer
        .post(
            "/api/v1/collections",
            &json!({ "name": "Fair", "asset_ids": [one] }),
        )
        .await
        .ok();
    let id = collection["id"].as_str().unwrap();
    let add = json!({ "ids": [one, two], "change": { "add_to_collection": id } });
    let report = marketer.post(BULK, &add).await.ok();
    assert_eq!(report["items"][0]["outcome"], "unchanged");
    assert_eq!(report["items"][1]["outcome"], "done");
    let path = format!("/api/v1/assets?collection={id}&sort=title");
    assert_eq!(
        super::titles(&marketer.get(&path).await.ok()),
        ["One", "Two"]
    );
    let remove = json!({ "ids": [one, two], "change": { "remove_from_collection": id } });
    assert_eq!(marketer.post(BULK, &remove).await.ok()["done"], 2);
    assert_eq!(marketer.get(&path).await.ok()["items"], json!([]));
}

#[actix_web::test]
async fn requests_that_make_no_sense_change_nothing() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let id = described(&server, &marketer, "One", json!({ "region": ["Benelux"] })).await;
    let words = marketer.get("/api/v1/vocabulary?facet=region").await.ok();
    let word = format!("/api/v1/vocabulary/{}", words["items"][0]["id"]);
    marketer
        .edit(
            reqwest::Method::PATCH,
            &word,
            1,
            &json!({ "retired": true }),
        )
        .await
        .ok();
    let nobody = "01890000-0000-7000-8000-000000000000";
    let wrong = [
        (json!({ "ids": [id], "change": {} }), "change"),
        (json!({ "change": { "kind": "deck" } }), "ids"),
        (
            json!({ "ids": [id], "filter": {}, "change": { "kind": "deck" } }),
            "ids",
        ),
        (
            json!({ "ids": [id], "change": { "add": { "stage": ["closing"] } } }),
            "facets.stage",
        ),
        (
            json!({ "ids": [id], "change": { "add": { "region": ["benelux"] } } }),
            "facets.region",
        ),
        (
            json!({ "ids": [id], "change": { "owner_id": nobody } }),
            "owner_id",
        ),
        (
            json!({ "ids": [id], "change": { "language": "german please" } }),
            "change.language",
        ),
    ];
    for (body, field) in wrong {
        let reply = marketer.post(BULK, &body).await;
        assert_eq!(reply.code(), "invalid", "{body}");
        assert_eq!(reply.body["errors"][0]["field"], field, "{body}");
    }
    let missing = json!({ "ids": [id], "change": { "add_to_collection": nobody } });
    assert_eq!(marketer.post(BULK, &missing).await.code(), "not_found");
    let misspelled = json!({ "ids": [id], "change": { "kinds": "deck" } });
    assert_eq!(marketer.post(BULK, &misspelled).await.code(), "malformed");
    assert_eq!(asset(&marketer, id).await["revision"], 2);
}

#[actix_web::test]
async fn large_numbers_are_changed_by_a_job_that_reports_and_lets_others_write() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let mut last = None;
    for number in 0..251 {
        let content = Content {
            title: "Part of many",
            state: if number % 50 == 0 {
                AssetState::Archived
            } else {
                AssetState::Draft
            },
            pages: Vec::new(),
            ..Content::default()
        };
        last = Some(server.content(content).await);
    }
    described(&server, &marketer, "Another", json!({})).await;
    let reply = marketer
        .post(
            BULK,
            &json!({ "filter": { "q": "part of" }, "change": { "state": "approved", "add": { "tag": ["batch"] } } }),
        )
        .await;
    assert_eq!(reply.status, StatusCode::ACCEPTED);
    let report = reply.ok();
    assert_eq!(
        (report["total"].as_i64(), report["finished"].as_bool()),
        (Some(251), Some(false))
    );
    let path = format!("/api/v1/bulk-edits/{}", report["id"].as_str().unwrap());
    let started = Instant::now();
    let report = loop {
        let report = marketer.get(&path).await.ok();
        if report["finished"] == true {
            break report;
        }
        assert!(started.elapsed() < Duration::from_mins(1), "{report}");
        // Somebody else writes meanwhile and need not wait for the end.
        let new = json!({ "facet": "tag", "value": format!("t{}", started.elapsed().as_nanos()) });
        marketer.post("/api/v1/vocabulary", &new).await.ok();
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(
        (report["done"].as_i64(), report["refused"].as_i64()),
        (Some(245), Some(6))
    );
    let refused = marketer
        .get(&format!("{path}/items?outcome=refused&limit=4"))
        .await
        .ok();
    assert_eq!(refused["items"].as_array().unwrap().len(), 4);
    assert!(refused["next_cursor"].is_string());
    assert!(
        refused["items"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("archived")
    );
    assert_eq!(refused["items"][0]["title"], "Part of many");
    let counts = marketer.get("/api/v1/assets/counts?tag=batch").await.ok();
    assert_eq!(counts["total"], 245);
    assert_eq!(asset(&marketer, last.unwrap()).await["state"], "archived");
}
