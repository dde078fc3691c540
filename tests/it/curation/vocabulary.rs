//! Vocabularies: how they grow, how words are spelled, and what becomes of assets when a word changes.

use lastmile::entities::Role;
use lastmile::entities::{asset_facet, facet_value};
use reqwest::{Method, StatusCode};
use sea_orm::{EntityTrait as _, QueryOrder as _};
use serde_json::{Value, json};

use super::{asset, described};
use crate::support::{Person, TestServer};

async fn words(person: &Person, facet: &str) -> Vec<Value> {
    let path = format!("/api/v1/vocabulary?facet={facet}&retired=true");
    person.get(&path).await.ok()["items"]
        .as_array()
        .unwrap()
        .clone()
}

async fn word(person: &Person, facet: &str, value: &str) -> Value {
    words(person, facet)
        .await
        .into_iter()
        .find(|word| word["value"] == value)
        .unwrap_or_else(|| panic!("no {facet} {value}"))
}

#[actix_web::test]
async fn a_new_value_joins_the_vocabulary_and_later_ones_take_its_spelling() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let first = described(
        &server,
        &marketer,
        "One",
        json!({ "industry": ["Public Sector"] }),
    )
    .await;
    let second = described(
        &server,
        &marketer,
        "Two",
        json!({ "industry": [" public  SECTOR ", "banking"], "tag": ["Launch"] }),
    )
    .await;
    let second = asset(&marketer, second).await;
    assert_eq!(
        second["facets"]["industry"],
        json!(["Public Sector", "banking"])
    );
    assert_eq!(
        asset(&marketer, first).await["facets"]["industry"],
        json!(["Public Sector"])
    );
    let industries = words(&marketer, "industry").await;
    assert_eq!(industries.len(), 2, "{industries:?}");
    assert_eq!(
        word(&marketer, "industry", "Public Sector").await["uses"],
        2
    );
    assert_eq!(word(&marketer, "tag", "Launch").await["uses"], 1);
}

#[actix_web::test]
async fn stages_are_those_of_opportunities_and_nothing_else() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let stages: Vec<_> = words(&marketer, "stage")
        .await
        .iter()
        .map(|word| word["value"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        stages,
        ["discovery", "evaluation", "proposal", "negotiation"]
    );

    let metadata = json!({ "title": "A note", "facets": { "stage": ["evalution"] } });
    let reply = marketer
        .upload("/api/v1/assets", "note.txt", "A note.", &metadata)
        .await;
    assert_eq!(reply.code(), "invalid");
    let detail = reply.body["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("Did you mean evaluation?"), "{detail}");

    let stage = word(&marketer, "stage", "proposal").await;
    let path = format!("/api/v1/vocabulary/{}", stage["id"]);
    let renamed = marketer
        .edit(Method::PATCH, &path, 1, &json!({ "value": "offer" }))
        .await;
    assert_eq!(renamed.code(), "conflict");
    let added = json!({ "facet": "stage", "value": "closing" });
    let added = marketer.post("/api/v1/vocabulary", &added).await;
    assert_eq!(added.code(), "conflict");
}

#[actix_web::test]
async fn renaming_changes_every_asset_at_once_and_the_search_follows() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let id = described(
        &server,
        &marketer,
        "Ledger",
        json!({ "industry": ["bankng"] }),
    )
    .await;
    let before = asset(&marketer, id).await;
    let word_before = word(&marketer, "industry", "bankng").await;
    let path = format!("/api/v1/vocabulary/{}", word_before["id"]);
    let reply = marketer
        .edit(Method::PATCH, &path, 1, &json!({ "value": "banking" }))
        .await;
    let seq = reply.headers["lastmile-seq"].to_str().unwrap().to_owned();
    assert_eq!(reply.ok()["uses"], 1);

    let after = asset(&marketer, id).await;
    assert_eq!(after["facets"]["industry"], json!(["banking"]));
    assert_eq!(after["updated_at"], before["updated_at"]);
    let found = marketer
        .get(&format!("/api/v1/search?industry=banking&after_seq={seq}"))
        .await
        .ok();
    assert_eq!(found["total_assets"], 1);
    assert_eq!(found["facets"]["industry"][0]["value"], "banking");

    // Whoever still edits the older copy must not bring the old word back.
    let revision = before["revision"].as_i64().unwrap();
    let stale = json!({ "facets": { "industry": ["bankng"] } });
    let reply = marketer
        .edit(
            Method::PATCH,
            &format!("/api/v1/assets/{id}"),
            revision,
            &stale,
        )
        .await;
    assert_eq!(reply.code(), "stale");
    let again = marketer
        .edit(Method::PATCH, &path, 1, &json!({ "value": "finance" }))
        .await;
    assert_eq!(again.code(), "stale");
}

#[actix_web::test]
async fn a_name_that_is_taken_is_refused_and_merging_makes_one_of_two() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let only_old = described(&server, &marketer, "One", json!({ "product": ["Sense"] })).await;
    let both = described(
        &server,
        &marketer,
        "Two",
        json!({ "product": ["Sense", "Sense Pro"] }),
    )
    .await;
    let from = word(&marketer, "product", "Sense").await;
    let into = word(&marketer, "product", "Sense Pro").await;
    let path = format!("/api/v1/vocabulary/{}", from["id"]);
    let taken = marketer
        .edit(Method::PATCH, &path, 1, &json!({ "value": "sense PRO" }))
        .await;
    assert_eq!(taken.code(), "duplicate");

    let merged = marketer
        .post(&format!("{path}/merge"), &json!({ "into": into["id"] }))
        .await
        .ok();
    assert_eq!(merged["value"], "Sense Pro");
    assert_eq!(merged["uses"], 2);
    for id in [only_old, both] {
        assert_eq!(
            asset(&marketer, id).await["facets"]["product"],
            json!(["Sense Pro"])
        );
    }
    assert_eq!(words(&marketer, "product").await.len(), 1);

    let tag = json!({ "facet": "tag", "value": "Sense Pro" });
    let tag = marketer.post("/api/v1/vocabulary", &tag).await.ok();
    let reply = marketer
        .post(
            &format!("/api/v1/vocabulary/{}/merge", tag["id"]),
            &json!({ "into": into["id"] }),
        )
        .await;
    assert_eq!(
        reply.code(),
        "invalid",
        "words of different facets are never one"
    );
}

#[actix_web::test]
async fn a_retired_word_stays_on_its_assets_and_is_given_to_no_other() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let has = described(
        &server,
        &marketer,
        "Has it",
        json!({ "region": ["Benelux"] }),
    )
    .await;
    let other = described(&server, &marketer, "Has it not", json!({})).await;
    let word = word(&marketer, "region", "Benelux").await;
    let path = format!("/api/v1/vocabulary/{}", word["id"]);
    marketer
        .edit(Method::PATCH, &path, 1, &json!({ "retired": true }))
        .await
        .ok();
    let offered = marketer.get("/api/v1/vocabulary?facet=region").await.ok();
    assert_eq!(offered["items"], json!([]));

    let keeps = json!({ "facets": { "region": ["benelux", "Nordics"] } });
    let kept = marketer
        .edit(Method::PATCH, &format!("/api/v1/assets/{has}"), 2, &keeps)
        .await
        .ok();
    assert_eq!(kept["facets"]["region"], json!(["Benelux", "Nordics"]));
    let reply = marketer
        .edit(Method::PATCH, &format!("/api/v1/assets/{other}"), 2, &keeps)
        .await;
    assert_eq!(reply.code(), "invalid");
    assert_eq!(reply.body["errors"][0]["field"], "facets.region");
}

#[actix_web::test]
async fn words_are_found_while_typing_put_in_order_and_taken_out_when_unused() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let mut ids = Vec::new();
    for value in ["public_sector", "banking", "retail"] {
        let new = json!({ "facet": "industry", "value": value });
        ids.push(marketer.post("/api/v1/vocabulary", &new).await.ok()["id"].clone());
    }
    let names = |list: &[Value]| -> Vec<String> {
        let names = list.iter().map(|word| word["value"].as_str().unwrap());
        names.map(str::to_owned).collect()
    };
    assert_eq!(
        names(&words(&marketer, "industry").await),
        ["banking", "public_sector", "retail"]
    );
    let order = json!({ "facet": "industry", "ids": [ids[2], ids[0]] });
    let reply = marketer.post("/api/v1/vocabulary/order", &order).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert_eq!(
        names(&words(&marketer, "industry").await),
        ["retail", "public_sector", "banking"]
    );
    let first = marketer
        .get("/api/v1/vocabulary?facet=industry&limit=2")
        .await
        .ok();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = marketer
        .get(&format!(
            "/api/v1/vocabulary?facet=industry&limit=2&cursor={cursor}"
        ))
        .await
        .ok();
    assert_eq!(names(second["items"].as_array().unwrap()), ["banking"]);

    let typed = marketer
        .get("/api/v1/vocabulary?facet=industry&q=public%20sec")
        .await
        .ok();
    assert_eq!(names(typed["items"].as_array().unwrap()), ["public_sector"]);
    for near in ["bankng", "Public-Sector"] {
        let typed = marketer
            .get(&format!("/api/v1/vocabulary?facet=industry&q={near}"))
            .await
            .ok();
        assert_eq!(
            typed["similar"].as_array().unwrap().len(),
            1,
            "{near}: {typed}"
        );
    }

    described(
        &server,
        &marketer,
        "Used",
        json!({ "industry": ["retail"] }),
    )
    .await;
    let used = marketer
        .delete(&format!("/api/v1/vocabulary/{}", ids[2]))
        .await;
    assert_eq!(used.code(), "conflict");
    let unused = marketer
        .delete(&format!("/api/v1/vocabulary/{}", ids[0]))
        .await;
    assert_eq!(unused.status, StatusCode::NO_CONTENT);
}

#[actix_web::test]
async fn values_from_before_the_vocabulary_belong_to_it_in_one_spelling() {
    use lastmile::db::Db;
    use lastmile_migrations::{Migrator, MigratorTrait as _};
    use sea_orm::ConnectionTrait as _;

    let dir = tempfile::tempdir().unwrap();
    let config = crate::support::config_in(&dir).await;
    let db = Db::connect(&config.database_url(), 4).await.unwrap();
    let all = Migrator::migrations();
    let at = all
        .iter()
        .position(|migration| migration.name().contains("curation"))
        .unwrap();
    Migrator::up(db.read(), Some(u32::try_from(at).unwrap()))
        .await
        .unwrap();
    let assets = [
        "01890000-0000-7000-8000-000000000001",
        "01890000-0000-7000-8000-000000000002",
    ];
    for id in assets {
        db.read()
            .execute_unprepared(&format!(
                "INSERT INTO assets (id, title, description, kind, state, internal_only, revision, created_at, updated_at) \
                 VALUES ({}, 'Old', '', 'deck', 'draft', false, 1, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')",
                literal(&db, id)
            ))
            .await
            .unwrap();
    }
    for (asset, value) in [
        (0, "Banking"),
        (0, "banking"),
        (1, "banking"),
        (1, "Retail"),
    ] {
        db.read()
            .execute_unprepared(&format!(
                "INSERT INTO asset_facets (asset_id, facet, value) VALUES ({}, 'industry', '{value}')",
                literal(&db, assets[asset])
            ))
            .await
            .unwrap();
    }
    Migrator::up(db.read(), None).await.unwrap();
    let words = facet_value::Entity::find()
        .order_by_asc(facet_value::Column::Id)
        .all(db.read())
        .await
        .unwrap();
    let words: Vec<_> = words
        .iter()
        .filter(|word| word.facet == lastmile::entities::Facet::Industry)
        .map(|word| word.value.as_str())
        .collect();
    let carried = asset_facet::Entity::find()
        .order_by_asc(asset_facet::Column::AssetId)
        .order_by_asc(asset_facet::Column::Value)
        .all(db.read())
        .await
        .unwrap();
    let carried: Vec<_> = carried.iter().map(|row| row.value.as_str()).collect();
    assert_eq!(words.len(), 2, "{words:?}");
    let banking = words[0];
    assert!(banking.eq_ignore_ascii_case("banking"));
    assert_eq!(carried.len(), 3, "{carried:?}");
    assert_eq!(carried.iter().filter(|value| **value == banking).count(), 2);
}

/// An id as each engine writes it.
fn literal(db: &lastmile::db::Db, id: &str) -> String {
    match db.backend() {
        sea_orm::DbBackend::Sqlite => format!("X'{}'", id.replace('-', "")),
        _ => format!("'{id}'"),
    }
}
