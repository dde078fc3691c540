//! Alerts: who hears of a signal, in bundles, outside of quiet hours, once, whatever stops and starts.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use lastmile::alerts::deliver_due;
use lastmile::clock::Clock;
use lastmile::entities::{
    DeliveryState, MailState, Role, SignalKind, VisitClass, alert_item, mail, notification,
    opportunity, opportunity_score, webhook_delivery,
};
use lastmile::ids::UserId;
use reqwest::Method;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde_json::{Value, json};

use crate::fixtures::{sent_again, sent_pitch};
use crate::signals::{monday, reads, reclassify, second_link};
use crate::support::{Person, PostOffice, Receiver, Reply, TestServer};
use crate::tab::{Tab, opened, viewed};

/// Signals are made and what is due goes out, as the background does it every second.
async fn turn(server: &TestServer) {
    server.app.signaler.sweep().await.unwrap();
    deliver_due(&server.app.db, &server.app.config, server.app.clock.now())
        .await
        .unwrap();
}

async fn mails(server: &TestServer) -> Vec<mail::Model> {
    mail::Entity::find()
        .filter(mail::Column::Purpose.eq("alert"))
        .order_by_asc(mail::Column::CreatedAt)
        .order_by_asc(mail::Column::Id)
        .all(server.app.db.read())
        .await
        .unwrap()
}

async fn put(person: &Person, path: &str, body: Value) -> Reply {
    let request = person.request(Method::PUT, path).json(&body);
    Reply::read(request.send().await.unwrap()).await
}

/// Everything by these ways.
fn all(channels: &[&str], quiet: Value) -> Value {
    let kinds = [
        "first_read",
        "new_person",
        "returned",
        "forwarded",
        "completed",
        "skipped_price",
        "asked",
        "shared",
        "downloaded",
        "sales_ready",
    ];
    let signals: Vec<Value> = kinds
        .iter()
        .map(|kind| json!({ "signal": kind, "channels": channels }))
        .collect();
    json!({ "signals": signals, "quiet_hours": quiet })
}

async fn bell(server: &TestServer, user: UserId) -> Vec<notification::Model> {
    notification::Entity::find()
        .filter(notification::Column::UserId.eq(user))
        .order_by_asc(notification::Column::Id)
        .all(server.app.db.read())
        .await
        .unwrap()
}

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
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |config| {
        config.webhook_private_addresses = true;
    })
    .await;
    let admin = server.person(Role::Admin).await;
    let rep = server.person(Role::Rep).await;
    let (slack, teams) = (Receiver::answering(&[]), Receiver::answering(&[]));
    for (receiver, format) in [(&slack, "slack"), (&teams, "teams")] {
        let new = json!({ "name": format, "url": receiver.url(), "format": format });
        admin.post("/api/v1/webhooks", &new).await.ok();
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
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |config| {
        config.webhook_private_addresses = true;
    })
    .await;
    let admin = server.person(Role::Admin).await;
    let rep = server.person(Role::Rep).await;
    let receiver = Receiver::answering(&[]);
    let new = json!({ "name": "CRM", "url": receiver.url(), "format": "standard" });
    admin.post("/api/v1/webhooks", &new).await.ok();
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

/// A rep whose name is `own`, who hears of everything by these ways.
async fn rep_hearing(server: &TestServer, channels: &[&str], quiet: Value) -> Person {
    let rep = server.person_named(Role::Rep, "own", None).await;
    put(&rep, "/api/v1/alert-settings", all(channels, quiet))
        .await
        .ok();
    rep
}

/// What is due goes out, whether or not anybody has looked at the signals since.
async fn deliver(server: &TestServer) {
    deliver_due(&server.app.db, &server.app.config, server.app.clock.now())
        .await
        .unwrap();
}

async fn waiting(server: &TestServer) -> u64 {
    alert_item::Entity::find()
        .filter(alert_item::Column::SettledAt.is_null())
        .count(server.app.db.read())
        .await
        .unwrap()
}

#[actix_web::test]
async fn what_waits_for_the_morning_does_not_go_out_when_it_was_a_machine() {
    // Half past nine in the evening in Berlin.
    let clock = Clock::manual("2026-11-02T20:30:00Z".parse().unwrap());
    let office = PostOffice::open(0).await;
    let server = TestServer::start_at(clock.clone(), |config| {
        config.smtp_url = Some(lastmile::config::Secret::new(office.url()));
        config.mail_from = Some("Lastmile <lastmile@vendor.example>".to_owned());
    })
    .await;
    let quiet = json!({ "from": "20:00", "until": "07:30", "weekends": true });
    let rep = rep_hearing(&server, &["mail"], quiet).await;
    let scanned = sent_pitch(&server.app, rep.id, &[2]).await;
    let read = sent_again(&server.app, rep.id, &scanned).await;
    let scan = reads(&server, &scanned, &[1, 2]).await;
    let again = reads(&server, &read, &[1, 2]).await;
    turn(&server).await;
    assert_eq!(waiting(&server).await, 4);
    let morning: DateTime<Utc> = "2026-11-03T06:30:00Z".parse().unwrap();
    clock.set(morning);
    reclassify(&server, rep.id, scan, VisitClass::Machine).await;
    reclassify(&server, rep.id, again, VisitClass::Machine).await;
    // Nobody has looked at the signals yet, and nothing goes out all the same.
    deliver(&server).await;
    assert!(mails(&server).await.is_empty());
    turn(&server).await;
    assert!(mails(&server).await.is_empty());
    assert_eq!(waiting(&server).await, 0);
    assert!(
        bell(&server, rep.id).await.is_empty(),
        "nobody was told anything"
    );

    // One of them was somebody after all: what was never told is told now, and once.
    reclassify(&server, rep.id, again, VisitClass::Human).await;
    turn(&server).await;
    clock.advance(TimeDelta::minutes(2));
    turn(&server).await;
    turn(&server).await;
    let sent = mails(&server).await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert_eq!(sent[0].subject, "Acme rollout: 2 signals");
    let place = format!("/opportunities/{}", read.opportunity);
    assert!(sent[0].text.contains(&place), "{}", sent[0].text);
    // Once it is out, it is not told again, whatever is said of it.
    for _ in 0..400 {
        if mails(&server).await[0].state == MailState::Sent {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    reclassify(&server, rep.id, again, VisitClass::Machine).await;
    turn(&server).await;
    let taken_back = bell(&server, rep.id).await;
    assert_eq!(taken_back.len(), 2, "{taken_back:?}");
    reclassify(&server, rep.id, again, VisitClass::Human).await;
    turn(&server).await;
    clock.advance(TimeDelta::hours(2));
    turn(&server).await;
    assert_eq!(mails(&server).await.len(), 1);
    assert_eq!(office.delivered(1).await.len(), 1);
}

#[actix_web::test]
async fn a_mail_that_waits_for_its_server_is_written_anew_without_the_machine() {
    let clock = Clock::manual(monday());
    // Without a mail server every mail is held.
    let server = TestServer::start_at(clock.clone(), |_| {}).await;
    let rep = rep_hearing(&server, &["mail"], Value::Null).await;
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    let ben = second_link(&server.app, &sent, None, "Ben Okri", "ben@acme.example").await;
    let maria = reads(&server, &sent, &[1]).await;
    let scan = reads(&server, &ben, &[1]).await;
    turn(&server).await;
    clock.advance(TimeDelta::seconds(61));
    turn(&server).await;
    let held = mails(&server).await;
    assert_eq!(held.len(), 1);
    assert!(held[0].text.contains("Ben Okri reads"), "{}", held[0].text);

    reclassify(&server, rep.id, scan, VisitClass::Machine).await;
    let anew = mails(&server).await;
    assert_eq!((anew.len(), anew[0].id), (1, held[0].id));
    assert!(!anew[0].text.contains("Ben"), "{}", anew[0].text);
    assert!(!anew[0].html.contains("Ben"), "{}", anew[0].html);
    assert!(
        anew[0].subject.starts_with("Maria Lopez reads"),
        "{}",
        anew[0].subject
    );

    reclassify(&server, rep.id, maria, VisitClass::Machine).await;
    assert!(mails(&server).await.is_empty(), "nothing is left to say");
    turn(&server).await;
    assert_eq!(waiting(&server).await, 0);

    // Taken back at once, it goes out with what is still so, and without waiting for an hour.
    reclassify(&server, rep.id, maria, VisitClass::Human).await;
    turn(&server).await;
    clock.advance(TimeDelta::seconds(61));
    turn(&server).await;
    let sent = mails(&server).await;
    assert_eq!(sent.len(), 1);
    assert!(
        sent[0].subject.starts_with("Maria Lopez reads"),
        "{}",
        sent[0].subject
    );
}

#[actix_web::test]
async fn a_chat_message_that_did_not_arrive_is_not_tried_again_for_a_machine() {
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |config| {
        config.webhook_private_addresses = true;
    })
    .await;
    let admin = server.person(Role::Admin).await;
    let rep = rep_hearing(&server, &["chat"], Value::Null).await;
    let (down, up) = (Receiver::answering(&[500]), Receiver::answering(&[]));
    for (receiver, format) in [(&down, "slack"), (&up, "teams")] {
        let new = json!({ "name": format, "url": receiver.url(), "format": format });
        admin.post("/api/v1/webhooks", &new).await.ok();
    }
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    let ben = second_link(&server.app, &sent, None, "Ben Okri", "ben@acme.example").await;
    reads(&server, &sent, &[1]).await;
    let scan = reads(&server, &ben, &[1]).await;
    turn(&server).await;
    clock.advance(TimeDelta::seconds(61));
    turn(&server).await;
    assert!(down.taken(1).await[0].body.contains("Ben Okri reads"));
    assert!(up.taken(1).await[0].body.contains("Ben Okri reads"));
    tried(&server, 1).await;

    // The next try to the channel that was down leaves out what was none.
    reclassify(&server, rep.id, scan, VisitClass::Machine).await;
    clock.advance(TimeDelta::seconds(10));
    let second = down.taken(2).await.remove(1).body;
    assert!(
        !second.contains("Ben") && second.contains("Maria Lopez"),
        "{second}"
    );
    assert_eq!(up.so_far().len(), 1);
}

/// Waits until one message was tried this often, and waits for the next try.
async fn tried(server: &TestServer, tries: i32) {
    for _ in 0..400 {
        let rows = webhook_delivery::Entity::find()
            .filter(webhook_delivery::Column::State.eq(DeliveryState::Pending))
            .all(server.app.db.read())
            .await
            .unwrap();
        if rows.iter().any(|row| row.tries == tries) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("nothing waits after {tries} tries");
}

#[actix_web::test]
async fn programs_that_were_told_can_follow_what_a_visit_turns_into() {
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |config| {
        config.webhook_private_addresses = true;
    })
    .await;
    let admin = server.person(Role::Admin).await;
    let rep = server.person_named(Role::Rep, "own", None).await;
    let receiver = Receiver::answering(&[]);
    let new = json!({ "name": "CRM", "url": receiver.url(), "format": "standard" });
    admin.post("/api/v1/webhooks", &new).await.ok();
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    let visit = reads(&server, &sent, &[1]).await;
    turn(&server).await;
    let created = receiver.taken(1).await.remove(0).json();
    let signal = created["data"]["id"].clone();

    reclassify(&server, rep.id, visit, VisitClass::Machine).await;
    turn(&server).await;
    let told = receiver.taken(3).await;
    assert!(told.iter().all(|one| !one.signatures.is_empty()));
    let data = |kind: &str| {
        let of_kind = |one: &crate::support::Taken| one.json()["type"] == kind;
        let found: Vec<_> = receiver.so_far().into_iter().filter(of_kind).collect();
        found
            .iter()
            .map(|one| one.json()["data"].clone())
            .collect::<Vec<_>>()
    };
    let turned = data("visit.reclassified").remove(0);
    assert_eq!(turned["visit_id"], json!(visit));
    assert_eq!(
        (
            &turned["class_before"],
            &turned["class"],
            &turned["by_hand"]
        ),
        (&json!("human"), &json!("machine"), &json!(true))
    );
    assert_eq!(turned["signal_ids"], json!([signal]));
    assert_eq!(data("signal.withdrawn")[0]["id"], signal);

    reclassify(&server, rep.id, visit, VisitClass::Human).await;
    turn(&server).await;
    turn(&server).await;
    receiver.taken(5).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(receiver.so_far().len(), 5);
    assert_eq!(data("visit.reclassified").len(), 2);
    assert_eq!(data("signal.restored")[0]["id"], signal);
    assert_eq!(data("signal.created").len(), 1, "it is told once");

    // It stands in the log like every other message.
    let hooks = admin.get("/api/v1/webhooks").await.ok();
    let path = format!(
        "/api/v1/webhooks/{}/deliveries?state=delivered",
        hooks["items"][0]["id"].as_str().unwrap()
    );
    let log = admin.get(&path).await.ok();
    assert_eq!(log["items"].as_array().unwrap().len(), 5);
}

#[actix_web::test]
async fn a_program_that_was_down_never_hears_of_a_machine_and_hears_of_a_person_once() {
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |config| {
        config.webhook_private_addresses = true;
    })
    .await;
    let admin = server.person(Role::Admin).await;
    let rep = server.person_named(Role::Rep, "own", None).await;
    let receiver = Receiver::answering(&[503]);
    let new = json!({ "name": "CRM", "url": receiver.url(), "format": "standard" });
    admin.post("/api/v1/webhooks", &new).await.ok();
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    let visit = reads(&server, &sent, &[1]).await;
    turn(&server).await;
    let refused = receiver.taken(1).await.remove(0);
    tried(&server, 1).await;
    reclassify(&server, rep.id, visit, VisitClass::Machine).await;
    turn(&server).await;
    clock.advance(TimeDelta::hours(1));
    turn(&server).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(receiver.so_far().len(), 1, "{:?}", receiver.so_far());

    reclassify(&server, rep.id, visit, VisitClass::Human).await;
    turn(&server).await;
    let told = receiver.taken(2).await.remove(1);
    assert_eq!(told.json()["type"], "signal.created");
    assert_eq!(told.id, refused.id, "under the id that it had");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(receiver.so_far().len(), 2);
}

#[actix_web::test]
async fn a_deal_that_a_scanner_made_ready_was_not_ready() {
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |config| config.scores.ready = 5.0).await;
    let rep = rep_hearing(&server, &["mail"], Value::Null).await;
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    reads(&server, &sent, &[1, 2, 3]).await;
    clock.advance(TimeDelta::hours(2));
    let scan = reads(&server, &sent, &[1, 2, 3]).await;
    turn(&server).await;
    let ready = || async {
        let all = crate::signals::signals(&server.app).await;
        let ready: Vec<bool> = all
            .iter()
            .filter(|row| row.kind == SignalKind::SalesReady)
            .map(|row| row.withdrawn_at.is_none())
            .collect();
        ready
    };
    assert_eq!(ready().await, [true]);
    reclassify(&server, rep.id, scan, VisitClass::Machine).await;
    clock.advance(TimeDelta::seconds(61));
    turn(&server).await;
    assert_eq!(ready().await, [false]);
    let sent = mails(&server).await;
    assert_eq!(sent.len(), 1, "of the first read");
    assert!(!sent[0].text.contains("sales-ready"), "{}", sent[0].text);
    reclassify(&server, rep.id, scan, VisitClass::Human).await;
    turn(&server).await;
    clock.advance(TimeDelta::hours(1));
    turn(&server).await;
    turn(&server).await;
    assert_eq!(ready().await, [true], "the same, and no other");
    let sent = mails(&server).await;
    assert_eq!(sent.len(), 2);
    assert!(sent[1].text.contains("sales-ready"), "{}", sent[1].text);
}

#[actix_web::test]
async fn what_a_reader_has_erased_goes_out_of_signals_messages_and_logs() {
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |config| {
        config.webhook_private_addresses = true;
    })
    .await;
    let admin = server.person(Role::Admin).await;
    let rep = rep_hearing(&server, &["app", "mail"], Value::Null).await;
    let receiver = Receiver::answering(&[]);
    let new = json!({ "name": "CRM", "url": receiver.url(), "format": "standard" });
    admin.post("/api/v1/webhooks", &new).await.ok();
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    let tab = Tab::open(&server.app, &server.base, &sent, 60).in_browser("maria");
    tab.report(&[opened(5), viewed(&sent.items[0], 1, 8_000)])
        .await
        .ok();
    turn(&server).await;
    clock.advance(TimeDelta::seconds(61));
    turn(&server).await;
    assert_eq!(mails(&server).await.len(), 1);
    let created = receiver.taken(1).await.remove(0).json();

    let erase = format!("{}/p/{}/privacy/erase", server.base, sent.token);
    let reply = reqwest::Client::new()
        .post(erase)
        .header("cookie", "lastmile_browser=maria")
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 200);
    assert!(crate::signals::signals(&server.app).await.is_empty());
    assert!(mails(&server).await.is_empty());
    assert!(bell(&server, rep.id).await.is_empty());
    let erased = receiver.taken(2).await.remove(1).json();
    assert_eq!(erased["type"], "visit.erased");
    assert_eq!(erased["data"]["visit_id"], created["data"]["visit_id"]);
    assert_eq!(erased["data"]["signal_ids"], json!([created["data"]["id"]]));
    let log = webhook_delivery::Entity::find()
        .all(server.app.db.read())
        .await
        .unwrap();
    assert!(log.iter().all(|row| !row.body.contains("Maria")), "{log:?}");

    turn(&server).await;
    let score = format!("/api/v1/opportunities/{}/score", sent.opportunity);
    let rep = Person::sign_in(&server.base, "own@example.com", rep.id).await;
    assert_eq!(rep.get(&score).await.ok()["value"], 0.0);
    let scores = opportunity_score::Entity::find()
        .all(server.app.db.read())
        .await
        .unwrap();
    assert!(scores.iter().all(|row| row.readers == 0), "{scores:?}");
    turn(&server).await;
    assert_eq!(receiver.so_far().len(), 2);
}

#[actix_web::test]
async fn a_channel_hears_of_a_signal_once_though_two_are_in_charge() {
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |config| {
        config.webhook_private_addresses = true;
    })
    .await;
    let admin = server.person(Role::Admin).await;
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
    let new = json!({ "name": "slack", "url": slack.url(), "format": "slack" });
    admin.post("/api/v1/webhooks", &new).await.ok();
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
