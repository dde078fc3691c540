//! Every address of the table, asked by somebody who has not signed in, and by somebody who has only a prospect's link.

use std::collections::BTreeSet;

use actix_web::http::Method;
use lastmile::entities::page;
use lastmile::http::Access;
use lastmile::routes;
use reqwest::StatusCode;
use sea_orm::EntityTrait as _;

use super::{MARKER, Sent};

/// An answer that tells of it.
struct Telling {
    path: &'static str,
    what: String,
}

/// Asks every address that gives something, with every id that leads to it wherever the address takes one, and finds
/// the answers that tell of it. `bearer` is who asks.
async fn tellings(sent: &Sent, bearer: Option<&str>) -> Vec<Telling> {
    let version = sent.version().await;
    let page = page::Entity::find_by_id((version.id, 1))
        .one(sent.server.app.db.read())
        .await
        .unwrap()
        .unwrap();
    let ids = [
        sent.asset.to_string(),
        version.id.to_string(),
        sent.pitch["id"].as_str().unwrap().to_owned(),
        sent.deal.opportunity.to_string(),
        sent.item().to_owned(),
        version.blob,
        page.image_960,
    ];
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let mut tellings = Vec::new();
    for route in routes::table() {
        let listens = route.path == "/api/v1/stream";
        if route.method != Method::GET || route.access == Access::LinkToken || listens {
            continue;
        }
        let paths: BTreeSet<String> = ids.iter().map(|id| concrete(route.path, id)).collect();
        let queries: &[&str] = if paths.len() > 1 {
            &[""]
        } else {
            &["", "?q=quietharbour", "?format=csv"]
        };
        for path in paths {
            for query in queries {
                let what = format!("{path}{query}");
                let mut request = client.get(format!("{}{what}", sent.server.base));
                if let Some(bearer) = bearer {
                    request = request.bearer_auth(bearer);
                }
                let answer = request.send().await.unwrap();
                let status = answer.status();
                assert!(status < StatusCode::INTERNAL_SERVER_ERROR, "{what}");
                let headers = format!("{:?}", answer.headers());
                let mut body = answer.bytes().await.unwrap().to_vec();
                body.extend(headers.into_bytes());
                // A problem may repeat what was asked for.
                let told = String::from_utf8_lossy(&body).to_lowercase();
                if status.is_success() && told.contains(MARKER) {
                    let path = route.path;
                    tellings.push(Telling { path, what });
                }
            }
        }
    }
    tellings
}

/// The path with this wherever it takes an id.
fn concrete(path: &str, id: &str) -> String {
    let mut concrete = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        concrete.push_str(before);
        let (name, after) = after.split_once('}').unwrap();
        concrete.push_str(match name {
            "n" | "revision" => "1",
            _ => id,
        });
        rest = after;
    }
    concrete + rest
}

#[actix_web::test]
async fn only_who_has_signed_in_is_told_anything_of_it() {
    let sent = Sent::new(None, "pdf").await;
    sent.becomes_internal().await;
    // That the walk finds what is to be found: a rep reads it in the house.
    let inside: BTreeSet<_> = tellings(&sent, Some(&sent.rep.token))
        .await
        .into_iter()
        .map(|telling| telling.path)
        .collect();
    for path in [
        "/api/v1/assets",
        "/api/v1/assets/{id}",
        "/api/v1/versions/{id}/pages",
        "/api/v1/versions/{id}/pages/{n}",
        "/api/v1/versions/{id}/pages/{n}/image",
        "/api/v1/versions/{id}/file",
        "/api/v1/pitches/{id}",
        "/api/v1/flagged-items",
    ] {
        assert!(inside.contains(path), "{path} is not among {inside:?}");
    }
    for bearer in [None, Some(sent.token.as_str())] {
        let outside = tellings(&sent, bearer).await;
        let outside: Vec<_> = outside.iter().map(|telling| &telling.what).collect();
        assert!(outside.is_empty(), "{outside:?}");
    }
}
