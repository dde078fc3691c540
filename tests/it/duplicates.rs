//! The same thing twice: found after the conversion, offered, merged, told apart.

use std::time::{Duration, Instant};

use lastmile::entities::Role;
use serde_json::{Value, json};

use crate::library::upload_and_convert;
use crate::support::{Person, TestServer};

/// What is like an asset, once it has been compared.
async fn compared(person: &Person, id: &str) -> Value {
    let started = Instant::now();
    loop {
        let found = person
            .get(&format!("/api/v1/assets/{id}/duplicates"))
            .await
            .ok();
        if found["compared"] == true {
            return found;
        }
        assert!(started.elapsed() < Duration::from_mins(1), "not compared");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn add(person: &Person, name: &str, content: &str) -> String {
    let metadata = json!({ "title": name });
    let asset = upload_and_convert(person, name, content, &metadata).await;
    asset["id"].as_str().unwrap().to_owned()
}

/// A text of which every word is its topic's own.
fn text(topic: &str, words: usize) -> String {
    let sentences: Vec<String> = (0..words / 8)
        .map(|line| {
            let words: Vec<String> = (0..8).map(|n| format!("{topic}{}", line * 8 + n)).collect();
            words.join(" ") + "."
        })
        .collect();
    format!("# {topic}\n\n{}\n", sentences.join("\n"))
}

#[actix_web::test]
async fn a_changed_copy_is_found_and_becomes_the_next_version() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let original = add(&marketer, "plan.md", &text("plan", 160)).await;
    let other = add(&marketer, "something-else.md", &text("else", 160)).await;
    let changed = text("plan", 160)
        .replace("plan40 ", "changed ")
        .replace("plan90 ", "");
    let copy = add(&marketer, "plan-final.md", &changed).await;

    // Whichever of the two is compared last finds the other.
    compared(&marketer, &original).await;
    let found = compared(&marketer, &copy).await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found}");
    let like = &found["items"][0];
    assert_eq!(like["asset"]["id"], json!(original));
    assert_eq!(
        (&like["exact"], &like["percent"]),
        (&json!(false), &json!(100))
    );
    assert_eq!(compared(&marketer, &other).await["items"], json!([]));
    let report = marketer.get("/api/v1/assets/duplicates").await.ok();
    assert_eq!(report["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        report["items"][0]["asset"]["id"],
        json!(original),
        "the older one first"
    );

    let path = format!("/api/v1/assets/{copy}/merge");
    let merged = marketer
        .post(&path, &json!({ "into": original }))
        .await
        .ok();
    assert_eq!(merged["current_version"]["number"], 2);
    assert_eq!(merged["current_version"]["file_name"], "plan-final.md");
    let gone = marketer.get(&format!("/api/v1/assets/{copy}")).await;
    assert_eq!(gone.code(), "not_found");
    compared(&marketer, &original).await;
    let report = marketer.get("/api/v1/assets/duplicates").await.ok();
    assert_eq!(report["items"], json!([]));
}

#[actix_web::test]
async fn the_same_file_twice_is_found_and_what_is_said_of_it_stays() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let one = add(&marketer, "one.md", "# Thanks").await;
    let two = add(&marketer, "two.md", "# Thanks").await;
    let found = compared(&marketer, &two).await;
    assert_eq!(found["items"][0]["exact"], true, "also with few words");

    let word = json!({ "asset_id": two, "other_id": one, "dismissed": true });
    let reply = marketer
        .post("/api/v1/assets/duplicates/dismissals", &word)
        .await;
    assert_eq!(reply.status, 204);
    assert_eq!(compared(&marketer, &two).await["items"], json!([]));
    let report = |query: &str| {
        let path = format!("/api/v1/assets/duplicates{query}");
        let marketer = marketer.clone();
        async move { marketer.get(&path).await.ok()["items"].clone() }
    };
    assert_eq!(report("").await, json!([]));
    assert_eq!(
        report("?dismissed=true").await[0]["dismissed_by"]["id"],
        json!(marketer.id)
    );

    // Converting again compares again, and does not forget what was said.
    let version = marketer.get(&format!("/api/v1/assets/{two}")).await.ok();
    let version = version["current_version"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/api/v1/versions/{version}/conversion");
    marketer.post(&path, &json!({})).await.ok();
    crate::library::converted(&marketer, &two).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(report("").await, json!([]));
    let back = json!({ "asset_id": one, "other_id": two, "dismissed": false });
    marketer
        .post("/api/v1/assets/duplicates/dismissals", &back)
        .await;
    assert_eq!(report("").await.as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn a_restored_version_is_compared_again() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let one = add(&marketer, "one.md", &text("alpha", 160)).await;
    let two = add(&marketer, "two.md", &text("alpha", 160)).await;
    assert_eq!(
        compared(&marketer, &two).await["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let path = format!("/api/v1/assets/{two}/versions");
    let other = marketer
        .upload(&path, "two.md", text("gamma", 160), &json!({}))
        .await;
    let old = other.ok()["versions"][1]["id"].clone();
    crate::library::converted(&marketer, &two).await;
    let likeness = async |wanted: usize| {
        for _ in 0..200 {
            let found = compared(&marketer, &two).await["items"].clone();
            if found.as_array().unwrap().len() == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{two} and {one} are not told apart as they are");
    };
    likeness(0).await;
    let path = format!("/api/v1/versions/{}/restore", old.as_str().unwrap());
    marketer.post(&path, &json!({})).await.ok();
    likeness(1).await;
}

#[actix_web::test]
async fn what_is_in_a_pitch_does_not_disappear() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let rep = server.person(Role::Rep).await;
    let metadata = json!({ "title": "one.md", "state": "approved" });
    let one = upload_and_convert(&marketer, "one.md", text("alpha", 80), &metadata).await;
    let one = one["id"].as_str().unwrap();
    let metadata = json!({ "state": "approved" });
    let two = upload_and_convert(&marketer, "two.md", text("alpha", 88), &metadata).await;
    let two = two["id"].as_str().unwrap();
    let deal = server.deal(rep.id).await;
    let pitch = json!({ "opportunity_id": deal.opportunity, "items": [{ "asset_id": two, "page_number": null }] });
    rep.post("/api/v1/pitches", &pitch).await.ok();

    let found = compared(&marketer, two).await;
    assert!(
        found["obstacle"].as_str().unwrap().contains("pitch"),
        "{found}"
    );
    let reply = marketer
        .post(
            &format!("/api/v1/assets/{two}/merge"),
            &json!({ "into": one }),
        )
        .await;
    assert_eq!(reply.code(), "conflict");
    let other_way = format!("/api/v1/assets/{one}/merge");
    marketer
        .post(&other_way, &json!({ "into": two }))
        .await
        .ok();
}

#[actix_web::test]
async fn what_is_internal_or_not_approved_does_not_become_what_an_open_one_shows() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let asset = async |name: &str, words: usize, metadata: Value| {
        let asset = upload_and_convert(&marketer, name, text("beta", words), &metadata).await;
        asset["id"].as_str().unwrap().to_owned()
    };
    let open = asset("open.md", 80, json!({ "state": "approved" })).await;
    let draft = asset("draft.md", 88, json!({})).await;
    let floor = json!({ "state": "approved", "internal_only": true });
    let internal = asset("internal.md", 96, floor).await;
    let merge = async |from: &str, into: &str| {
        let path = format!("/api/v1/assets/{from}/merge");
        marketer.post(&path, &json!({ "into": into })).await
    };
    let internal_first = merge(&internal, &open).await;
    assert_eq!(internal_first.code(), "conflict");
    let told = internal_first.body["detail"].as_str().unwrap();
    assert!(told.contains("internal"), "{told}");
    let unseen = merge(&draft, &open).await;
    assert_eq!(unseen.code(), "conflict");
    let told = unseen.body["detail"].as_str().unwrap();
    assert!(told.contains("Approve it first"), "{told}");
    let shown = marketer.get(&format!("/api/v1/assets/{open}")).await.ok();
    assert_eq!(shown["versions"].as_array().unwrap().len(), 1);

    let path = format!("/api/v1/assets/{draft}/transitions");
    let approved = json!({ "to": "approved" });
    marketer.post(&path, &approved).await.ok();
    merge(&draft, &open).await.ok();
    // The other way nothing leaves that could not leave before.
    merge(&open, &internal).await.ok();
}
