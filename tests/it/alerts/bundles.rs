//! What goes out: bundles, their time, and whom they reach.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use lastmile::alerts::deliver_due;
use lastmile::clock::Clock;
use lastmile::entities::{Role, alert_item, opportunity};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use super::{all, bell, hears, mails, put, rep_hearing, server_with_webhooks, turn};
use crate::fixtures::{sent_again, sent_pitch};
use crate::signals::{monday, reads};
use crate::support::{PostOffice, Receiver, TestServer};

#[actix_web::test]
async fn signals_of_a_deal_are_one_mail_and_at_most_one_an_hour() {
    let clock = Clock::manual(monday());
    let office = PostOffice::open(0).await;
    let server = TestServer::start_at(clock.clone(), |config| {
        config.smtp_url = Some(lastmile::config::Secret::new(office.url()));
        config.mail_from = Some("Lastmile <lastmile@vendor.example>".to_owned());
    })
    .await;
    let rep = server.person(Role::Rep).await;
    put(&rep, "/api/v1/alert-settings", all(&["mail"], Value::Null))
        .await
        .ok();
    let sent = sent_pitch(&server.app, rep.id, &[2]).await;
    reads(&server, &sent, &[1, 2]).await;
    turn(&server).await;
    assert!(
        mails(&server).await.is_empty(),
        "the first waits for others"
    );
    clock.advance(TimeDelta::seconds(61));
    turn(&server).await;
    turn(&server).await;
    let first = mails(&server).await;
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].subject, "Acme rollout: 2 signals");
    assert!(
        first[0]
            .text
            .contains("read \"For your evaluation\" to the end"),
        "{}",
        first[0].text
    );
    assert!(
        first[0].text.contains("/settings/alerts"),
        "{}",
        first[0].text
    );
    assert!(office.delivered(1).await[0].recipients[0].contains("example.com"));

    clock.advance(TimeDelta::days(3));
    reads(&server, &sent, &[1]).await;
    turn(&server).await;
    clock.advance(TimeDelta::minutes(2));
    turn(&server).await;
    assert_eq!(mails(&server).await.len(), 2);
    // Two more signals within the hour wait for its end, and then are one mail.
    clock.advance(TimeDelta::minutes(5));
    let child = lastmile::ids::LinkId::new(clock.now());
    for _ in 0..2 {
        let visit = reads(&server, &sent, &[1, 2]).await;
        server
            .app
            .ingest
            .record(lastmile::engagement::ServerAct {
                visit,
                link: sent.link,
                seen: &lastmile::engagement::Seen::default(),
                act: lastmile::engagement::Act::Shared(child),
            })
            .await
            .unwrap();
    }
    turn(&server).await;
    clock.advance(TimeDelta::minutes(30));
    turn(&server).await;
    assert_eq!(mails(&server).await.len(), 2);
    clock.advance(TimeDelta::minutes(30));
    turn(&server).await;
    turn(&server).await;
    assert_eq!(mails(&server).await.len(), 3);
}

#[actix_web::test]
async fn quiet_hours_hold_everything_and_end_with_one_mail() {
    // Half past nine in the evening in Berlin.
    let clock = Clock::manual("2026-11-02T20:30:00Z".parse().unwrap());
    let server = TestServer::start_at(clock.clone(), |_| {}).await;
    let rep = server.person(Role::Rep).await;
    let quiet = json!({ "from": "20:00", "until": "07:30", "weekends": true });
    put(&rep, "/api/v1/alert-settings", all(&["app", "mail"], quiet))
        .await
        .ok();
    let sent = sent_pitch(&server.app, rep.id, &[2]).await;
    let other = sent_again(&server.app, rep.id, &sent).await;
    reads(&server, &sent, &[1, 2]).await;
    clock.advance(TimeDelta::minutes(20));
    turn(&server).await;
    reads(&server, &other, &[1]).await;
    turn(&server).await;
    assert!(
        !bell(&server, rep.id).await.is_empty(),
        "the bell keeps it at once"
    );
    let end: DateTime<Utc> = "2026-11-03T06:30:00Z".parse().unwrap();
    clock.set(end - TimeDelta::minutes(1));
    turn(&server).await;
    assert!(mails(&server).await.is_empty());
    clock.set(end);
    turn(&server).await;
    turn(&server).await;
    let sent = mails(&server).await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!(sent[0].subject, "3 signals in 2 deals");
}

#[actix_web::test]
async fn two_nodes_write_one_mail() {
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |_| {}).await;
    let rep = server.person(Role::Rep).await;
    put(&rep, "/api/v1/alert-settings", all(&["mail"], Value::Null))
        .await
        .ok();
    let sent = sent_pitch(&server.app, rep.id, &[2]).await;
    reads(&server, &sent, &[1, 2]).await;
    let other = lastmile::signals::Signaler::new(
        &server.app.config,
        server.app.db.clone(),
        server.app.clock.clone(),
    );
    let (one, two) = tokio::join!(server.app.signaler.sweep(), other.sweep());
    one.unwrap();
    two.unwrap();
    let items = alert_item::Entity::find()
        .count(server.app.db.read())
        .await
        .unwrap();
    assert_eq!(items, 2);
    clock.advance(TimeDelta::seconds(61));
    let now = clock.now();
    let deliver = || deliver_due(&server.app.db, &server.app.config, now);
    let (a, b, c) = tokio::join!(deliver(), deliver(), deliver());
    for sent in [a, b, c] {
        sent.unwrap();
    }
    assert_eq!(mails(&server).await.len(), 1);
}

#[actix_web::test]
async fn who_mutes_a_deal_is_left_in_peace_and_who_watches_it_hears() {
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |_| {}).await;
    let rep = server.person_named(Role::Rep, "own", Some("North")).await;
    let manager = server
        .person_named(Role::Manager, "boss", Some("North"))
        .await;
    let stranger = server.person_named(Role::Rep, "other", Some("South")).await;
    let sent = sent_pitch(&server.app, rep.id, &[2]).await;
    let path = format!("/api/v1/opportunities/{}/watch", sent.opportunity);
    put(&rep, &path, json!({ "mode": "mute" })).await.ok();
    put(&manager, &path, json!({ "mode": "watch" })).await.ok();
    assert_eq!(
        put(&stranger, &path, json!({ "mode": "watch" }))
            .await
            .code(),
        "not_found"
    );
    assert_eq!(manager.get(&path).await.ok()["mode"], "watch");
    reads(&server, &sent, &[1, 2]).await;
    turn(&server).await;
    clock.advance(TimeDelta::seconds(61));
    turn(&server).await;
    let to: Vec<String> = mails(&server)
        .await
        .into_iter()
        .map(|mail| mail.to_address)
        .collect();
    assert_eq!(to, ["boss@example.com"]);
    let boss = bell(&server, manager.id).await;
    assert_eq!(boss.len(), 1, "{boss:?}");
}

#[actix_web::test]
async fn the_teams_settings_hold_for_who_has_chosen_nothing() {
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |_| {}).await;
    let rep = server.person_named(Role::Rep, "own", Some("North")).await;
    let manager = server
        .person_named(Role::Manager, "boss", Some("North"))
        .await;
    let team = manager.get("/api/v1/me").await.ok()["team"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        rep.get("/api/v1/alert-settings").await.ok()["source"],
        "default"
    );
    let path = format!("/api/v1/teams/{team}/alert-settings");
    let quiet = json!({ "from": "18:00", "until": "08:00" });
    assert_eq!(
        put(&rep, &path, all(&["app"], Value::Null)).await.code(),
        "forbidden"
    );
    put(&manager, &path, all(&["app"], quiet)).await.ok();
    let of_rep = rep.get("/api/v1/alert-settings").await.ok();
    assert_eq!(
        (&of_rep["source"], &of_rep["quiet_hours"]["from"]),
        (&json!("team"), &json!("18:00"))
    );
    assert_eq!(of_rep["time_zone"], "Europe/Berlin");
    let own = put(&rep, "/api/v1/alert-settings", all(&["mail"], Value::Null))
        .await
        .ok();
    assert_eq!(
        (&own["source"], &own["quiet_hours"]),
        (&json!("own"), &Value::Null)
    );
    assert_eq!(
        rep.delete("/api/v1/alert-settings").await.ok()["source"],
        "team"
    );
    let wrong = json!({ "signals": [], "quiet_hours": { "from": "25:00", "until": "07:00" } });
    assert!(
        put(&rep, "/api/v1/alert-settings", wrong)
            .await
            .status
            .is_client_error()
    );

    let south = server
        .person_named(Role::Manager, "south", Some("South"))
        .await;
    assert_eq!(south.get(&path).await.code(), "not_found");
}

#[actix_web::test]
async fn a_chat_channel_gets_a_bundle_in_its_own_form() {
    let (clock, server, admin) = server_with_webhooks().await;
    let rep = server.person(Role::Rep).await;
    let (slack, teams) = (Receiver::answering(&[]), Receiver::answering(&[]));
    for (receiver, format) in [(&slack, "slack"), (&teams, "teams")] {
        hears(&admin, receiver, format).await;
    }
    put(&rep, "/api/v1/alert-settings", all(&["chat"], Value::Null))
        .await
        .ok();
    let sent = sent_pitch(&server.app, rep.id, &[2]).await;
    reads(&server, &sent, &[1, 2]).await;
    turn(&server).await;
    clock.advance(TimeDelta::seconds(61));
    turn(&server).await;
    let message = slack.taken(1).await.remove(0);
    assert!(message.signatures.is_empty());
    let message = message.json();
    assert_eq!(message["blocks"][0]["type"], "section");
    assert!(
        message["text"].as_str().unwrap().contains("Acme rollout"),
        "{message}"
    );
    assert!(
        message
            .to_string()
            .contains(&format!("/opportunities/{}", sent.opportunity)),
        "{message}"
    );
    let card = teams.taken(1).await.remove(0).json();
    assert_eq!(card["type"], "message");
    assert_eq!(card["attachments"][0]["content"]["type"], "AdaptiveCard");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!((slack.so_far().len(), teams.so_far().len()), (1, 1));
}

#[actix_web::test]
async fn a_signal_goes_to_webhooks_at_once_and_again_when_it_is_taken_back() {
    let (_, server, admin) = server_with_webhooks().await;
    let rep = server.person(Role::Rep).await;
    let receiver = Receiver::answering(&[]);
    hears(&admin, &receiver, "standard").await;
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    reads(&server, &sent, &[1]).await;
    turn(&server).await;
    let told = receiver.taken(1).await.remove(0).json();
    assert_eq!(told["type"], "signal.created");
    assert_eq!(told["data"]["kind"], "first_read");
    assert_eq!(told["data"]["opportunity_id"], json!(sent.opportunity));
    assert!(
        told["data"]["next_step"].as_str().unwrap().contains("Call"),
        "{told}"
    );
    turn(&server).await;
    assert_eq!(receiver.so_far().len(), 1);
}

#[actix_web::test]
async fn a_channel_hears_of_a_signal_once_though_two_are_in_charge() {
    let (clock, server, admin) = server_with_webhooks().await;
    let rep = rep_hearing(&server, &["chat"], Value::Null).await;
    let other = server.person(Role::Rep).await;
    put(
        &other,
        "/api/v1/alert-settings",
        all(&["chat"], Value::Null),
    )
    .await
    .ok();
    let slack = Receiver::answering(&[]);
    hears(&admin, &slack, "slack").await;
    let sent = sent_pitch(&server.app, rep.id, &[2]).await;
    let tx = server.app.db.begin().await.unwrap();
    opportunity::Entity::update_many()
        .col_expr(opportunity::Column::OwnerId, Expr::value(other.id))
        .filter(opportunity::Column::Id.eq(sent.opportunity))
        .exec(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    reads(&server, &sent, &[1, 2]).await;
    turn(&server).await;
    clock.advance(TimeDelta::seconds(61));
    turn(&server).await;
    slack.taken(1).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    turn(&server).await;
    assert_eq!(slack.so_far().len(), 1, "{:?}", slack.so_far());
}
