//! One-time codes: one use, ten minutes, five tries; and nobody learns from them who is on a list.

use chrono::TimeDelta;
use lastmile::entities::{link_code, mail};
use lastmile::mail::text_with_token;
use reqwest::{Method, StatusCode};
use sea_orm::EntityTrait as _;
use serde_json::json;

use super::House;

const NOOR: &str = "noor@northwind.example";

#[actix_web::test]
async fn a_code_is_mailed_and_stored_nowhere() {
    let house = House::new().await;
    let mut visitor = house.visitor(json!({ "email_required": true })).await;
    visitor
        .pass(&[("step", "email"), ("email", " Noor@Northwind.example ")])
        .await;
    let code = visitor.code().await;
    let app = &house.server.app;
    let mails = mail::Entity::find().all(app.db.read()).await.unwrap();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to_address, NOOR);
    let stored = format!("{:?}", mails[0]);
    assert!(!stored.contains(&code), "the row holds the code");
    assert!(text_with_token(&app.keys, &mails[0]).contains(&code));
    let codes = link_code::Entity::find().all(app.db.read()).await.unwrap();
    assert!(!format!("{codes:?}").contains(&code));
    let page = visitor.get("").await;
    assert!(page.text.contains("Type in the code") && page.text.contains(NOOR));
    assert!(!page.everything().contains(&code));
}

#[actix_web::test]
async fn a_code_is_good_for_one_use_and_looking_uses_nothing_up() {
    let house = House::new().await;
    let mut visitor = house.visitor(json!({ "email_required": true })).await;
    visitor.pass(&[("step", "email"), ("email", NOOR)]).await;
    let code = visitor.code().await;
    let before = visitor.clone();
    for path in [
        "",
        "/gate",
        &format!("/gate?step=code&code={code}"),
        &format!("?code={code}"),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let request = visitor.request(method, path);
            visitor.send(request).await;
        }
    }
    assert!(!visitor.is_in().await);
    visitor.pass(&[("step", "code"), ("code", &code)]).await;
    assert!(visitor.is_in().await);
    // The same code from the cookie of before, as a thief would send it.
    let mut thief = before;
    let again = thief.answer(&[("step", "code"), ("code", &code)]).await;
    assert_eq!(again.status, StatusCode::FORBIDDEN);
    assert!(!thief.is_in().await);
}

#[actix_web::test]
async fn a_code_runs_out_is_mistyped_five_times_at_most_and_gives_way_to_a_newer_one() {
    let house = House::new().await;
    let wrong = |code: &str| if code == "000000" { "111111" } else { "000000" };

    let mut visitor = house.visitor(json!({ "email_required": true })).await;
    visitor.pass(&[("step", "email"), ("email", NOOR)]).await;
    let first = visitor.code().await;
    visitor.pass(&[("step", "again")]).await;
    let second = visitor.code().await;
    if first != second {
        let old = visitor.answer(&[("step", "code"), ("code", &first)]).await;
        assert_eq!(old.status, StatusCode::FORBIDDEN);
    }
    for _ in 0..5 {
        visitor
            .answer(&[("step", "code"), ("code", wrong(&second))])
            .await;
    }
    let late = visitor.answer(&[("step", "code"), ("code", &second)]).await;
    assert_eq!(late.status, StatusCode::FORBIDDEN, "mistyped too often");

    let mut other = house.visitor(json!({ "email_required": true })).await;
    other
        .pass(&[("step", "email"), ("email", "ann@northwind.example")])
        .await;
    let code = other.code().await;
    let db = &house.server.app.db;
    let row = link_code::Entity::find().all(db.read()).await.unwrap();
    let life = row[0].expires_at - row[0].created_at;
    assert!(life <= TimeDelta::minutes(10));
    let past = house.server.app.clock.now() - TimeDelta::seconds(1);
    let tx = db.begin().await.unwrap();
    link_code::Entity::update_many()
        .col_expr(
            link_code::Column::ExpiresAt,
            sea_orm::sea_query::Expr::value(past),
        )
        .exec(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let late = other.answer(&[("step", "code"), ("code", &code)]).await;
    assert_eq!(late.status, StatusCode::FORBIDDEN);
    assert!(late.text.contains("has run out"));
}

#[actix_web::test]
async fn a_code_of_one_link_or_address_opens_no_other() {
    let house = House::new().await;
    let mut one = house.visitor(json!({ "email_required": true })).await;
    let mut two = house.visitor(json!({ "email_required": true })).await;
    one.pass(&[("step", "email"), ("email", NOOR)]).await;
    let code = one.code().await;
    two.pass(&[("step", "email"), ("email", NOOR)]).await;
    if two.code().await != code {
        let foreign = two.answer(&[("step", "code"), ("code", &code)]).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    }
}

#[actix_web::test]
async fn nobody_learns_who_is_on_a_list_without_having_the_address() {
    let house = House::new().await;
    let mut visitor = house.visitor(json!({ "allow": [NOOR] })).await;
    let mut pages = Vec::new();
    for email in [NOOR, "stranger@elsewhere.example"] {
        visitor.cookie = None;
        visitor.pass(&[("step", "email"), ("email", email)]).await;
        let asked = visitor.get("").await;
        let wrong = visitor.answer(&[("step", "code"), ("code", "12")]).await;
        assert_eq!(wrong.status, StatusCode::FORBIDDEN);
        pages.push((asked.text.replace(email, ""), wrong.text.replace(email, "")));
    }
    assert_eq!(pages[0], pages[1]);
}

#[actix_web::test]
async fn what_is_no_address_is_sent_nothing() {
    let house = House::new().await;
    let mut visitor = house.visitor(json!({ "email_required": true })).await;
    for text in [
        "",
        "noor",
        "noor@northwind.example\r\nBcc: eve@example.com",
        "a b@example.com",
    ] {
        let seen = visitor.answer(&[("step", "email"), ("email", text)]).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{text:?}");
    }
    let mails = mail::Entity::find()
        .all(house.server.app.db.read())
        .await
        .unwrap();
    assert!(mails.is_empty());
}
