//! What was told, or waits to be, of a visit that turns out to be another than it seemed.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use lastmile::clock::Clock;
use lastmile::entities::{
    DeliveryState, MailState, Role, SignalKind, VisitClass, opportunity_score, webhook_delivery,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use super::{bell, deliver, hears, mails, rep_hearing, server_with_webhooks, turn, waiting};
use crate::fixtures::{sent_again, sent_pitch};
use crate::signals::{monday, reads, reclassify, second_link};
use crate::support::{Person, PostOffice, Receiver, TestServer};
use crate::tab::{Tab, opened, viewed};

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
    let (clock, server, admin) = server_with_webhooks().await;
    let rep = rep_hearing(&server, &["chat"], Value::Null).await;
    let (down, up) = (Receiver::answering(&[500]), Receiver::answering(&[]));
    for (receiver, format) in [(&down, "slack"), (&up, "teams")] {
        hears(&admin, receiver, format).await;
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
    let (_, server, admin) = server_with_webhooks().await;
    let rep = server.person_named(Role::Rep, "own", None).await;
    let receiver = Receiver::answering(&[]);
    hears(&admin, &receiver, "standard").await;
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
    let (clock, server, admin) = server_with_webhooks().await;
    let rep = server.person_named(Role::Rep, "own", None).await;
    let receiver = Receiver::answering(&[503]);
    hears(&admin, &receiver, "standard").await;
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
    let (clock, server, admin) = server_with_webhooks().await;
    let rep = rep_hearing(&server, &["app", "mail"], Value::Null).await;
    let receiver = Receiver::answering(&[]);
    hears(&admin, &receiver, "standard").await;
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
