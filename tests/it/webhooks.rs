//! Webhooks: signed so that a stranger can verify them, tried again, given up, replayed, and kept out of the house.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use lastmile::clock::Clock;
use lastmile::entities::{DeliveryState, Role, notification, webhook, webhook_delivery};
use lastmile::webhooks::{Event, publish, sign};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use crate::support::{Person, Receiver, TestServer};

fn start() -> DateTime<Utc> {
    "2026-11-02T10:00:00Z".parse().unwrap()
}

async fn server(clock: &Clock) -> TestServer {
    TestServer::start_at(clock.clone(), |config| {
        config.webhook_private_addresses = true;
    })
    .await
}

async fn hook(admin: &Person, url: &str, format: &str) -> Value {
    let new = json!({ "name": "CRM", "url": url, "format": format });
    admin.post("/api/v1/webhooks", &new).await.ok()
}

async fn tell(server: &TestServer, kind: &'static str) {
    let tx = server.app.db.begin().await.unwrap();
    let event = Event {
        kind,
        team: None,
        about: None,
        follows: None,
        data: json!({ "n": 1 }),
    };
    publish(&tx, server.app.clock.now(), &[event])
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// What the log says of the only message, once it stands so.
async fn until(server: &TestServer, state: DeliveryState, tries: i32) -> webhook_delivery::Model {
    for _ in 0..400 {
        let rows = webhook_delivery::Entity::find()
            .all(server.app.db.read())
            .await
            .unwrap();
        if let [row] = rows.as_slice()
            && (row.state, row.tries) == (state, tries)
        {
            return row.clone();
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let rows = webhook_delivery::Entity::find()
        .all(server.app.db.read())
        .await
        .unwrap();
    panic!("never {state} after {tries}: {rows:?}");
}

#[actix_web::test]
async fn a_message_is_signed_as_standard_webhooks_say_and_a_rotation_signs_with_both() {
    let clock = Clock::manual(start());
    let server = server(&clock).await;
    let admin = server.person(Role::Admin).await;
    let receiver = Receiver::answering(&[]);
    let made = hook(&admin, receiver.url(), "standard").await;
    tell(&server, "signal.created").await;
    let first = receiver.taken(1).await.remove(0);

    let secret = |view: &Value| {
        let text = view["secret"].as_str().unwrap().to_owned();
        STANDARD
            .decode(text.strip_prefix("whsec_").unwrap())
            .unwrap()
    };
    let old = secret(&made);
    assert!(first.id.starts_with("msg_"), "{first:?}");
    assert_eq!(first.timestamp, start().timestamp());
    let expected = sign(&old, &first.id, first.timestamp, &first.body);
    assert_eq!(first.signatures, [expected]);
    assert_eq!(first.json()["type"], "signal.created");
    assert_eq!(first.json()["data"], json!({ "n": 1 }));
    assert_eq!(first.json()["timestamp"], "2026-11-02T10:00:00.000Z");

    let path = format!("/api/v1/webhooks/{}/rotate", made["id"].as_str().unwrap());
    let rotated = admin.post(&path, &json!({})).await.ok();
    let new = secret(&rotated);
    assert_ne!(old, new);
    tell(&server, "signal.created").await;
    let second = receiver.taken(2).await.remove(1);
    let by = |secret: &[u8]| sign(secret, &second.id, second.timestamp, &second.body);
    assert_eq!(second.signatures, [by(&new), by(&old)]);

    clock.advance(TimeDelta::hours(25));
    tell(&server, "score.cooled").await;
    let third = receiver.taken(3).await.remove(2);
    assert_eq!(
        third.signatures,
        [sign(&new, &third.id, third.timestamp, &third.body)]
    );
}

#[actix_web::test]
async fn a_failing_receiver_is_tried_again_under_the_same_id_and_given_up_after_ten_tries() {
    let clock = Clock::manual(start());
    let server = server(&clock).await;
    let admin = server.person(Role::Admin).await;
    let receiver = Receiver::answering(&[500, 302, 404, 500, 500, 500, 500, 500, 500, 503]);
    let made = hook(&admin, receiver.url(), "standard").await;
    tell(&server, "signal.created").await;
    for tried in 1..10 {
        let row = until(&server, DeliveryState::Pending, tried).await;
        let next = row.next_try_at.unwrap();
        assert!(next > clock.now(), "{row:?}");
        clock.set(next);
    }
    let row = until(&server, DeliveryState::Failed, 10).await;
    let days = (clock.now() - start()).num_hours();
    assert!((66..86).contains(&days), "{days} hours");
    let taken = receiver.so_far();
    assert!(taken.iter().all(|one| one.id == taken[0].id), "{taken:?}");

    // Days later somebody mends the receiver and sends it again.
    let admin = server.person(Role::Admin).await;
    let path = format!("/api/v1/webhook-deliveries/{}", row.id);
    let log = admin.get(&path).await.ok();
    assert_eq!(log["attempts"].as_array().unwrap().len(), 10);
    assert_eq!(log["attempts"][9]["status"], 500);
    assert_eq!(log["attempts"][8]["status"], 302);
    assert_eq!(
        admin
            .post(&format!("{path}/replay"), &json!({}))
            .await
            .status,
        202
    );
    until(&server, DeliveryState::Delivered, 1).await;
    assert_eq!(receiver.so_far().last().unwrap().id, taken[0].id);
    let path = format!(
        "/api/v1/webhooks/{}/deliveries?state=delivered",
        made["id"].as_str().unwrap()
    );
    let listed = admin.get(&path).await.ok();
    assert_eq!(listed["items"][0]["round"], 2);
}

#[actix_web::test]
async fn a_receiver_that_is_gone_is_switched_off_and_administrators_are_told() {
    let clock = Clock::manual(start());
    let server = server(&clock).await;
    let admin = server.person(Role::Admin).await;
    let receiver = Receiver::answering(&[410]);
    let made = hook(&admin, receiver.url(), "standard").await;
    tell(&server, "signal.created").await;
    until(&server, DeliveryState::Failed, 1).await;
    let path = format!("/api/v1/webhooks/{}", made["id"].as_str().unwrap());
    let now = admin.get(&path).await.ok();
    assert!(
        now["disabled_reason"].as_str().unwrap().contains("410"),
        "{now}"
    );
    assert_eq!(
        admin.post(&format!("{path}/ping"), &json!({})).await.code(),
        "conflict"
    );
    let told = notification::Entity::find()
        .filter(notification::Column::UserId.eq(admin.id))
        .all(server.app.db.read())
        .await
        .unwrap();
    assert_eq!(told.len(), 1);
    tell(&server, "signal.created").await;
    assert_eq!(receiver.so_far().len(), 1);

    let revision = now["revision"].as_i64().unwrap();
    let on = json!({ "enabled": true });
    let on = admin
        .edit(reqwest::Method::PATCH, &path, revision, &on)
        .await
        .ok();
    assert_eq!(on["disabled_at"], Value::Null);
    assert_eq!(
        admin.post(&format!("{path}/ping"), &json!({})).await.status,
        202
    );
    assert_eq!(receiver.taken(2).await[1].json()["type"], "ping");
}

#[actix_web::test]
async fn a_slow_receiver_keeps_nobody_waiting() {
    let clock = Clock::manual(start());
    let server = server(&clock).await;
    let admin = server.person(Role::Admin).await;
    let slow = Receiver::slow(&[], Duration::from_secs(8));
    let quick = Receiver::answering(&[]);
    hook(&admin, slow.url(), "standard").await;
    hook(&admin, quick.url(), "standard").await;
    let begun = std::time::Instant::now();
    tell(&server, "signal.created").await;
    tell(&server, "signal.created").await;
    quick.taken(2).await;
    assert!(
        begun.elapsed() < Duration::from_secs(7),
        "{:?}",
        begun.elapsed()
    );
}

#[actix_web::test]
async fn nothing_inside_the_house_is_connected_to() {
    let server = TestServer::start().await;
    let admin = server.person(Role::Admin).await;
    let receiver = Receiver::answering(&[]);
    for url in [
        receiver.url(),
        "http://localhost:1/",
        "http://[::1]/",
        "http://169.254.169.254/latest",
    ] {
        let new = json!({ "name": "Inside", "url": url, "format": "standard" });
        let reply = admin.post("/api/v1/webhooks", &new).await;
        if reply.status == 422 {
            continue;
        }
        // A name is judged when it is connected to.
        let made = reply.ok();
        let path = format!("/api/v1/webhooks/{}/ping", made["id"].as_str().unwrap());
        admin.post(&path, &json!({})).await.ok();
        let row = until(&server, DeliveryState::Pending, 1).await;
        let log = admin
            .get(&format!("/api/v1/webhook-deliveries/{}", row.id))
            .await
            .ok();
        let failure = log["attempts"][0]["failure"].as_str().unwrap();
        assert!(failure.contains("private network"), "{failure}");
    }
    assert!(receiver.so_far().is_empty());
}

#[actix_web::test]
async fn a_webhook_hears_what_it_asked_for_and_its_secret_is_not_in_the_database() {
    let clock = Clock::manual(start());
    let server = server(&clock).await;
    let admin = server.person(Role::Admin).await;
    let receiver = Receiver::answering(&[]);
    let new = json!({
        "name": "Only ready deals", "url": receiver.url(), "format": "standard", "event_types": ["score.sales_ready"],
    });
    let made = admin.post("/api/v1/webhooks", &new).await.ok();
    tell(&server, "signal.created").await;
    tell(&server, "score.sales_ready").await;
    receiver.taken(1).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let taken = receiver.so_far();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].json()["type"], "score.sales_ready");
    let row = webhook::Entity::find()
        .one(server.app.db.read())
        .await
        .unwrap()
        .unwrap();
    let secret = made["secret"].as_str().unwrap();
    assert!(!format!("{row:?}").contains(secret));

    let wrong = json!({ "name": "", "url": "nowhere", "format": "standard", "event_types": [] });
    assert_eq!(
        admin.post("/api/v1/webhooks", &wrong).await.code(),
        "invalid"
    );
    let unknown = json!({ "name": "X", "url": receiver.url(), "format": "standard", "event_types": ["nothing"] });
    assert_eq!(
        admin.post("/api/v1/webhooks", &unknown).await.code(),
        "invalid"
    );
    for role in [Role::Rep, Role::Marketer, Role::Manager] {
        let other = server.person(role).await;
        assert_eq!(other.get("/api/v1/webhooks").await.code(), "forbidden");
    }
}
