//! Recommendations: what fits comes first and says why, what may not leave never comes, and a list follows what changes.

use lastmile::entities::{
    Role, account, opportunity, recommendation, recommendation_impression, recommendation_set,
};
use lastmile::ids::OpportunityId;
use reqwest::Method;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use crate::fixtures::sent_pitch;
use crate::library::upload_and_convert;
use crate::support::{Person, TestServer};

/// A deal of a bank, and content of which some is made for banks.
async fn bank(server: &TestServer, rep: &Person) -> OpportunityId {
    let marketer = server.person(Role::Marketer).await;
    let deal = sent_pitch(&server.app, rep.id, &[1]).await.opportunity;
    for (title, state, internal, industry, text) in [
        (
            "Vault doors",
            "approved",
            false,
            "banking",
            "Doors of vaults that report when they open.",
        ),
        (
            "Cold rooms",
            "approved",
            false,
            "healthcare",
            "Fridges for vaccines.",
        ),
        (
            "Price floors",
            "approved",
            true,
            "banking",
            "How low a bank may get.",
        ),
        ("Next year", "draft", false, "banking", "A bank of ideas."),
    ] {
        let metadata = json!({
            "title": title, "state": state, "internal_only": internal, "language": "en",
            "facets": { "industry": [industry] },
        });
        upload_and_convert(
            &marketer,
            "note.md",
            format!("# {title}\n\n{text}"),
            &metadata,
        )
        .await;
    }
    deal
}

async fn list(person: &Person, deal: OpportunityId) -> Value {
    let path = format!("/api/v1/opportunities/{deal}/recommendations");
    person.get(&path).await.ok()
}

fn titles(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["asset"]["title"].as_str().unwrap())
        .collect()
}

#[actix_web::test]
async fn what_fits_comes_first_says_why_and_nothing_internal_or_unapproved_or_sent_comes() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let deal = bank(&server, &rep).await;
    server.app.recommender.sweep().await.unwrap();
    let found = list(&rep, deal).await;
    assert_eq!(titles(&found), ["Vault doors", "Cold rooms"]);
    let reasons = found["items"][0]["reasons"].to_string();
    assert!(reasons.contains("Made for banking"), "{reasons}");
    assert_eq!(
        found["items"][0]["uplift_points"],
        Value::Null,
        "nothing is known yet"
    );
    assert_eq!(found["items"][0]["received"], Value::Null);
}

#[actix_web::test]
async fn what_the_customer_tells_changes_the_list_and_names_the_page() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let deal = bank(&server, &rep).await;
    server.app.recommender.sweep().await.unwrap();
    let path = format!("/api/v1/opportunities/{deal}");
    let now = rep.get(&path).await.ok();
    let edit = json!({ "needs": "Vaccines in fridges get warm." });
    rep.edit(
        Method::PATCH,
        &path,
        now["revision"].as_i64().unwrap(),
        &edit,
    )
    .await
    .ok();
    let found = list(&rep, deal).await;
    let cold = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["asset"]["title"] == "Cold rooms")
        .unwrap();
    assert_eq!(cold["page"]["number"], 1);
    assert!(
        cold["reasons"][0].as_str().unwrap().contains("Page 1"),
        "{cold}"
    );
}

#[actix_web::test]
async fn a_list_made_anew_from_nothing_is_the_same_and_an_unchanged_one_is_left_alone() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let deal = bank(&server, &rep).await;
    let recommender = &server.app.recommender;
    recommender.sweep().await.unwrap();
    let before = list(&rep, deal).await;
    assert_eq!(recommender.sweep().await.unwrap(), 0);
    let tx = server.app.db.begin().await.unwrap();
    recommendation::Entity::delete_many()
        .exec(&tx)
        .await
        .unwrap();
    recommendation_set::Entity::delete_many()
        .exec(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let after = list(&rep, deal).await;
    assert_eq!(before["items"], after["items"]);
}

#[actix_web::test]
async fn what_the_account_has_received_is_marked_wherever_the_deal_is() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let deal = bank(&server, &rep).await;
    let other = sent_pitch(&server.app, rep.id, &[1]).await.opportunity;
    // Both deals become the same customer's.
    let db = server.app.db.read();
    let row = opportunity::Entity::find_by_id(other)
        .one(db)
        .await
        .unwrap()
        .unwrap();
    let tx = server.app.db.begin().await.unwrap();
    opportunity::Entity::update_many()
        .col_expr(opportunity::Column::AccountId, Expr::value(row.account_id))
        .col_expr(
            opportunity::Column::UpdatedAt,
            Expr::value(server.app.clock.now()),
        )
        .filter(opportunity::Column::Id.eq(deal))
        .exec(&tx)
        .await
        .unwrap();
    account::Entity::update_many()
        .col_expr(
            account::Column::UpdatedAt,
            Expr::value(server.app.clock.now()),
        )
        .exec(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    server.app.recommender.sweep().await.unwrap();
    let found = list(&rep, deal).await;
    let sent = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| !item["received"].is_null())
        .unwrap_or_else(|| panic!("{found}"));
    assert!(sent["received"]["sent_at"].is_string() && sent["received"]["read_on"].is_null());
}

#[actix_web::test]
async fn others_deals_are_not_found_closed_ones_are_empty_and_what_was_shown_is_noted() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let stranger = server.person(Role::Rep).await;
    let deal = bank(&server, &rep).await;
    let path = format!("/api/v1/opportunities/{deal}/recommendations");
    assert_eq!(stranger.get(&path).await.status, 404);
    assert_eq!(list(&rep, deal).await["items"].as_array().unwrap().len(), 2);
    let noted = async || {
        recommendation_impression::Entity::find()
            .filter(recommendation_impression::Column::OpportunityId.eq(deal))
            .count(server.app.db.read())
            .await
            .unwrap()
    };
    let started = std::time::Instant::now();
    while noted().await < 2 {
        assert!(started.elapsed().as_secs() < 5, "nothing was noted");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    list(&rep, deal).await;
    let path = format!("/api/v1/opportunities/{deal}");
    let revision = rep.get(&path).await.ok()["revision"].as_i64().unwrap();
    let won = json!({ "outcome": "won" });
    rep.edit(Method::PATCH, &path, revision, &won).await.ok();
    assert_eq!(list(&rep, deal).await["items"], json!([]));
    assert_eq!(noted().await, 2);
}
