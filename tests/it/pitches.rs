//! Composing pitches and handing out links: who may, what may be in them, and what a link's state says.

use lastmile::entities::{AssetState, Role};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Content, Deal, Person, TestServer};

async fn pitch(rep: &Person, deal: &Deal, items: Value) -> Value {
    rep.post(
        "/api/v1/pitches",
        &json!({ "opportunity_id": deal.opportunity, "title": "For Noor", "items": items }),
    )
    .await
    .ok()
}

#[actix_web::test]
async fn a_pitch_keeps_order_sections_notes_and_single_pages() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let deal = server.deal(rep.id).await;
    let (deck, sheet) = (
        server.content(Content::default()).await,
        server
            .content(Content {
                title: "Datasheet",
                ..Content::default()
            })
            .await,
    );
    let made = pitch(
        &rep,
        &deal,
        json!([
            { "asset_id": sheet, "page_number": 2, "section": "Proof", "note": "As asked" },
            { "asset_id": deck, "page_number": null },
        ]),
    )
    .await;
    let path = format!("/api/v1/pitches/{}", made["id"].as_str().unwrap());
    let read = rep.get(&path).await;
    assert_eq!(read.headers["etag"], "\"1\"");
    let read = read.ok();
    assert_eq!(read["items"], made["items"]);
    assert_eq!(read["opportunity"]["account_name"], "Northwind");
    let first = &read["items"][0];
    assert_eq!(first["title"], "Datasheet");
    assert_eq!(first["page_title"], "Topic 2");
    assert_eq!(
        (&first["section"], &first["note"]),
        (&json!("Proof"), &json!("As asked"))
    );
    assert_eq!(first["page_count"], 3);
    assert_eq!(first["problems"], json!([]));
    assert_eq!(read["items"][1]["page_number"], Value::Null);

    let list = rep.get("/api/v1/pitches").await.ok();
    assert_eq!(list["items"][0]["item_count"], 2);
    assert_eq!(list["items"][0]["link_count"], 0);
    assert!(
        list["items"][0]["thumbnail_url"]
            .as_str()
            .unwrap()
            .contains("/pages/2/")
    );
}

#[actix_web::test]
async fn what_must_not_be_shown_is_refused_by_name() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let deal = server.deal(rep.id).await;
    let good = server.content(Content::default()).await;
    let with = |content: Content| server.content(content);
    let internal = with(Content {
        internal_only: true,
        ..Content::default()
    })
    .await;
    let draft = with(Content {
        state: AssetState::Draft,
        ..Content::default()
    })
    .await;
    let expired = with(Content {
        last_day: Some(-1),
        ..Content::default()
    })
    .await;
    let refused = rep
        .post(
            "/api/v1/pitches",
            &json!({ "opportunity_id": deal.opportunity, "items": [
                { "asset_id": good }, { "asset_id": internal }, { "asset_id": draft },
                { "asset_id": expired }, { "asset_id": good, "page_number": 4 },
            ] }),
        )
        .await;
    assert_eq!(refused.status, 422);
    let fields: Vec<&str> = refused.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    assert_eq!(
        fields,
        [
            "items[1].asset_id",
            "items[2].asset_id",
            "items[3].asset_id",
            "items[4].page_number"
        ]
    );
    let list = rep.get("/api/v1/pitches").await.ok();
    assert_eq!(list["items"], json!([]), "nothing was half made");
}

#[actix_web::test]
async fn items_keep_their_identity_and_later_problems_are_shown() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let deal = server.deal(rep.id).await;
    let (first, second) = (
        server.content(Content::default()).await,
        server.content(Content::default()).await,
    );
    let made = pitch(
        &rep,
        &deal,
        json!([{ "asset_id": first }, { "asset_id": second }]),
    )
    .await;
    let path = format!("/api/v1/pitches/{}", made["id"].as_str().unwrap());
    server
        .change_asset(first, |asset| asset.state = AssetState::Archived)
        .await;

    let edit = json!({ "title": "New", "message": "Hello", "items": [
        { "asset_id": second }, { "asset_id": first },
    ] });
    let changed = rep.edit(Method::PUT, &path, 1, &edit).await.ok();
    assert_eq!(changed["revision"], 2);
    assert_eq!(changed["items"][0]["id"], made["items"][1]["id"]);
    assert_eq!(changed["items"][1]["id"], made["items"][0]["id"]);
    assert_eq!(
        changed["items"][1]["problems"],
        json!(["It has been archived."])
    );

    assert_eq!(rep.edit(Method::PUT, &path, 1, &edit).await.code(), "stale");
    let unguarded = rep
        .request(Method::PUT, &path)
        .json(&edit)
        .send()
        .await
        .unwrap();
    assert_eq!(unguarded.status(), 428);
}

#[actix_web::test]
async fn a_pitch_is_seen_like_its_opportunity_and_changed_by_its_owner_and_their_manager() {
    let server = TestServer::start().await;
    let owner = server.person_named(Role::Rep, "owner", Some("North")).await;
    let mate = server.person_named(Role::Rep, "mate", Some("North")).await;
    let manager = server
        .person_named(Role::Manager, "manager", Some("North"))
        .await;
    let foreign = server
        .person_named(Role::Rep, "foreign", Some("South"))
        .await;
    let stranger = server
        .person_named(Role::Manager, "stranger", Some("South"))
        .await;
    let deal = server.deal(owner.id).await;
    let asset = server.content(Content::default()).await;
    let made = pitch(&owner, &deal, json!([{ "asset_id": asset }])).await;
    let path = format!("/api/v1/pitches/{}", made["id"].as_str().unwrap());
    let preview = made["preview_url"].as_str().unwrap();
    let edit = json!({ "title": "T", "message": "", "items": [] });

    for outsider in [&foreign, &stranger] {
        assert_eq!(outsider.get(&path).await.code(), "not_found");
        assert_eq!(outsider.get(preview).await.code(), "not_found");
        assert_eq!(
            outsider.edit(Method::PUT, &path, 1, &edit).await.code(),
            "not_found"
        );
        assert_eq!(
            outsider.get("/api/v1/pitches").await.ok()["items"],
            json!([])
        );
    }
    let new = json!({ "opportunity_id": deal.opportunity });
    assert_eq!(
        foreign.post("/api/v1/pitches", &new).await.code(),
        "not_found"
    );
    mate.get(&path).await.ok();
    assert_eq!(
        mate.edit(Method::PUT, &path, 1, &edit).await.code(),
        "forbidden"
    );
    assert_eq!(mate.delete(&path).await.code(), "forbidden");
    manager.edit(Method::PUT, &path, 1, &edit).await.ok();
}

#[actix_web::test]
async fn links_are_made_per_recipient_and_known_contacts_are_recognised() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let deal = server.deal(rep.id).await;
    let elsewhere = server.deal(rep.id).await;
    let asset = server.content(Content::default()).await;
    let made = pitch(&rep, &deal, json!([{ "asset_id": asset }])).await;
    let pitch_path = format!("/api/v1/pitches/{}", made["id"].as_str().unwrap());
    let path = format!("{pitch_path}/links");

    let links = rep
        .post(
            &path,
            &json!({ "download_allowed": true, "recipients": [
            { "contact_id": deal.contact }, { "email": " NOOR@northwind.example" },
            { "name": "Ola", "email": "ola@example.org" }, {},
        ] }),
        )
        .await
        .ok();
    let links = links["items"].as_array().unwrap();
    for link in &links[..2] {
        assert_eq!(link["recipient"]["contact_id"], json!(deal.contact));
        assert_eq!(link["recipient"]["name"], "Noor Haddad");
    }
    assert_eq!(links[2]["recipient"]["contact_id"], Value::Null);
    assert_eq!(links[2]["state"], "active");
    let mut urls: Vec<&str> = links
        .iter()
        .map(|link| link["url"].as_str().unwrap())
        .collect();
    urls.dedup();
    assert_eq!(urls.len(), 4);
    let detail = rep.get(&pitch_path).await.ok();
    assert_eq!(detail["links"].as_array().unwrap().len(), 4);

    let foreign = json!({ "recipients": [{ "contact_id": elsewhere.contact }] });
    assert_eq!(
        rep.post(&path, &foreign).await.body["errors"][0]["field"],
        "recipients[0].contact_id"
    );
    let past = json!({ "recipients": [{}], "expires_at": "2020-01-01T00:00:00Z" });
    assert_eq!(
        rep.post(&path, &past).await.body["errors"][0]["field"],
        "expires_at"
    );
    assert_eq!(rep.delete(&pitch_path).await.code(), "conflict");
}

#[actix_web::test]
async fn an_empty_pitch_gets_no_links_and_can_be_deleted() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let deal = server.deal(rep.id).await;
    let made = rep
        .post(
            "/api/v1/pitches",
            &json!({ "opportunity_id": deal.opportunity }),
        )
        .await
        .ok();
    assert_eq!(made["title"], "For Northwind");
    let path = format!("/api/v1/pitches/{}", made["id"].as_str().unwrap());
    let links = rep
        .post(&format!("{path}/links"), &json!({ "recipients": [{}] }))
        .await;
    assert_eq!(links.code(), "conflict");
    assert_eq!(rep.delete(&path).await.status, 204);
    assert_eq!(rep.get(&path).await.code(), "not_found");
}
