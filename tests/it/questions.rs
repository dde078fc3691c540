//! Questions on a page: asked with and without script, told, answered where they were asked and by mail.

use lastmile::entities::{EventKind, Role, mail, question};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use crate::viewer::{Sent, visit_of};

async fn ask(sent: &Sent, body: Value) -> (u16, Value) {
    let url = format!("{}{}/questions", sent.server.base, sent.path());
    let reply = reqwest::Client::new()
        .post(url)
        .json(&body)
        .send()
        .await
        .unwrap();
    (
        reply.status().as_u16(),
        reply.json().await.unwrap_or_default(),
    )
}

async fn shown(sent: &Sent) -> Value {
    let path = format!("{}/questions?data=true", sent.path());
    sent.get(&path).await.json().await.unwrap()
}

#[actix_web::test]
async fn a_question_is_told_answered_on_the_page_and_mailed() {
    let sent = Sent::deck(json!({})).await;
    let html = sent.page().await;
    let visit = visit_of(&html);
    let asked = json!({ "visit": visit, "page": 2, "text": "Does it hold 2 to 8 degrees?",
        "name": "Noor", "email": "noor@example.com" });
    let (status, made) = ask(&sent, asked).await;
    assert_eq!(status, 201, "{made}");
    let noted = sent.events(EventKind::Asked, 1).await;
    let fetched = sent.events(EventKind::Fetched, 1).await;
    assert_eq!(noted[0].visit_id, fetched[0].visit_id);
    assert_eq!(noted[0].page_number, Some(2));
    assert_eq!(noted[0].id.to_string(), made["id"]);

    let told = sent.rep.get("/api/v1/notifications").await.ok();
    assert_eq!(told["items"][0]["kind"], "asked");
    assert!(
        told["items"][0]["title"]
            .as_str()
            .unwrap()
            .starts_with("Noor")
    );
    let open = sent.rep.get("/api/v1/questions/open").await.ok();
    assert_eq!(open, json!({ "mine": 1, "all": 1 }));
    let list = sent.rep.get("/api/v1/questions?state=open").await.ok();
    let one = &list["items"][0];
    assert_eq!(
        (&one["page"], &one["may_answer"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(one["page_title"], "Overview: Topic 2");
    assert_eq!(shown(&sent).await["items"][0]["answer"], Value::Null);

    let path = format!("/api/v1/questions/{}/answer", made["id"].as_str().unwrap());
    let answer = json!({ "text": "Yes, for 72 hours." });
    for _ in 0..2 {
        let answered = sent
            .rep
            .request(reqwest::Method::PUT, &path)
            .json(&answer)
            .send()
            .await
            .unwrap();
        assert_eq!(answered.status(), 200);
    }
    let list = shown(&sent).await;
    let item = &list["items"][0];
    assert_eq!(
        (&item["answer"], &item["answered_by"]),
        (&json!("Yes, for 72 hours."), &json!("Ann-Lee"))
    );
    let page = sent
        .get(&format!("{}/questions", sent.path()))
        .await
        .text()
        .await
        .unwrap();
    assert!(page.contains("Yes, for 72 hours.") && page.contains("Does it hold"));
    let mails = mail::Entity::find()
        .all(sent.server.app.db.read())
        .await
        .unwrap();
    let answers: Vec<_> = mails
        .iter()
        .filter(|mail| mail.purpose == "answer")
        .collect();
    assert_eq!(answers.len(), 1, "the same answer is mailed once");
    assert_eq!(answers[0].to_address, "noor@example.com");
    assert!(
        answers[0].text.contains("/p/LINK-TOKEN#p2")
            && answers[0].text.contains("Yes, for 72 hours.")
    );
    assert_eq!(sent.rep.get("/api/v1/questions/open").await.ok()["all"], 0);
    assert_eq!(
        sent.rep.get("/api/v1/questions?state=answered").await.ok()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[actix_web::test]
async fn a_question_needs_no_script() {
    let sent = Sent::deck(json!({})).await;
    let page = sent
        .get(&format!("{}/questions?page=3", sent.path()))
        .await
        .text()
        .await
        .unwrap();
    assert!(page.contains("name=\"text\"") && page.contains("value=\"3\""));
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let url = format!("{}{}/questions", sent.server.base, sent.path());
    let form = |body: &'static str| {
        client
            .post(&url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body)
            .send()
    };
    let sent_on = form("visit=&page=3&text=What+now%3F&name=&email=")
        .await
        .unwrap();
    assert_eq!(sent_on.status(), StatusCode::SEE_OTHER);
    assert!(
        sent_on.headers()[LOCATION]
            .to_str()
            .unwrap()
            .contains("/questions?sent=true&visit=")
    );
    let whole = form("page=&text=And+the+rest%3F").await.unwrap();
    assert_eq!(whole.status(), StatusCode::SEE_OTHER);
    let rows = question::Entity::find()
        .all(sent.server.app.db.read())
        .await
        .unwrap();
    let mut pages: Vec<Option<i32>> = rows.iter().map(|row| row.ordinal).collect();
    pages.sort();
    assert_eq!(pages, [None, Some(3)]);
}

#[actix_web::test]
async fn what_cannot_be_a_question_is_refused_and_too_many_have_to_wait() {
    let sent = Sent::deck(json!({})).await;
    for (bad, field) in [
        (json!({ "text": " " }), "text"),
        (json!({ "text": "x".repeat(2_001) }), "text"),
        (json!({ "text": "Why?", "email": "nobody" }), "email"),
        (json!({ "text": "Why?", "page": 4 }), "page"),
        (json!({ "text": "Why?", "page": 0 }), "page"),
    ] {
        let (status, problem) = ask(&sent, bad).await;
        assert_eq!(status, 422);
        assert!(problem["errors"].to_string().contains(field), "{problem}");
    }
    for _ in 0..5 {
        assert_eq!(ask(&sent, json!({ "text": "Why?" })).await.0, 201);
    }
    let (status, problem) = ask(&sent, json!({ "text": "Why?" })).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (429, Some("too_many_requests"))
    );
}

#[actix_web::test]
async fn only_those_who_may_change_the_pitch_answer_and_only_its_holder_sees() {
    let sent = Sent::deck(json!({})).await;
    let (_, made) = ask(&sent, json!({ "text": "Why?" })).await;
    let path = format!("/api/v1/questions/{}/answer", made["id"].as_str().unwrap());
    let answer = json!({ "text": "Because." });
    let by = async |person: &crate::support::Person| {
        let request = person.request(reqwest::Method::PUT, &path).json(&answer);
        request.send().await.unwrap().status().as_u16()
    };
    let stranger = sent.server.person(Role::Rep).await;
    assert_eq!(by(&stranger).await, 404);
    assert!(
        stranger.get("/api/v1/questions").await.ok()["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let marketer = sent.server.person(Role::Marketer).await;
    assert_eq!(by(&marketer).await, 403);
    let manager = sent.server.person(Role::Manager).await;
    assert_eq!(by(&manager).await, 200);
    assert_eq!(by(&sent.rep).await, 409, "a colleague has answered");

    let links = format!(
        "/api/v1/pitches/{}/links",
        sent.pitch["id"].as_str().unwrap()
    );
    let other = sent
        .rep
        .post(&links, &json!({ "recipients": [{}] }))
        .await
        .ok();
    let url = other["items"][0]["url"].as_str().unwrap();
    let other = &url[url.find("/p/").unwrap()..];
    let seen: Value = sent
        .get(&format!("{other}/questions?data=true"))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(seen, json!({ "items": [] }));
    let revoke = format!("/api/v1/links/{}/revoke", sent.link["id"].as_str().unwrap());
    sent.rep.post(&revoke, &json!({})).await.ok();
    assert_eq!(ask(&sent, json!({ "text": "Still?" })).await.0, 410);
}
