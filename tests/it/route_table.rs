//! The table of routes: every row has its guard, and the OpenAPI document lists exactly the API's rows.

use std::collections::BTreeSet;

use actix_web::http::Method;
use lastmile::entities::Role;
use lastmile::http::{Access, Route};
use lastmile::openapi::Document;
use lastmile::routes;
use utoipa::OpenApi as _;

use crate::support::TestServer;

/// The row's path with ids that nothing has.
fn concrete(route: &Route) -> String {
    let mut path = String::new();
    let mut rest = route.path;
    while let Some((before, after)) = rest.split_once('{') {
        path.push_str(before);
        let (name, after) = after.split_once('}').unwrap();
        path.push_str(match name {
            "n" => "1",
            "w" => "960",
            _ => "01890000-0000-7000-8000-000000000000",
        });
        rest = after;
    }
    path + rest
}

async fn status(server: &TestServer, route: &Route, token: Option<&str>) -> u16 {
    let method = reqwest::Method::from_bytes(route.method.as_str().as_bytes()).unwrap();
    let mut request =
        reqwest::Client::new().request(method, format!("{}{}", server.base, concrete(route)));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    request.send().await.unwrap().status().as_u16()
}

#[actix_web::test]
async fn nobody_gets_past_the_guard_without_signing_in() {
    let server = TestServer::start().await;
    for route in routes::table() {
        match route.access {
            Access::Public => {}
            Access::LinkToken => {
                let status = status(&server, &route, None).await;
                assert!(
                    status == 404 || status == 400,
                    "{route:?} answered {status}"
                );
            }
            Access::SignedIn | Access::May(_) => {
                assert_eq!(status(&server, &route, None).await, 401, "{route:?}");
                let forged = status(&server, &route, Some("forged")).await;
                assert_eq!(forged, 401, "{route:?}");
            }
        }
    }
}

#[actix_web::test]
async fn each_role_gets_exactly_what_the_table_says() {
    let server = TestServer::start().await;
    for role in Role::ALL {
        for route in routes::table() {
            let Access::May(permission) = route.access else {
                continue;
            };
            if route.path == "/api/v1/stream" && permission.granted_to(*role) {
                continue; // It answers for ever; its own tests listen.
            }
            let person = server.person(*role).await;
            let status = status(&server, &route, Some(&person.token)).await;
            if permission.granted_to(*role) {
                assert_ne!(status, 403, "{role} {route:?}");
                assert_ne!(status, 401, "{role} {route:?}");
                assert!(status < 500, "{role} {route:?} answered {status}");
            } else {
                assert_eq!(status, 403, "{role} {route:?}");
            }
        }
    }
}

#[test]
fn the_document_lists_exactly_the_api_rows() {
    let document = serde_json::to_value(Document::openapi()).unwrap();
    let mut listed = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            listed.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let table: BTreeSet<_> = routes::table()
        .iter()
        .filter(|route| route.path.starts_with("/api/v1"))
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    assert_eq!(listed, table);
}

#[test]
fn the_committed_document_is_fresh() {
    let fresh = serde_json::to_value(Document::openapi()).unwrap();
    let committed: serde_json::Value =
        serde_json::from_str(include_str!("../../openapi.json")).unwrap();
    assert!(
        fresh == committed,
        "openapi.json is stale; run: cargo run -- openapi > openapi.json"
    );
}

#[test]
fn rows_of_one_path_stand_together() {
    let mut seen = BTreeSet::new();
    for rows in routes::table().chunk_by(|a, b| a.path == b.path) {
        assert!(seen.insert(rows[0].path), "{} stands apart", rows[0].path);
        let methods: BTreeSet<&str> = rows.iter().map(|row| row.method.as_str()).collect();
        assert_eq!(
            methods.len(),
            rows.len(),
            "{} repeats a method",
            rows[0].path
        );
        assert!(rows.iter().all(|row| row.method != Method::HEAD));
    }
}
