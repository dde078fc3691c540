//! Alerts: who hears of a signal, in bundles, outside of quiet hours, once, whatever stops and starts.

mod bundles;
mod recall;

use lastmile::alerts::deliver_due;
use lastmile::clock::Clock;
use lastmile::entities::{Role, alert_item, mail, notification};
use lastmile::ids::UserId;
use reqwest::Method;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde_json::{Value, json};

use crate::signals::monday;
use crate::support::{Person, Receiver, Reply, TestServer};

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

/// A rep whose name is `own`, who hears of everything by these ways.
async fn rep_hearing(server: &TestServer, channels: &[&str], quiet: Value) -> Person {
    let rep = server.person_named(Role::Rep, "own", None).await;
    put(&rep, "/api/v1/alert-settings", all(channels, quiet))
        .await
        .ok();
    rep
}

/// A server on a Monday that may call programs on this machine, and who says which.
async fn server_with_webhooks() -> (Clock, TestServer, Person) {
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |config| {
        config.webhook_private_addresses = true;
    })
    .await;
    let admin = server.person(Role::Admin).await;
    (clock, server, admin)
}

/// From now on `receiver` hears of signals in this form.
async fn hears(admin: &Person, receiver: &Receiver, format: &str) {
    let new = json!({ "name": format, "url": receiver.url(), "format": format });
    admin.post("/api/v1/webhooks", &new).await.ok();
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
