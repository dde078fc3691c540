//! Attempts are limited: for each network and in all, in the database, with a word about when to come back.

use lastmile::clock::Clock;
use lastmile::entities::{Role, attempt};
use lastmile::node::Node;
use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;
use sea_orm::EntityTrait as _;
use serde_json::json;

use super::{House, PASSCODE, with_form};
use crate::support::{PASSWORD, Reply, TestServer};

const WRONG: [(&str, &str); 2] = [("step", "passcode"), ("passcode", "nothing like it")];

#[actix_web::test]
async fn a_passcode_cannot_be_guessed_for_ever_from_one_network() {
    let house = House::new().await;
    let mut visitor = house.visitor(json!({ "passcode": PASSCODE })).await;
    let mut limited = None;
    for _ in 0..20 {
        let seen = visitor.answer(&WRONG).await;
        assert!(seen.headers.contains_key("ratelimit-remaining"));
        if seen.status == StatusCode::TOO_MANY_REQUESTS {
            limited = Some(seen);
            break;
        }
        assert_eq!(seen.status, StatusCode::FORBIDDEN);
    }
    let limited = limited.expect("the attempts have an end");
    let seconds: i64 = limited.headers[RETRY_AFTER]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=900).contains(&seconds), "{seconds}");
    assert!(
        limited.text.contains("Enter the passcode") && limited.text.contains("tried too often")
    );
    // The right one is not told from the wrong ones any more.
    let right = visitor
        .answer(&[("step", "passcode"), ("passcode", PASSCODE)])
        .await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS);
    // Somebody elsewhere still gets in, and so does the same person to another link.
    let mut elsewhere = super::Visitor {
        network: "198.51.100.9".to_owned(),
        cookie: None,
        ..visitor.clone()
    };
    elsewhere.passcode().await;
    let mut other = house.visitor(json!({ "passcode": PASSCODE })).await;
    other.passcode().await;
    // An address is not stored with what is counted.
    let rows = attempt::Entity::find()
        .all(house.server.app.db.read())
        .await
        .unwrap();
    assert!(!format!("{rows:?}").contains("203.0.113"));
}

#[actix_web::test]
async fn many_networks_together_cannot_guess_for_ever_either() {
    let house = House::new().await;
    let mut visitor = house.visitor(json!({ "passcode": PASSCODE })).await;
    let mut tried = 0;
    for network in 0..120 {
        visitor.network = format!("10.0.{network}.1");
        if visitor.answer(&WRONG).await.status == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        tried += 1;
    }
    assert!((20..=100).contains(&tried), "{tried} attempts");
}

#[actix_web::test]
async fn attempts_survive_a_restart() {
    let house = House::new().await;
    let mut visitor = house.visitor(json!({ "passcode": PASSCODE })).await;
    while visitor.answer(&WRONG).await.status != StatusCode::TOO_MANY_REQUESTS {}
    // A second node on the same database has forgotten all that the first one had in memory.
    let dir = tempfile::tempdir().unwrap();
    let app = lastmile::app::App::open(
        lastmile::config::Config {
            data_dir: dir.path().to_owned(),
            database_url: Some(house.server.app.config.database_url()),
            secret: Some("another".to_owned()),
            ..house.server.app.config.clone()
        },
        Clock::system(),
    )
    .await
    .unwrap();
    let node = Node::start(app).unwrap();
    let (base, handle) = (format!("http://{}", node.address()), node.handle());
    actix_web::rt::spawn(node.run());
    let request = reqwest::Client::new()
        .post(format!("{base}/p/{}/gate", visitor.token))
        .header("x-forwarded-for", &visitor.network);
    let answer = with_form(request, &WRONG).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    drop(handle.stop(false));
}

#[actix_web::test]
async fn codes_are_not_sent_without_end_and_not_tried_without_end() {
    let house = House::new().await;
    let mut visitor = house.visitor(json!({ "email_required": true })).await;
    visitor
        .pass(&[("step", "email"), ("email", "noor@northwind.example")])
        .await;
    let mut sent = 1;
    loop {
        let seen = visitor.answer(&[("step", "again")]).await;
        if seen.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(seen.headers.contains_key(RETRY_AFTER));
            break;
        }
        sent += 1;
        assert!(sent < 20, "mail goes out for ever");
    }
    let mut tries = 0;
    while visitor
        .answer(&[("step", "code"), ("code", "12")])
        .await
        .status
        != StatusCode::TOO_MANY_REQUESTS
    {
        tries += 1;
        assert!(tries < 20, "codes are tried for ever");
    }
    // Whoever went on without the code is limited as the recipient is: the count goes by network.
    let code = visitor.code().await;
    let late = visitor.answer(&[("step", "code"), ("code", &code)]).await;
    assert_eq!(late.status, StatusCode::TOO_MANY_REQUESTS);
}

#[actix_web::test]
async fn whatever_a_prospect_sends_is_told_how_much_more_may_be_sent() {
    let house = House::new().await;
    let visitor = house.visitor(json!({})).await;
    for path in ["/share", "/events", "/gate"] {
        let request = visitor.request(reqwest::Method::POST, path);
        let response = request.json(&json!({})).send().await.unwrap();
        for header in ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"] {
            assert!(response.headers().contains_key(header), "{path} {header}");
        }
    }
}

#[actix_web::test]
async fn a_password_cannot_be_guessed_for_ever() {
    let server = TestServer::start().await;
    server.person_named(Role::Rep, "ann", None).await;
    let sign_in = async |email: &str, password: &str| {
        let request = reqwest::Client::new()
            .post(format!("{}/api/v1/session", server.base))
            .json(&json!({ "email": email, "password": password }));
        Reply::read(request.send().await.unwrap()).await
    };
    let right = sign_in("ann@example.com", PASSWORD).await;
    assert!(right.headers.contains_key("ratelimit-limit"));
    right.ok();
    // Nobody's address is counted like somebody's.
    for email in ["ann@example.com", "nobody@example.com"] {
        let mut tries = 0;
        loop {
            let reply = sign_in(email, "wrong").await;
            if reply.status == StatusCode::TOO_MANY_REQUESTS {
                assert_eq!(reply.code(), "too_many_requests");
                assert!(reply.headers.contains_key(RETRY_AFTER));
                assert_eq!(reply.headers["ratelimit-remaining"], "0");
                break;
            }
            assert_eq!(reply.code(), "unauthenticated");
            tries += 1;
            assert!(tries <= 10, "{email}");
        }
    }
    assert_eq!(
        sign_in("ANN@example.com", PASSWORD).await.code(),
        "too_many_requests"
    );
}
