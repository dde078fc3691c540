//! Content that went stale in pitches that were sent: it is flagged, told once, and replaced in one step.

use lastmile::entities::{AssetState, Facet, Role, asset_facet, mail};
use lastmile::ids::AssetId;
use lastmile::pitches;
use reqwest::Method;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _};
use serde_json::{Value, json};

use crate::support::{Content, Deal, Person, TestServer};

async fn content(server: &TestServer, title: &'static str, industry: &str) -> AssetId {
    let id = server
        .content(Content {
            title,
            ..Content::default()
        })
        .await;
    let tx = server.app.db.begin().await.unwrap();
    asset_facet::Model {
        asset_id: id,
        facet: Facet::Industry,
        value: industry.to_owned(),
    }
    .into_active_model()
    .reset_all()
    .insert(&tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id
}

async fn send(rep: &Person, deal: &Deal, items: Value) -> Value {
    let pitch = rep
        .post(
            "/api/v1/pitches",
            &json!({ "opportunity_id": deal.opportunity, "title": "For Noor", "items": items }),
        )
        .await
        .ok();
    let links = format!("/api/v1/pitches/{}/links", pitch["id"].as_str().unwrap());
    rep.post(&links, &json!({ "recipients": [{}] })).await.ok();
    pitch
}

async fn tell(server: &TestServer) -> usize {
    let app = &server.app;
    pitches::tell_of_stale_content(&app.db, &app.config, app.clock.now())
        .await
        .unwrap()
}

#[actix_web::test]
async fn what_ran_out_in_a_live_pitch_is_told_once_and_replaced_in_one_step() {
    let server = TestServer::start().await;
    let rep = server.person_named(Role::Rep, "Rep", None).await;
    let deal = server.deal(rep.id).await;
    let old = content(&server, "Price sheet 2025", "banking").await;
    let keeps = content(&server, "Overview", "banking").await;
    let next = content(&server, "Price sheet 2026", "banking").await;
    content(&server, "Retail terms", "retail").await;
    let pitch = send(
        &rep,
        &deal,
        json!([
            { "asset_id": keeps },
            { "asset_id": old, "page_number": 2, "section": "Prices", "note": "As asked" },
        ]),
    )
    .await;
    assert_eq!(tell(&server).await, 0);
    assert_eq!(
        rep.get("/api/v1/flagged-items").await.ok()["items"],
        json!([])
    );

    server
        .change_asset(old, |asset| asset.state = AssetState::Expired)
        .await;
    // The server's own housekeeping may have been quicker; either way it is told once.
    tell(&server).await;
    assert_eq!(tell(&server).await, 0);
    let news = rep.get("/api/v1/notifications").await.ok();
    let news: Vec<_> = news["items"].as_array().unwrap().clone();
    assert_eq!(news.len(), 1);
    assert_eq!(
        news[0]["title"],
        "\u{201c}Price sheet 2025\u{201d} in a live pitch: It has expired."
    );
    assert_eq!(
        news[0]["subject"],
        json!({ "kind": "pitch", "id": pitch["id"] })
    );
    let mails = mail::Entity::find()
        .all(server.app.db.read())
        .await
        .unwrap();
    assert_eq!(mails.len(), 1);

    let flagged = rep.get("/api/v1/flagged-items").await.ok();
    assert_eq!(flagged["items"].as_array().unwrap().len(), 1);
    let item = &flagged["items"][0];
    assert_eq!(item["item_id"], pitch["items"][1]["id"]);
    assert_eq!(
        (&item["problem"], &item["still_shown"], &item["open_links"]),
        (&json!("It has expired."), &json!(true), &json!(1))
    );
    let best = &item["replacements"][0];
    assert_eq!(best["asset_id"], json!(next));
    assert_eq!(best["page_number"], 2);
    assert_eq!(
        best["reasons"],
        json!([
            "Page 2 has the same title",
            "Much the same title",
            "Same industry: banking",
            "Changed more recently"
        ])
    );

    let path = format!("/api/v1/pitches/{}", pitch["id"].as_str().unwrap());
    let links = format!("{path}/links");
    let refused = rep.post(&links, &json!({ "recipients": [{}] })).await;
    assert_eq!(refused.code(), "conflict");
    assert!(
        refused.body["detail"]
            .as_str()
            .unwrap()
            .contains("Price sheet 2025")
    );

    let replace = format!("{path}/replacements");
    let instead = json!({ "item_id": item["item_id"], "asset_id": next, "page_number": 2 });
    let stale = rep.edit(Method::POST, &replace, 9, &instead).await;
    assert_eq!(stale.code(), "stale");
    let revision = item["pitch_revision"].as_i64().unwrap();
    let replaced = rep
        .edit(Method::POST, &replace, revision, &instead)
        .await
        .ok();
    let new = &replaced["items"][1];
    assert_eq!(new["asset_id"], json!(next));
    assert_eq!(
        (&new["section"], &new["note"], &new["page_number"]),
        (&json!("Prices"), &json!("As asked"), &json!(2))
    );
    assert_eq!(replaced["items"][0]["id"], pitch["items"][0]["id"]);
    rep.post(&links, &json!({ "recipients": [{}] })).await.ok();
    assert_eq!(
        rep.get("/api/v1/flagged-items").await.ok()["items"],
        json!([])
    );
}

#[actix_web::test]
async fn flags_are_for_live_pitches_that_one_may_see() {
    let server = TestServer::start().await;
    let rep = server.person_named(Role::Rep, "Rep", Some("North")).await;
    let foreign = server
        .person_named(Role::Rep, "Foreign", Some("South"))
        .await;
    let deal = server.deal(rep.id).await;
    let asset = content(&server, "Terms", "banking").await;
    let unsent = rep
        .post(
            "/api/v1/pitches",
            &json!({ "opportunity_id": deal.opportunity, "items": [{ "asset_id": asset }] }),
        )
        .await
        .ok();
    server
        .change_asset(asset, |asset| asset.state = AssetState::Archived)
        .await;
    assert_eq!(
        rep.get("/api/v1/flagged-items").await.ok()["items"],
        json!([])
    );
    assert_eq!(tell(&server).await, 0, "nobody has it");
    let of_pitch = format!(
        "/api/v1/flagged-items?pitch={}",
        unsent["id"].as_str().unwrap()
    );
    let flagged = rep.get(&of_pitch).await.ok();
    assert_eq!(flagged["items"][0]["problem"], "It has been archived.");
    assert_eq!(flagged["items"][0]["replacements"], json!([]));
    assert_eq!(foreign.get(&of_pitch).await.ok()["items"], json!([]));
}

#[actix_web::test]
async fn a_marketer_sees_in_which_live_pitches_a_piece_is() {
    let server = TestServer::start().await;
    let rep = server.person_named(Role::Rep, "Rep", Some("North")).await;
    let foreign = server
        .person_named(Role::Rep, "Foreign", Some("South"))
        .await;
    let marketer = server.person(Role::Marketer).await;
    let deal = server.deal(rep.id).await;
    let asset = content(&server, "Terms", "banking").await;
    let pitch = send(
        &rep,
        &deal,
        json!([{ "asset_id": asset, "page_number": 3 }, { "asset_id": asset, "page_number": 1 }]),
    )
    .await;
    let path = format!("/api/v1/assets/{asset}/live-pitches");
    let live = marketer.get(&path).await.ok();
    assert_eq!(live["total"], 1);
    let one = &live["items"][0];
    assert_eq!(one["id"], pitch["id"]);
    assert_eq!(one["pages"], json!([1, 3]));
    assert_eq!(one["open_links"], 1);
    assert_eq!(one["owner"]["name"], "Rep");
    assert_eq!(foreign.get(&path).await.ok()["total"], 0);

    let pitch_path = format!("/api/v1/pitches/{}", pitch["id"].as_str().unwrap());
    let detail = rep.get(&pitch_path).await.ok();
    let link = detail["links"][0]["id"].as_str().unwrap();
    rep.post(&format!("/api/v1/links/{link}/revoke"), &json!({}))
        .await
        .ok();
    assert_eq!(marketer.get(&path).await.ok()["total"], 0);
}
