//! Searching for a deal: what its history has taught, what its account knows already, and nothing of either to others.

use lastmile::app::App;
use lastmile::db::append_change;
use lastmile::entities::{Outcome, Role, opportunity, stage_change};
use lastmile::ids::{AssetId, OpportunityId, StageChangeId, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use crate::fixtures::{SentPitch, sent_again, sent_pitch};
use crate::search::eventually;
use crate::support::TestServer;

/// Sends the same again in another deal, which then ends.
async fn ended(app: &App, owner: UserId, first: &SentPitch, outcome: Outcome) {
    let again = sent_again(app, owner, first).await;
    let now = app.clock.now();
    let tx = app.db.begin().await.unwrap();
    opportunity::Entity::update_many()
        .col_expr(opportunity::Column::Outcome, Expr::value(outcome))
        .col_expr(opportunity::Column::ClosedOn, Expr::value(now.date_naive()))
        .filter(opportunity::Column::Id.eq(again.opportunity))
        .exec(&tx)
        .await
        .unwrap();
    let step = stage_change::ActiveModel {
        id: Set(StageChangeId::new(now)),
        opportunity_id: Set(again.opportunity),
        from_stage: Set(Some("evaluation".to_owned())),
        to_stage: Set(outcome.to_string()),
        changed_at: Set(now),
    };
    stage_change::Entity::insert(step)
        .exec_without_returning(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn indexed(app: &App, pitches: &[&SentPitch]) {
    let tx = app.db.begin().await.unwrap();
    for pitch in pitches {
        append_change(&tx, "asset", pitch.items[0].asset.0)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    app.index.wake();
}

fn hit(found: &Value, asset: AssetId) -> (usize, &Value) {
    let items = found["items"].as_array().unwrap();
    let id = json!(asset);
    let at = items.iter().position(|one| one["asset"]["id"] == id);
    let at = at.unwrap_or_else(|| panic!("{found}"));
    (at, &items[at])
}

#[actix_web::test]
async fn what_won_similar_deals_comes_before_its_equal_that_lost_them_and_says_so() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let app = &server.app;
    let loser = sent_pitch(app, rep.id, &[1]).await;
    let winner = sent_pitch(app, rep.id, &[1]).await;
    let here = sent_pitch(app, rep.id, &[1]).await;
    indexed(app, &[&loser, &winner, &here]).await;
    eventually(&rep, "/api/v1/search?q=deck", |found| {
        found["total_assets"] == 3
    })
    .await;
    let path = format!("/api/v1/search?q=deck&opportunity={}", here.opportunity);
    let place = |found: &Value, of: &SentPitch| hit(found, of.items[0].asset).0;

    for _ in 0..12 {
        ended(app, rep.id, &winner, Outcome::Won).await;
        ended(app, rep.id, &loser, Outcome::Lost).await;
    }
    app.recommender.sweep().await.unwrap();
    let found = rep.get(&path).await.ok();
    assert!(place(&found, &winner) < place(&found, &loser), "{found}");
    let (_, best) = hit(&found, winner.items[0].asset);
    let told = "Used in 12 of 12 similar deals that were won, 0 of 12 lost";
    assert_eq!(
        best["reasons"].as_array().unwrap().last(),
        Some(&json!(told))
    );
    assert_eq!(best["evidence"]["similar_won_used"], 12);
    assert_eq!(best["evidence"]["in_words"], told);
    let (_, worst) = hit(&found, loser.items[0].asset);
    assert_eq!(worst["evidence"]["similar_lost_used"], 12);

    let plain = rep.get("/api/v1/search?q=deck").await.ok();
    let (_, plain) = hit(&plain, winner.items[0].asset);
    assert_eq!(
        (&plain["evidence"], &plain["received"]),
        (&Value::Null, &Value::Null)
    );
}

#[actix_web::test]
async fn what_the_account_was_sent_is_marked_with_who_got_it_and_others_learn_nothing() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let stranger = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[2]).await;
    let other = sent_pitch(&server.app, rep.id, &[2]).await;
    indexed(&server.app, &[&sent, &other]).await;
    eventually(&rep, "/api/v1/search?q=deck", |found| {
        found["total_assets"] == 2
    })
    .await;
    let deal: OpportunityId = sent.opportunity;
    let found = rep
        .get(&format!("/api/v1/search?q=deck&opportunity={deal}"))
        .await
        .ok();
    let (_, known) = hit(&found, sent.items[0].asset);
    assert_eq!(known["received"]["people"][0]["name"], "Maria Lopez");
    assert_eq!(known["received"]["people"][0]["read_at"], Value::Null);
    assert!(known["received"]["sent_at"].is_string());
    let (_, new) = hit(&found, other.items[0].asset);
    assert_eq!(new["received"], Value::Null);

    let path = format!("/api/v1/opportunities/{deal}/received");
    let all = rep.get(&path).await.ok();
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
    let asset = sent.items[0].asset;
    let one = rep.get(&format!("{path}?asset={asset}")).await.ok();
    assert_eq!(one, all);
    let asset = other.items[0].asset;
    let none = rep.get(&format!("{path}?asset={asset}")).await.ok();
    assert_eq!(none["items"], json!([]));
    assert_eq!(stranger.get(&path).await.code(), "not_found");
}
