//! The sender's message, drawn from Markdown and safe whatever it says.

use serde_json::json;

use super::Desk;

#[actix_web::test]
async fn markdown_is_drawn_and_nothing_in_it_runs() {
    let message = "Dear **Noor**,\n\n- one\n- two\n\n<script>alert(1)</script> [x](javascript:alert(1)) ![p](https://spy.example/p.gif)";
    let desk = Desk::new(json!({ "message": message })).await;
    let url = desk.send().await;
    let response = reqwest::get(&url).await.unwrap();
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(!policy.contains("unsafe"));
    let page = response.text().await.unwrap();
    assert!(page.contains("<strong>Noor</strong>") && page.contains("<li>one</li>"));
    for hostile in ["alert(1)</script>", "javascript:", "spy.example"] {
        assert!(!page.contains(hostile), "{hostile}");
    }
}
