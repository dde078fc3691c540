//! What people see when something of a link is refused: a page with a way back, with the status of the refusal. Scripts
//! get problem details.

use reqwest::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::viewer::Sent;

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// As a browser goes to an address, or sends a form.
fn goes(sent: &Sent, method: &Method, path: &str, form: &str) -> RequestBuilder {
    let url = format!("{}{}{path}", sent.server.base, sent.path());
    let request = Client::new()
        .request(method.clone(), url)
        .header(ACCEPT, BROWSER)
        .header("sec-fetch-mode", "navigate");
    if *method == Method::GET {
        return request;
    }
    request
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.to_owned())
}

/// The words of a page; fails for anything else.
async fn page(response: Response, what: &str) -> String {
    let kind = response.headers()[CONTENT_TYPE]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(kind.starts_with("text/html"), "{what}: {kind}");
    response.text().await.unwrap()
}

/// Everything of a link to which a browser goes by itself, with what its form sends.
fn ways(sent: &Sent) -> Vec<(Method, String, &'static str)> {
    let item = sent.item(0);
    vec![
        (Method::GET, format!("/download/{item}"), ""),
        (Method::GET, format!("/pages/{item}/1"), ""),
        (Method::GET, format!("/pages/{item}/1/text"), ""),
        (Method::GET, "/privacy/copy".to_owned(), ""),
        (Method::GET, "/index".to_owned(), ""),
        (Method::GET, "/questions".to_owned(), ""),
        (Method::POST, "/questions".to_owned(), "text=Why"),
        (Method::POST, "/share".to_owned(), "name=Ola"),
        (Method::POST, "/privacy/erase".to_owned(), "visit="),
        (Method::POST, "/privacy/name".to_owned(), "named=no"),
        (Method::POST, format!("/steps/{item}"), "done=true"),
    ]
}

#[actix_web::test]
async fn a_link_that_closed_while_its_page_was_open_says_so_wherever_one_goes() {
    let sent = Sent::deck(json!({ "download_allowed": true })).await;
    let link = sent.link["id"].as_str().unwrap();
    let gate = json!({ "passcode": "blue lantern" });
    let path = format!("/api/v1/links/{link}");
    let revision = sent.rep.get(&path).await.ok()["revision"].as_i64().unwrap();
    sent.rep
        .edit(Method::PATCH, &path, revision, &gate)
        .await
        .ok();
    for (method, path, form) in ways(&sent) {
        let refused = goes(&sent, &method, &path, form).send().await.unwrap();
        assert_eq!(refused.status(), 403, "{path}");
        let html = page(refused, &path).await;
        assert!(html.contains("Enter the passcode"), "{path}: {html}");
    }
    let revoke = format!("/api/v1/links/{link}/revoke");
    sent.rep.post(&revoke, &json!({})).await.ok();
    for (method, path, form) in ways(&sent) {
        let refused = goes(&sent, &method, &path, form).send().await.unwrap();
        assert_eq!(refused.status(), 410, "{path}");
        let html = page(refused, &path).await;
        assert!(html.contains("no longer available"), "{path}: {html}");
        assert!(!html.contains("Cold chain"), "{path}: {html}");
    }
}

#[actix_web::test]
async fn what_is_refused_of_an_open_link_is_said_with_a_way_back() {
    let sent = Sent::deck(json!({})).await;
    let unknown = "01890000-0000-7000-8000-000000000000";
    let file = format!("/download/{}", sent.item(0));
    let lost = format!("/pages/{unknown}/1/text");
    for (method, path, form, status, says) in [
        (Method::GET, file.as_str(), "", 404, "There is nothing here"),
        (Method::GET, lost.as_str(), "", 404, "There is nothing here"),
        (Method::GET, "/pages/x/1", "", 404, "There is nothing here"),
        (
            Method::POST,
            "/questions",
            "text=",
            422,
            "Write your question.",
        ),
        (
            Method::POST,
            "/questions",
            "text=Why&page=x",
            400,
            "That could not be read",
        ),
        (Method::POST, "/share", "email=nobody", 422, "one step back"),
        (
            Method::POST,
            "/privacy/name",
            "named=no",
            409,
            "does not offer viewing",
        ),
    ] {
        let refused = goes(&sent, &method, path, form).send().await.unwrap();
        assert_eq!(refused.status(), status, "{path}");
        let html = page(refused, path).await;
        assert!(html.contains(says), "{path}: {html}");
        let back = format!("href=\"{}\"", sent.path());
        assert!(
            html.contains(&back) && html.contains("Ann-Lee"),
            "{path}: {html}"
        );
    }
    // A form is a form, whatever else its browser says.
    let url = format!("{}{}/questions", sent.server.base, sent.path());
    let form = Client::new()
        .post(&url)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body("text=");
    let refused = form.send().await.unwrap();
    assert_eq!(refused.status(), 422);
    page(refused, "a form alone").await;

    for _ in 0..5 {
        let asked = Client::new().post(&url).json(&json!({ "text": "Why?" }));
        assert_eq!(asked.send().await.unwrap().status(), 201);
    }
    let flood = goes(&sent, &Method::POST, "/questions", "text=Why");
    let flood = flood.send().await.unwrap();
    assert_eq!(flood.status(), 429);
    assert_eq!(flood.headers()[RETRY_AFTER], "600");
    assert!(page(flood, "too many").await.contains("Please wait"));
}

#[actix_web::test]
async fn an_unknown_link_says_so_wherever_one_goes() {
    let sent = Sent::deck(json!({})).await;
    let url = format!(
        "{}/p/AAAAAAAAAAAAAAAAAAAAAAAAAAA/privacy/copy",
        sent.server.base
    );
    let refused = Client::new().get(url).header(ACCEPT, BROWSER).send();
    let refused = refused.await.unwrap();
    assert_eq!(refused.status(), 404);
    let html = page(refused, "unknown").await;
    assert!(html.contains("This link does not exist"));
}

#[actix_web::test]
async fn scripts_get_problem_details() {
    let sent = Sent::deck(json!({})).await;
    let url = |path: &str| format!("{}{}{path}", sent.server.base, sent.path());
    let client = Client::new();
    let form = "application/x-www-form-urlencoded";
    let step = url(&format!("/steps/{}", sent.item(0)));
    for request in [
        client.post(url("/questions")).json(&json!({ "text": "" })),
        client
            .post(step)
            .header(CONTENT_TYPE, form)
            .header(ACCEPT, "application/json")
            .body("done=true"),
        client
            .post(url("/questions"))
            .header(CONTENT_TYPE, form)
            .header("sec-fetch-mode", "cors")
            .body("text="),
        client.get(url(&format!("/download/{}", sent.item(0)))),
        client
            .get(url("/pages/x/1"))
            .header(ACCEPT, "image/avif,image/webp,*/*;q=0.8"),
    ] {
        let refused = request.send().await.unwrap();
        assert!(refused.status().is_client_error());
        assert_eq!(refused.headers()[CONTENT_TYPE], "application/problem+json");
        let problem: Value = refused.json().await.unwrap();
        assert!(problem["code"].is_string(), "{problem}");
    }
}
