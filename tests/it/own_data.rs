//! Whose data a copy gives and an erasure takes: only what can be shown to be that reader's, whoever holds the link.

use lastmile::entities::{EventKind, question};
use reqwest::header::{CONTENT_TYPE, LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};

use crate::viewer::{Sent, attribute, visit_of};

/// A browser on the link: what it sends along each time.
struct Reader<'a> {
    sent: &'a Sent,
    headers: Vec<(&'static str, String)>,
    client: Client,
}

impl<'a> Reader<'a> {
    fn new(sent: &'a Sent) -> Self {
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            sent,
            headers: Vec::new(),
            client,
        }
    }

    /// One that sends Global Privacy Control.
    fn private(sent: &'a Sent) -> Self {
        let mut reader = Self::new(sent);
        reader.headers.push(("sec-gpc", "1".to_owned()));
        reader
    }

    fn with(&self, request: RequestBuilder) -> RequestBuilder {
        let headers = self.headers.iter();
        headers.fold(request, |request, (name, value)| {
            request.header(*name, value)
        })
    }

    fn get(&self, path: &str) -> RequestBuilder {
        let url = format!("{}{}{path}", self.sent.server.base, self.sent.path());
        self.with(self.client.get(url))
    }

    fn post(&self, path: &str) -> RequestBuilder {
        let url = format!("{}{}{path}", self.sent.server.base, self.sent.path());
        self.with(self.client.post(url))
    }

    /// Opens the page, keeps its cookie, and says which visit it is.
    async fn open(&mut self) -> String {
        let page = self.get("").send().await.unwrap();
        if let Some(cookie) = page.headers().get(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
            self.headers.push(("cookie", cookie.to_owned()));
        }
        visit_of(&page.text().await.unwrap()).to_owned()
    }

    async fn ask(&self, visit: &str, text: &str) {
        let body = json!({ "visit": visit, "text": text });
        let reply = self.post("/questions").json(&body).send().await.unwrap();
        assert_eq!(reply.status(), 201);
    }

    /// Asks without script, and says where the browser is sent.
    async fn ask_by_form(&self, visit: &str) -> String {
        let reply = self
            .post("/questions")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(format!("visit={visit}&text=What+now%3F"))
            .send()
            .await
            .unwrap();
        assert_eq!(reply.status(), 303);
        reply.headers()[LOCATION].to_str().unwrap().to_owned()
    }

    async fn copy(&self, visit: &str) -> Value {
        let request = self.get(&format!("/privacy/copy?visit={visit}"));
        request.send().await.unwrap().json().await.unwrap()
    }

    async fn erase(&self) -> Value {
        let request = self.post("/privacy/erase").json(&json!({}));
        request.send().await.unwrap().json().await.unwrap()
    }
}

async fn questions(sent: &Sent) -> u64 {
    let db = sent.server.app.db.read();
    question::Entity::find().count(db).await.unwrap()
}

fn texts(copy: &Value) -> Vec<&str> {
    let all = copy["questions"].as_array().unwrap();
    all.iter()
        .map(|one| one["text"].as_str().unwrap())
        .collect()
}

#[actix_web::test]
async fn whoever_holds_a_forwarded_link_gets_and_erases_nothing_of_others() {
    let sent = Sent::deck(json!({})).await;
    let mut noor = Reader::new(&sent);
    let visit = noor.open().await;
    sent.events(EventKind::Fetched, 1).await;
    noor.ask(&visit, "Does it hold 2 to 8 degrees?").await;
    let ola = json!({ "visit": visit, "name": "Ola Berg", "email": "ola@northwind.example" });
    let shared = noor.post("/share").json(&ola).send().await.unwrap();
    assert_eq!(shared.status(), 201);
    // Asked by somebody who is not to be known, and by a program that keeps nothing.
    let private = Reader::private(&sent);
    private.ask("", "Is it dear?").await;
    private.ask_by_form("").await;
    Reader::new(&sent).ask_by_form("").await;
    assert_eq!(questions(&sent).await, 4);

    let mut named = Reader::new(&sent);
    named.open().await;
    for stranger in [&Reader::new(&sent), &Reader::private(&sent), &named] {
        let told = stranger.copy("").await;
        for (field, nothing) in [
            ("recipient_name", Value::Null),
            ("recipient_email", Value::Null),
            ("questions", json!([])),
            ("shared_with", json!([])),
        ] {
            assert_eq!(told[field], nothing, "{told}");
        }
        let erased = stranger.erase().await;
        assert_eq!(erased["questions"], 0, "{erased}");
    }
    assert_eq!(questions(&sent).await, 4);

    // Who asked and shared has it, by the cookie and nothing else.
    let told = noor.copy("").await;
    assert_eq!(texts(&told), ["Does it hold 2 to 8 degrees?"]);
    assert_eq!(told["shared_with"][0]["email"], "ola@northwind.example");
    assert_eq!(told["shared_with"].as_array().unwrap().len(), 1);
    assert_eq!(told["recipient_email"], Value::Null, "by no browser");
    let erased = noor.erase().await;
    assert_eq!(erased["questions"], 1, "{erased}");
    assert_eq!(questions(&sent).await, 3);
}

#[actix_web::test]
async fn what_was_asked_without_script_is_its_browsers() {
    let sent = Sent::deck(json!({})).await;
    let mut noor = Reader::new(&sent);
    noor.open().await;
    sent.events(EventKind::Fetched, 1).await;
    // Whatever visit the form names, or none.
    let page = noor.get("/questions").send().await.unwrap();
    let page = page.text().await.unwrap();
    let (_, form) = page.split_once("name=\"visit\"").unwrap();
    noor.ask_by_form(attribute(form, "value")).await;
    noor.ask_by_form("").await;
    assert_eq!(
        noor.copy("").await["questions"].as_array().unwrap().len(),
        2
    );
    let noted = sent.events(EventKind::Asked, 2).await;
    assert_eq!(noted[0].visit_id, noted[1].visit_id, "in one visit");
}

#[actix_web::test]
async fn whoever_has_no_name_shows_by_the_visit_what_is_theirs() {
    let sent = Sent::deck(json!({})).await;
    let reader = Reader::private(&sent);
    let other = Reader::private(&sent);
    other.ask_by_form("").await;
    // Without script: the page that says that it was sent leads on with the visit.
    let sent_on = reader.ask_by_form("").await;
    let (_, query) = sent_on.split_once('?').unwrap();
    let page = reader
        .get(&format!("/questions?{query}"))
        .send()
        .await
        .unwrap();
    let page = page.text().await.unwrap();
    let (_, rest) = page.split_once("/privacy?visit=").unwrap();
    let visit = rest.split_once('"').unwrap().0;
    // Another question goes into the same visit.
    let (_, form) = page.split_once("name=\"visit\"").unwrap();
    assert_eq!(attribute(form, "value"), visit);
    reader.ask_by_form(visit).await;

    let told = reader
        .get(&format!("/privacy?visit={visit}"))
        .send()
        .await
        .unwrap();
    let told = told.text().await.unwrap();
    assert!(told.contains(&format!("/privacy/copy?visit={visit}\"")));
    assert!(told.contains(&format!("name=\"visit\" value=\"{visit}\"")));
    assert_eq!(
        reader.copy(visit).await["questions"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(reader.copy("").await["questions"], json!([]));
    assert_eq!(reader.copy("AAAA").await["questions"], json!([]));
    let plain = reader.get("/privacy?visit=%22%3E").send().await.unwrap();
    assert!(!plain.text().await.unwrap().contains("?visit="));

    let erased = reader
        .post("/privacy/erase")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(format!("visit={visit}"))
        .send()
        .await
        .unwrap();
    assert!(erased.text().await.unwrap().contains("2 questions"));
    assert_eq!(questions(&sent).await, 1, "the other's stays");
}
