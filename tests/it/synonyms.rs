//! Synonyms: kept by marketers, used by every query at once.

use lastmile::entities::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::library::upload_and_convert;
use crate::search::{eventually, titles};
use crate::support::{Person, TestServer};

/// What sellers call things: the short name and the long one.
const PAIRS: [(&str, &str); 20] = [
    ("CRM", "customer relationship management"),
    ("ROI", "return on investment"),
    ("TCO", "total cost of ownership"),
    ("SLA", "service level agreement"),
    ("SSO", "single sign on"),
    ("GDPR", "general data protection regulation"),
    ("RFP", "request for proposal"),
    ("POC", "proof of concept"),
    ("MFA", "multi factor authentication"),
    ("KPI", "key performance indicator"),
    ("laptop", "notebook"),
    ("lorry", "truck"),
    ("lift", "elevator"),
    ("invoice", "bill"),
    ("staff", "personnel"),
    ("hospital", "clinic"),
    ("cloud", "hosted software"),
    ("outage", "downtime"),
    ("refrigerator", "cooling unit"),
    ("attorney", "legal counsel"),
];

async fn note(marketer: &Person, title: &str, text: &str) {
    let text = format!("# {title}\n\n{text}");
    let metadata = json!({ "title": title, "state": "approved", "language": "en" });
    upload_and_convert(marketer, "note.md", text.as_str(), &metadata).await;
}

fn query(text: &str) -> String {
    text.replace(' ', "+")
}

#[actix_web::test]
async fn nine_of_ten_pairs_lead_from_either_name_to_the_other_once_they_are_kept() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let rep = server.person(Role::Rep).await;
    for (number, (short, long)) in PAIRS.iter().enumerate() {
        // Half of the papers say it in full, half the short way; the other name is what is asked.
        let said = if number % 2 == 0 { long } else { short };
        note(
            &marketer,
            &format!("Paper {number}"),
            &format!("What {said} means for the buyer of sensors."),
        )
        .await;
        note(
            &marketer,
            &format!("Noise {number}"),
            "What it means for the buyer of sensors in general.",
        )
        .await;
    }
    eventually(&rep, "/api/v1/search", |found| found["total_assets"] == 40).await;
    let before = rep.get("/api/v1/search?q=TCO").await.ok();
    assert_eq!(before["total_assets"], 0);
    let mut seq = String::new();
    for (short, long) in PAIRS {
        let added = marketer
            .post("/api/v1/synonyms", &json!({ "terms": [short, long] }))
            .await;
        seq = added.headers["lastmile-seq"].to_str().unwrap().to_owned();
        added.ok();
    }
    let mut found_at_5 = 0;
    for (number, (short, long)) in PAIRS.iter().enumerate() {
        let asked = if number % 2 == 0 { short } else { long };
        let path = format!("/api/v1/search?limit=5&after_seq={seq}&q={}", query(asked));
        let found = rep.get(&path).await.ok();
        found_at_5 += usize::from(titles(&found).contains(&format!("Paper {number}").as_str()));
    }
    assert!(
        found_at_5 * 10 >= PAIRS.len() * 9,
        "{found_at_5} of {}",
        PAIRS.len()
    );
}

#[actix_web::test]
async fn another_name_counts_less_and_may_lead_one_way_only() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    note(&marketer, "Exact", "A van of ours.").await;
    note(&marketer, "Other name", "A truck of ours.").await;
    note(&marketer, "Deutsch", "A lastwagen of ours.").await;
    eventually(&marketer, "/api/v1/search", |found| {
        found["total_assets"] == 3
    })
    .await;
    let added = marketer
        .post(
            "/api/v1/synonyms",
            &json!({ "terms": ["van", "truck"], "one_way": true }),
        )
        .await;
    assert_eq!(added.headers["etag"], "\"1\"");
    let added = added.ok();
    let found = eventually(&marketer, "/api/v1/search?q=vans", |found| {
        found["total_assets"] == 2
    })
    .await;
    assert_eq!(titles(&found), ["Exact", "Other name"]);
    assert_eq!(
        found["items"][1]["best_page"]["snippet"][1]["text"],
        "truck"
    );
    let back = marketer.get("/api/v1/search?q=truck").await.ok();
    assert_eq!(titles(&back), ["Other name"]);

    let path = format!("/api/v1/synonyms/{}", added["id"].as_str().unwrap());
    let both = json!({ "terms": ["van", "truck"] });
    assert_eq!(
        marketer.edit(Method::PUT, &path, 7, &both).await.code(),
        "stale"
    );
    let edited = marketer.edit(Method::PUT, &path, 1, &both).await.ok();
    assert_eq!(
        (&edited["revision"], &edited["one_way"]),
        (&json!(2), &json!(false))
    );
    eventually(&marketer, "/api/v1/search?q=truck", |found| {
        found["total_assets"] == 2
    })
    .await;

    // Only in German documents, of which there are none.
    let german = json!({ "terms": ["van", "lastwagen"], "language": "de" });
    let seq = marketer.edit(Method::PUT, &path, 2, &german).await;
    let seq = seq.headers["lastmile-seq"].to_str().unwrap().to_owned();
    let found = marketer
        .get(&format!("/api/v1/search?q=van&after_seq={seq}"))
        .await
        .ok();
    assert_eq!(titles(&found), ["Exact"]);

    marketer
        .edit(Method::DELETE, &path, 3, &Value::Null)
        .await
        .ok();
    let list = marketer.get("/api/v1/synonyms").await.ok();
    assert_eq!(list["items"], json!([]));
    assert_eq!(
        server
            .person(Role::Rep)
            .await
            .get("/api/v1/synonyms")
            .await
            .code(),
        "forbidden"
    );
    let one = marketer
        .post("/api/v1/synonyms", &json!({ "terms": ["van", " VAN"] }))
        .await;
    assert_eq!(one.code(), "invalid");
}
