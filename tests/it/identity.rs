//! Signing in and out, and what a browser's requests must prove.

use lastmile::entities::Role;
use reqwest::header::{COOKIE, ORIGIN, SET_COOKIE};
use serde_json::json;

use crate::support::{PASSWORD, TestServer};

#[actix_web::test]
async fn a_wrong_password_and_an_unknown_user_get_the_same_answer() {
    let server = TestServer::start().await;
    server.person_named(Role::Rep, "known", None).await;
    let client = reqwest::Client::new();
    let mut answers = Vec::new();
    for (email, password) in [
        ("known@example.com", "wrong"),
        ("unknown@example.com", PASSWORD),
    ] {
        let response = client
            .post(format!("{}/api/v1/session", server.base))
            .json(&json!({ "email": email, "password": password }))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 401);
        let mut problem: serde_json::Value = response.json().await.unwrap();
        problem["request_id"] = json!(null);
        answers.push(problem);
    }
    assert_eq!(answers[0], answers[1]);
}

#[actix_web::test]
async fn signing_out_ends_every_token_of_the_session() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    assert_eq!(rep.get("/api/v1/me").await.ok()["role"], "rep");
    assert_eq!(rep.delete("/api/v1/session").await.status, 204);
    assert_eq!(rep.get("/api/v1/me").await.code(), "unauthenticated");
}

#[actix_web::test]
async fn the_cookie_changes_things_only_from_our_own_pages() {
    let server = TestServer::start().await;
    server.person_named(Role::Rep, "browser", None).await;
    let client = reqwest::Client::new();
    let response = client
        .post(format!("{}/api/v1/session", server.base))
        .json(&json!({ "email": "browser@example.com", "password": PASSWORD }))
        .send()
        .await
        .unwrap();
    let set = response.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    assert!(
        set.contains("HttpOnly") && set.contains("SameSite=Lax"),
        "{set}"
    );
    let cookie = set.split(';').next().unwrap().to_owned();

    let url = format!("{}/api/v1/session", server.base);
    for origin in [None, Some("https://evil.example"), Some("null")] {
        let mut request = client.delete(&url).header(COOKIE, &cookie);
        if let Some(origin) = origin {
            request = request.header(ORIGIN, origin);
        }
        assert_eq!(request.send().await.unwrap().status(), 403, "{origin:?}");
    }
    let own = client
        .delete(&url)
        .header(COOKIE, &cookie)
        .header(ORIGIN, &server.base)
        .send()
        .await
        .unwrap();
    assert_eq!(own.status(), 204);
}
