//! Passing the gates: what each page asks for, in which order, and what the browser keeps.

use lastmile::entities::terms_acceptance;
use reqwest::header::SET_COOKIE;
use reqwest::{Method, StatusCode};
use sea_orm::EntityTrait as _;
use serde_json::json;

use super::{House, MARKER, PASSCODE, with_form};

#[actix_web::test]
async fn a_passcode_opens_the_link_for_this_browser_only() {
    let house = House::new().await;
    let mut visitor = house.visitor(json!({ "passcode": PASSCODE })).await;
    let gate = visitor.get("").await;
    assert_eq!(gate.status, StatusCode::OK);
    assert!(gate.text.contains("Enter the passcode") && gate.text.contains("Sam-Rivera"));
    let wrong = visitor
        .answer(&[("step", "passcode"), ("passcode", "red lantern")])
        .await;
    assert_eq!(wrong.status, StatusCode::FORBIDDEN);
    assert!(
        wrong.text.contains("role=\"alert\"") && wrong.text.contains("This is not the passcode")
    );
    assert!(!visitor.is_in().await);
    visitor.passcode().await;
    assert!(visitor.is_in().await);
    let mut another = super::Visitor {
        cookie: None,
        ..visitor
    };
    assert!(!another.is_in().await);
}

#[actix_web::test]
async fn the_pass_is_kept_from_scripts_and_from_other_links() {
    let house = House::new().await;
    let visitor = house.visitor(json!({ "passcode": PASSCODE })).await;
    let request = visitor.request(Method::POST, "/gate");
    let form = [("step", "passcode"), ("passcode", PASSCODE)];
    let response = with_form(request, &form).send().await.unwrap();
    let cookie = response.headers()[SET_COOKIE].to_str().unwrap();
    for part in [
        "HttpOnly",
        "SameSite=Lax",
        &format!("Path=/p/{}", visitor.token),
    ] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    let secure = visitor
        .request(Method::POST, "/gate")
        .header("x-forwarded-proto", "https");
    let response = with_form(secure, &form).send().await.unwrap();
    assert!(
        response.headers()[SET_COOKIE]
            .to_str()
            .unwrap()
            .contains("Secure")
    );
}

#[actix_web::test]
async fn a_gated_link_shows_chat_tools_a_neutral_title_and_no_picture() {
    let house = House::new().await;
    let mut open = house.visitor(json!({})).await;
    assert!(open.get("").await.text.contains("og:image"));
    let mut gated = house.visitor(json!({ "passcode": PASSCODE })).await;
    let gate = gated.get("").await;
    assert!(
        gate.text
            .contains("og:title\" content=\"Something was shared with you")
    );
    assert!(!gate.text.contains("og:image") && !gate.everything().contains(MARKER));
    gated.passcode().await;
    let page = gated.get("").await;
    assert!(page.text.contains(MARKER) && !page.text.contains("og:image"));
}

#[actix_web::test]
async fn several_gates_are_asked_one_after_another() {
    let house = House::new().await;
    let terms = house.terms("First.\n\nSecond & last.").await;
    let settings = json!({ "passcode": PASSCODE, "email_required": true, "terms_id": terms["id"] });
    let mut visitor = house.visitor(settings).await;
    let steps = |text: &str, at: usize| text.contains(&format!("Step {at} of 3"));
    assert!(steps(&visitor.get("").await.text, 1));
    // A later step cannot be answered first.
    visitor
        .answer(&[("step", "terms"), ("accept", "yes"), ("version", "1")])
        .await;
    assert!(steps(&visitor.get("").await.text, 1));
    visitor.passcode().await;
    assert!(steps(&visitor.get("").await.text, 2));
    visitor.confirm("Noor@Northwind.example").await;
    let page = visitor.get("").await;
    assert!(steps(&page.text, 3) && page.text.contains("Second &#38; last."));
    let unread = visitor.answer(&[("step", "terms"), ("version", "1")]).await;
    assert_eq!(unread.status, StatusCode::UNPROCESSABLE_ENTITY);
    visitor.accept("1").await;
    assert!(visitor.is_in().await);
}

#[actix_web::test]
async fn that_terms_were_accepted_is_kept_with_the_wording_and_the_address() {
    let house = House::new().await;
    let terms = house.terms("Keep it to yourself.").await;
    let settings = json!({ "email_required": true, "terms_id": terms["id"] });
    let mut visitor = house.visitor(settings).await;
    visitor.confirm("noor@northwind.example").await;
    // Looking accepts nothing.
    visitor.get("").await;
    let all = || terms_acceptance::Entity::find().all(house.server.app.db.read());
    assert!(all().await.unwrap().is_empty());
    visitor.accept("1").await;
    let kept = all().await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].link_id, kept[0].version), (visitor.link, 1));
    assert_eq!(kept[0].email.as_deref(), Some("noor@northwind.example"));
    assert_eq!(kept[0].network, "203.0.113.0/24");
    let path = format!("/api/v1/links/{}/acceptances", visitor.link);
    let told = house.rep.get(&path).await.ok();
    assert_eq!(told["items"][0]["title"], "Confidentiality");

    // Worded anew, they are asked for anew; the old wording is not taken for the new one.
    let path = format!("/api/v1/terms/{}", terms["id"].as_str().unwrap());
    let new = json!({ "title": "Confidentiality", "text": "Tell nobody." });
    house.admin.edit(Method::PUT, &path, 1, &new).await.ok();
    let page = visitor.get("").await;
    assert!(page.text.contains("Tell nobody.") && !page.text.contains(MARKER));
    let old = visitor
        .answer(&[("step", "terms"), ("accept", "yes"), ("version", "1")])
        .await;
    assert_eq!(old.status, StatusCode::FORBIDDEN);
    visitor.accept("2").await;
    assert!(visitor.is_in().await);
    // Another title alone asks nobody again.
    let renamed = json!({ "title": "Secrecy", "text": "Tell nobody." });
    house.admin.edit(Method::PUT, &path, 2, &renamed).await.ok();
    assert!(visitor.is_in().await);
}

#[actix_web::test]
async fn lists_let_in_whom_they_name_and_keep_out_whom_they_deny() {
    let house = House::new().await;
    let lists = json!({ "allow": ["northwind.example", "ann@other.example"], "deny": ["eve@northwind.example"] });
    let mut noor = house.visitor(lists).await;
    for (email, is_in) in [
        ("noor@northwind.example", true),
        ("ann@other.example", true),
        ("eve@northwind.example", false),
        ("bo@other.example", false),
        ("mal@notnorthwind.example", false),
    ] {
        noor.cookie = None;
        noor.confirm(email).await;
        assert_eq!(noor.is_in().await, is_in, "{email}");
        if !is_in {
            let page = noor.get("").await;
            assert!(
                page.text.contains("This link is for somebody else") && page.text.contains(email)
            );
            noor.pass(&[("step", "other")]).await;
            assert!(
                noor.get("")
                    .await
                    .text
                    .contains("Confirm your e-mail address")
            );
        }
    }
}

#[actix_web::test]
async fn a_changed_passcode_or_list_asks_again_and_a_longer_time_does_not() {
    let house = House::new().await;
    let mut visitor = house.visitor(json!({ "passcode": PASSCODE })).await;
    visitor.passcode().await;
    assert!(visitor.is_in().await);
    let until = house.server.app.clock.now() + chrono::TimeDelta::days(9);
    house
        .edit(
            visitor.link,
            &json!({ "expires_at": until, "download": "original" }),
        )
        .await
        .ok();
    assert!(visitor.is_in().await);
    house
        .edit(visitor.link, &json!({ "passcode": "green lantern" }))
        .await
        .ok();
    assert!(!visitor.is_in().await);
    visitor
        .pass(&[("step", "passcode"), ("passcode", "green lantern")])
        .await;
    assert!(visitor.is_in().await);
    house
        .edit(
            visitor.link,
            &json!({ "passcode": null, "deny": ["rival.example"] }),
        )
        .await
        .ok();
    assert!(
        visitor
            .get("")
            .await
            .text
            .contains("Confirm your e-mail address")
    );
}

#[actix_web::test]
async fn a_pass_ends_after_a_week() {
    let house = House::new().await;
    let mut visitor = house.visitor(json!({ "passcode": PASSCODE })).await;
    visitor.passcode().await;
    let app = &house.server.app;
    let later = app.clock.now() + chrono::TimeDelta::days(8);
    let row = house.row(visitor.link).await;
    let cookie = visitor.cookie.clone().unwrap();
    let request = |now| {
        let request = actix_web::test::TestRequest::default()
            .insert_header(("cookie", cookie.clone()))
            .to_http_request();
        lastmile::pitches::Pass::of(&request, &app.keys, &row, now).passcode
    };
    assert!(request(app.clock.now()));
    assert!(!request(later));
}
