//! The tree of spread: three levels deep, who shared with whom, a branch taken back; and the link as a QR code.

use lastmile::entities::Role;
use serde_json::{Value, json};

use super::{Desk, id};
use crate::support::TestServer;

/// Shares a link on, as its reader does.
async fn share(server: &TestServer, url: &str, name: &str) -> String {
    let path = url.strip_prefix("https://sales.example").unwrap();
    let made: Value = reqwest::Client::new()
        .post(format!("{}{path}/share", server.base))
        .json(&json!({ "name": name, "email": "" }))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    made["url"].as_str().unwrap().to_owned()
}

async fn spread(desk: &Desk) -> Vec<Value> {
    let path = format!("/api/v1/opportunities/{}/spread", desk.deal.opportunity);
    let told = desk.rep.get(&path).await.ok();
    assert_eq!(told["pitches"].as_array().unwrap().len(), 1);
    assert_eq!(told["pitches"][0]["may_revoke"], true);
    told["pitches"][0]["nodes"].as_array().unwrap().clone()
}

fn told(nodes: &[Value]) -> Vec<(&str, u64, &str)> {
    nodes
        .iter()
        .map(|node| {
            let name = node["link"]["recipient"]["name"].as_str().unwrap();
            let depth = node["depth"].as_u64().unwrap();
            (name, depth, node["shared_by"].as_str().unwrap_or_default())
        })
        .collect()
}

#[actix_web::test]
async fn shares_of_shares_are_a_tree_and_a_branch_of_it_can_be_taken_back() {
    let desk = Desk::open().await;
    let link = desk.contact_link().await;
    let url = link["url"].as_str().unwrap();
    let pia = share(&desk.server, url, "Pia").await;
    let quinn = share(&desk.server, &pia, "Quinn").await;
    let rita = share(&desk.server, &quinn, "Rita").await;
    let tom = share(&desk.server, url, "Tom").await;
    let nodes = spread(&desk).await;
    assert_eq!(
        told(&nodes),
        [
            ("Noor Haddad", 0, ""),
            ("Pia", 1, "Noor Haddad"),
            ("Quinn", 2, "Pia"),
            ("Rita", 3, "Quinn"),
            ("Tom", 1, "Noor Haddad"),
        ]
    );
    assert_eq!(
        (&nodes[0]["children"], &nodes[0]["descendants"]),
        (&json!(2), &json!(4))
    );

    let path = format!("/api/v1/links/{}/revoke", id(&nodes[1]["link"]));
    desk.rep.post(&path, &json!({})).await.ok();
    let states: Vec<Value> = spread(&desk)
        .await
        .iter()
        .map(|node| node["link"]["state"].clone())
        .collect();
    assert_eq!(
        states,
        ["active", "revoked", "revoked", "revoked", "active"]
    );
    for (url, status) in [(&pia, 410), (&quinn, 410), (&rita, 410), (&tom, 200)] {
        let path = url.strip_prefix("https://sales.example").unwrap();
        let page = reqwest::get(format!("{}{path}", desk.server.base))
            .await
            .unwrap();
        assert_eq!(page.status(), status, "{url}");
    }
    let stranger = desk.server.person(Role::Rep).await;
    let path = format!("/api/v1/opportunities/{}/spread", desk.deal.opportunity);
    assert_eq!(stranger.get(&path).await.code(), "not_found");
}

#[actix_web::test]
async fn an_open_link_is_a_qr_code_as_lines_and_as_a_picture() {
    let desk = Desk::open().await;
    let link = desk.contact_link().await;
    let path = format!("/api/v1/links/{}/qr", id(&link));
    let svg = desk.rep.get(&path).await;
    assert_eq!(svg.headers["content-type"], "image/svg+xml");
    assert_eq!(svg.headers["cache-control"], "no-store");
    assert!(svg.ok().as_str().unwrap().starts_with("<svg"));
    let png = desk
        .rep
        .request(reqwest::Method::GET, &format!("{path}?format=png"))
        .send()
        .await
        .unwrap();
    assert_eq!(png.headers()["content-type"], "image/png");
    let picture = image::load_from_memory(&png.bytes().await.unwrap()).unwrap();
    assert!(picture.width() >= 400 && picture.width() == picture.height());
    let stranger = desk.server.person(Role::Rep).await;
    assert_eq!(stranger.get(&path).await.code(), "not_found");
    desk.rep
        .post(&format!("/api/v1/links/{}/revoke", id(&link)), &json!({}))
        .await
        .ok();
    assert_eq!(desk.rep.get(&path).await.code(), "gone");
}
