//! The customer story: proposed by what was heard and who it is of, with the reason, and honest when nothing fits.

use lastmile::entities::{AssetKind, Role, account, asset_facet, opportunity};
use lastmile::ids::AssetId;
use reqwest::Method;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use serde_json::json;

use super::Desk;
use crate::support::{Content, TestServer};

async fn story(server: &TestServer, title: &'static str, text: &str, industry: &str) -> AssetId {
    let asset = server
        .content(Content {
            title,
            pages: vec![
                ("The customer".to_owned(), "Who they are.".to_owned()),
                ("What changed".to_owned(), text.to_owned()),
            ],
            ..Content::default()
        })
        .await;
    server
        .change_asset(asset, |asset| asset.kind = AssetKind::CaseStudy)
        .await;
    let tx = server.app.db.begin().await.unwrap();
    asset_facet::ActiveModel {
        asset_id: Set(asset),
        facet: Set(lastmile::entities::Facet::Industry),
        value: Set(industry.to_owned()),
    }
    .insert(&tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    asset
}

#[actix_web::test]
async fn the_story_that_tells_of_the_recorded_conflict_is_proposed_with_the_reason() {
    let desk = Desk::new(json!({})).await;
    let path = format!("/api/v1/opportunities/{}/stories", desk.deal.opportunity);
    let none = desk.rep.get(&path).await.ok();
    assert_eq!(none["considered"], 0);
    assert!(
        none["note"]
            .as_str()
            .unwrap()
            .contains("no approved customer story")
    );

    let loggers = story(
        &desk.server,
        "Away for audits",
        "Calibration took the loggers away in every audit season.",
        "logistics",
    )
    .await;
    let ovens = story(
        &desk.server,
        "Idle ovens",
        "The ovens were idle on Mondays.",
        "bakery",
    )
    .await;
    let internal = story(
        &desk.server,
        "For us only",
        "Calibration took the loggers away in every audit season.",
        "logistics",
    )
    .await;
    desk.server
        .change_asset(internal, |asset| asset.internal_only = true)
        .await;

    let unheard = desk.rep.get(&path).await.ok();
    assert_eq!(unheard["conflict"], json!(null));
    assert_eq!(
        unheard["items"],
        json!([]),
        "nobody is alike, nothing was heard"
    );
    assert!(
        unheard["note"]
            .as_str()
            .unwrap()
            .contains("Nothing is recorded")
    );

    let deal = format!("/api/v1/opportunities/{}", desk.deal.opportunity);
    let needs = "Procurement wants three offers. Calibration takes the loggers away, in audit season of all times.";
    desk.rep
        .edit(Method::PATCH, &deal, 1, &json!({ "needs": needs }))
        .await
        .ok();
    let found = desk.rep.get(&path).await.ok();
    assert_eq!(found["conflict"]["source"], "opportunity");
    let items = found["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{found}");
    assert_eq!(items[0]["asset"]["id"], json!(loggers));
    assert_eq!(items[0]["page"]["number"], 2);
    assert_eq!(
        items[0]["heard"],
        "Calibration takes the loggers away, in audit season of all times."
    );
    assert!(
        items[0]["reasons"][0]
            .as_str()
            .unwrap()
            .contains("\u{201c}Calibration\u{201d}")
    );

    let typed = desk
        .rep
        .get(&format!(
            "{path}?conflict=Their%20ovens%20stand%20idle%20on%20Mondays"
        ))
        .await
        .ok();
    assert_eq!(typed["conflict"]["source"], "typed");
    assert_eq!(typed["items"][0]["asset"]["id"], json!(ovens));
    let nothing = desk
        .rep
        .get(&format!(
            "{path}?conflict=The%20contract%20must%20allow%20an%20exit"
        ))
        .await
        .ok();
    assert_eq!(nothing["items"], json!([]));
    assert!(
        nothing["note"]
            .as_str()
            .unwrap()
            .contains("None of the 2 stories")
    );
}

#[actix_web::test]
async fn a_note_of_a_call_is_heard_where_the_opportunity_says_nothing() {
    let desk = Desk::new(json!({})).await;
    story(
        &desk.server,
        "Away",
        "Calibration took the loggers away.",
        "logistics",
    )
    .await;
    let activities = format!("/api/v1/opportunities/{}/activities", desk.deal.opportunity);
    let call = json!({ "kind": "call", "subject": "First call", "body": "The loggers are away for calibration too often." });
    desk.rep.post(&activities, &call).await.ok();
    let path = format!("/api/v1/opportunities/{}/stories", desk.deal.opportunity);
    let found = desk.rep.get(&path).await.ok();
    assert_eq!(found["conflict"]["source"], "activity");
    assert_eq!(found["conflict"]["activity_subject"], "First call");
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn without_a_conflict_the_similar_customer_speaks_and_the_answer_says_so() {
    let desk = Desk::new(json!({})).await;
    story(&desk.server, "Bakery", "Ovens.", "bakery").await;
    let tx = desk.server.app.db.begin().await.unwrap();
    let deal = opportunity::Entity::find_by_id(desk.deal.opportunity)
        .one(&tx)
        .await
        .unwrap()
        .unwrap();
    let mut row = account::Entity::find_by_id(deal.account_id)
        .one(&tx)
        .await
        .unwrap()
        .unwrap()
        .into_active_model();
    row.industry = Set(Some("bakery".to_owned()));
    row.update(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let path = format!("/api/v1/opportunities/{}/stories", desk.deal.opportunity);
    let found = desk.rep.get(&path).await.ok();
    assert_eq!(
        found["items"][0]["reasons"],
        json!(["Same industry: bakery"])
    );
    assert!(found["note"].as_str().unwrap().contains("no more"));
    let stranger = desk
        .server
        .person_named(Role::Rep, "Else-One", Some("South"))
        .await;
    assert_eq!(stranger.get(&path).await.status, 404);
}
