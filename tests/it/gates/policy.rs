//! Policies: what a link gets where nothing is said, how long it may last, for the installation and for a team.

use chrono::{DateTime, TimeDelta, Utc};
use lastmile::entities::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::House;

async fn set(house: &House, whose: &str, policy: Value) -> crate::support::Reply {
    let path = format!("/api/v1/link-policies/{whose}");
    let request = house.admin.request(Method::PUT, &path).json(&policy);
    crate::support::Reply::read(request.send().await.unwrap()).await
}

async fn link(house: &House, settings: Value) -> Value {
    house.ask_for_link(&house.pitch, settings).await.ok()["items"][0].clone()
}

fn days_left(house: &House, link: &Value) -> i64 {
    let end: DateTime<Utc> = link["expires_at"].as_str().unwrap().parse().unwrap();
    (end - house.server.app.clock.now() + TimeDelta::minutes(1)).num_days()
}

#[actix_web::test]
async fn a_link_gets_what_the_policy_says_and_lasts_no_longer() {
    let house = House::new().await;
    assert!(link(&house, json!({})).await["expires_at"].is_null());
    let policy = json!({ "default_days": 14, "longest_days": 30, "email_required": true, "download": "pdf",
        "nameless_allowed": true });
    set(&house, "installation", policy).await.ok();
    let made = link(&house, json!({})).await;
    assert_eq!(days_left(&house, &made), 14);
    assert_eq!(made["settings"]["email_required"], true);
    assert_eq!(made["settings"]["download"], "pdf");
    assert_eq!(made["settings"]["nameless_allowed"], true);
    let said = link(
        &house,
        json!({ "email_required": false, "download": "off" }),
    )
    .await;
    assert_eq!(said["settings"]["email_required"], false);

    let at = |days| house.server.app.clock.now() + TimeDelta::days(days);
    let refused = house
        .ask_for_link(&house.pitch, json!({ "expires_at": at(40) }))
        .await;
    assert_eq!(refused.body["errors"][0]["field"], "expires_at");
    let never = house
        .ask_for_link(&house.pitch, json!({ "expires_at": null }))
        .await;
    assert_eq!(never.code(), "invalid");
    // Neither is one made longer afterwards.
    let visitor = house.open(&said);
    assert_eq!(
        house
            .edit(visitor.link, &json!({ "expires_at": at(60) }))
            .await
            .code(),
        "invalid"
    );
    assert_eq!(
        house
            .edit(visitor.link, &json!({ "expires_at": null }))
            .await
            .code(),
        "invalid"
    );
    house
        .edit(visitor.link, &json!({ "expires_at": at(29) }))
        .await
        .ok();
}

#[actix_web::test]
async fn a_team_has_a_policy_of_its_own() {
    let house = House::new().await;
    set(&house, "installation", json!({ "default_days": 14 }))
        .await
        .ok();
    let all = house.admin.get("/api/v1/link-policies").await.ok();
    let team = all["teams"][0]["team_id"].as_str().unwrap().to_owned();
    assert_eq!(all["teams"][0]["name"], "North");
    assert!(all["teams"][0]["policy"].is_null());
    set(
        &house,
        &team,
        json!({ "default_days": 3, "longest_days": 5 }),
    )
    .await
    .ok();
    assert_eq!(
        house.rep.get("/api/v1/link-policy").await.ok()["default_days"],
        3
    );
    assert_eq!(days_left(&house, &link(&house, json!({})).await), 3);
    house
        .admin
        .delete(&format!("/api/v1/link-policies/{team}"))
        .await
        .ok();
    assert_eq!(
        house.rep.get("/api/v1/link-policy").await.ok()["default_days"],
        14
    );
}

#[actix_web::test]
async fn what_no_link_could_be_is_no_policy() {
    let house = House::new().await;
    for (policy, field) in [
        (json!({ "default_days": 0 }), "default_days"),
        (json!({ "longest_days": 30 }), "default_days"),
        (
            json!({ "longest_days": 3, "default_days": 4 }),
            "default_days",
        ),
        (json!({ "watermark": true, "download": "pdf" }), "download"),
        (
            json!({ "terms_id": "01890000-0000-7000-8000-000000000000" }),
            "terms_id",
        ),
    ] {
        let reply = set(&house, "installation", policy).await;
        assert_eq!(reply.body["errors"][0]["field"], field, "{}", reply.body);
    }
    let nobody = "01890000-0000-7000-8000-000000000000";
    assert_eq!(set(&house, nobody, json!({})).await.code(), "not_found");
}

#[actix_web::test]
async fn terms_are_kept_by_administrators_and_those_out_of_use_are_not_asked_for_anew() {
    let house = House::new().await;
    let terms = house.terms("Keep it to yourself.").await;
    let id = terms["id"].as_str().unwrap();
    let mut visitor = house.visitor(json!({ "terms_id": id })).await;
    house
        .admin
        .delete(&format!("/api/v1/terms/{id}"))
        .await
        .ok();
    let refused = house
        .ask_for_link(&house.pitch, json!({ "terms_id": id }))
        .await;
    assert_eq!(refused.body["errors"][0]["field"], "terms_id");
    // A link that asks for them goes on.
    assert!(!visitor.is_in().await);
    visitor.accept("1").await;
    assert!(visitor.is_in().await);
    let listed = house.rep.get("/api/v1/terms").await.ok();
    assert_eq!(listed["items"][0]["acceptances"], 1);
    let marketer = house.server.person(Role::Marketer).await;
    let forbidden = marketer
        .post("/api/v1/terms", &json!({ "title": "T", "text": "t" }))
        .await;
    assert_eq!(forbidden.code(), "forbidden");
}
