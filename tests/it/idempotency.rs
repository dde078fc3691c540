//! `Idempotency-Key`: one request does the work, its reply is repeated, and what is kept of it opens nothing.

use lastmile::entities::{Role, idempotency_key, pitch_link};
use reqwest::{Method, StatusCode};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};

use crate::fixtures::sent_pitch;
use crate::support::{Person, Reply, TestServer};

async fn post(person: &Person, path: &str, key: &str, body: &Value) -> Reply {
    let request = person
        .request(Method::POST, path)
        .header("idempotency-key", key)
        .json(body);
    Reply::read(request.send().await.unwrap()).await
}

struct Asked {
    server: TestServer,
    rep: Person,
    path: String,
    before: u64,
}

impl Asked {
    async fn new() -> Self {
        let server = TestServer::start().await;
        let rep = server.person(Role::Rep).await;
        let sent = sent_pitch(&server.app, rep.id, &[1]).await;
        let before = links(&server).await;
        Self {
            path: format!("/api/v1/pitches/{}/links", sent.pitch),
            server,
            rep,
            before,
        }
    }

    async fn made(&self) -> u64 {
        links(&self.server).await - self.before
    }
}

async fn links(server: &TestServer) -> u64 {
    pitch_link::Entity::find()
        .count(server.app.db.read())
        .await
        .unwrap()
}

fn one() -> Value {
    json!({ "recipients": [{ "name": "Noor" }] })
}

#[actix_web::test]
async fn a_repetition_gets_the_first_reply_and_the_database_holds_no_token() {
    let asked = Asked::new().await;
    let first = post(&asked.rep, &asked.path, "k", &one()).await;
    assert_eq!(first.status, StatusCode::CREATED);
    let again = post(&asked.rep, &asked.path, "k", &one()).await;
    assert_eq!(again.status, StatusCode::CREATED);
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(first.body, again.body);
    assert_eq!(asked.made().await, 1);
    let url = first.body["items"][0]["url"].as_str().unwrap();
    let token = url.rsplit('/').next().unwrap();
    let kept = idempotency_key::Entity::find()
        .all(asked.server.app.db.read())
        .await
        .unwrap();
    assert_eq!(kept.len(), 1);
    assert!(!kept[0].body.contains(token) && !kept[0].body.contains("http"));
}

#[actix_web::test]
async fn another_request_under_the_same_key_is_refused() {
    let asked = Asked::new().await;
    post(&asked.rep, &asked.path, "k", &one()).await.ok();
    let other = json!({ "recipients": [{ "name": "Ola" }] });
    let refused = post(&asked.rep, &asked.path, "k", &other).await;
    assert_eq!(refused.code(), "invalid");
    post(&asked.rep, &asked.path, "another", &other).await.ok();
    assert_eq!(asked.made().await, 2);
}

#[actix_web::test]
async fn of_many_at_once_one_does_the_work() {
    let asked = Asked::new().await;
    let body = one();
    let attempts = (0..8).map(|_| post(&asked.rep, &asked.path, "k", &body));
    let replies = futures::future::join_all(attempts).await;
    assert_eq!(asked.made().await, 1);
    for reply in replies {
        if !reply.status.is_success() {
            assert_eq!(reply.code(), "conflict");
            assert_eq!(reply.headers["retry-after"], "1");
        }
    }
    let later = post(&asked.rep, &asked.path, "k", &body).await;
    assert_eq!(later.status, StatusCode::CREATED);
    assert_eq!(asked.made().await, 1);
}

#[actix_web::test]
async fn what_failed_may_be_tried_again() {
    let asked = Asked::new().await;
    let wrong = json!({ "recipients": [] });
    let refused = post(&asked.rep, &asked.path, "k", &wrong).await;
    assert!(refused.status.is_client_error());
    post(&asked.rep, &asked.path, "k", &one()).await.ok();
    assert_eq!(asked.made().await, 1);
}
