//! Mutual next steps: kept by edits, ticked off by both sides, each tick one act.

use lastmile::entities::{EventKind, Role, event, notification};
use reqwest::{Client, Method, StatusCode, redirect};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use super::Desk;
use crate::viewer::visit_of;

fn steps() -> Value {
    json!({ "steps": [
        { "side": "theirs", "what": "Send the plan of the <halls>", "who": "Noor", "due_on": "2999-12-01" },
        { "side": "ours", "what": "Quote for two depots" },
    ] })
}

async fn html(url: &str) -> String {
    reqwest::get(url).await.unwrap().text().await.unwrap()
}

async fn tick(url: &str, step: &Value, done: bool, visit: &str) -> reqwest::Response {
    Client::builder()
        .redirect(redirect::Policy::none())
        .build()
        .unwrap()
        .post(format!("{url}/steps/{}", step["id"].as_str().unwrap()))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("visit={visit}&done={done}"))
        .send()
        .await
        .unwrap()
}

#[actix_web::test]
async fn the_prospect_ticks_off_their_step_without_script_and_the_rep_is_told_once() {
    let desk = Desk::new(steps()).await;
    let url = desk.send().await;
    let page = html(&url).await;
    assert!(page.contains("Next steps") && page.contains("Send the plan of the &#60;halls&#62;"));
    assert!(page.contains("You (Noor), by 1 December 2999"));
    let step = &desk.pitch["steps"][0];
    let visit = visit_of(&page).to_owned();
    for _ in 0..2 {
        let answer = tick(&url, step, true, &visit).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert!(
            answer.headers()["location"]
                .to_str()
                .unwrap()
                .ends_with("#steps")
        );
    }
    assert!(html(&url).await.contains("Done by Noor Haddad on"));

    let read = desk.rep.get(&desk.path()).await.ok();
    assert_eq!(read["revision"], 1, "a tick is no edit");
    assert_eq!(read["steps"][0]["done_by"], "Noor Haddad");
    assert_eq!(read["steps"][0]["done_by_prospect"], true);
    assert_eq!(read["steps"][1]["done_at"], Value::Null);
    let on_deal = desk
        .rep
        .get(&format!(
            "/api/v1/opportunities/{}/steps",
            desk.deal.opportunity
        ))
        .await
        .ok();
    assert_eq!(on_deal["items"][0]["pitch_title"], "For Noor");
    assert!(on_deal["items"][0]["done_at"].is_string());

    let db = desk.server.app.db.read();
    let told = notification::Entity::find()
        .filter(notification::Column::Kind.eq("step_ticked"))
        .all(db)
        .await
        .unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(
        told[0].title,
        "Noor Haddad ticked off \u{201c}Send the plan of the <halls>\u{201d}"
    );
    let acts = event::Entity::find()
        .filter(event::Column::Kind.eq(EventKind::StepTicked))
        .count(db)
        .await
        .unwrap();
    assert_eq!(acts, 1, "twice the same is one act");

    let undone = tick(&url, step, false, &visit).await;
    assert_eq!(undone.status(), StatusCode::SEE_OTHER);
    let read = desk.rep.get(&desk.path()).await.ok();
    assert_eq!(read["steps"][0]["done_at"], Value::Null);
}

#[actix_web::test]
async fn a_prospect_ticks_off_nothing_but_their_own_steps_through_an_open_link() {
    let desk = Desk::new(steps()).await;
    let url = desk.send().await;
    let ours = &desk.pitch["steps"][1];
    assert_eq!(
        tick(&url, ours, true, "").await.status(),
        StatusCode::CONFLICT
    );

    let other = desk
        .rep
        .post(
            "/api/v1/pitches",
            &json!({ "opportunity_id": desk.deal.opportunity, "steps": [{ "side": "theirs", "what": "Else" }] }),
        )
        .await
        .ok();
    let foreign = tick(&url, &other["steps"][0], true, "").await;
    assert_eq!(foreign.status(), StatusCode::NOT_FOUND);

    let link = desk.rep.get(&desk.path()).await.ok()["links"][0]["id"].clone();
    desk.rep
        .post(
            &format!("/api/v1/links/{}/revoke", link.as_str().unwrap()),
            &json!({}),
        )
        .await
        .ok();
    let gone = tick(&url, &desk.pitch["steps"][0], true, "").await;
    assert_eq!(gone.status(), StatusCode::GONE);
}

#[actix_web::test]
async fn an_edit_keeps_ticks_and_leaves_steps_alone_that_it_does_not_name() {
    let desk = Desk::new(steps()).await;
    let id = desk.pitch["steps"][0]["id"].clone();
    let done = format!("/api/v1/pitch-steps/{}/done", id.as_str().unwrap());
    let put = |value: bool| {
        let request = desk.rep.request(Method::PUT, &done);
        async move {
            request
                .json(&json!({ "done": value }))
                .send()
                .await
                .unwrap()
                .status()
        }
    };
    assert_eq!(put(true).await, 200);
    assert_eq!(put(true).await, 200);

    let (revision, edit) = desk.edit().await;
    let same = desk
        .rep
        .edit(Method::PUT, &desk.path(), revision, &edit)
        .await
        .ok();
    assert_eq!(same["steps"].as_array().unwrap().len(), 2);
    assert_eq!(same["steps"][0]["done_by"], "Ann-Lee");

    let (revision, mut edit) = desk.edit().await;
    edit["steps"] = json!([
        { "side": "ours", "what": "Call on Friday" },
        { "id": id, "side": "theirs", "what": "Send all plans" },
    ]);
    let changed = desk
        .rep
        .edit(Method::PUT, &desk.path(), revision, &edit)
        .await
        .ok();
    assert_eq!(changed["steps"][1]["id"], id);
    assert_eq!(changed["steps"][1]["what"], "Send all plans");
    assert_eq!(changed["steps"][1]["done_by"], "Ann-Lee");
    assert_eq!(changed["steps"].as_array().unwrap().len(), 2);

    let stranger = desk
        .server
        .person_named(Role::Rep, "Else-One", Some("South"))
        .await;
    let refused = stranger
        .request(Method::PUT, &done)
        .json(&json!({ "done": false }))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 404);

    let (revision, mut edit) = desk.edit().await;
    edit["steps"] = json!([{ "side": "ours", "what": "  ", "who": "Ann" }]);
    let refused = desk
        .rep
        .edit(Method::PUT, &desk.path(), revision, &edit)
        .await;
    assert_eq!(refused.body["errors"][0]["field"], "steps[0].what");
}

#[actix_web::test]
async fn a_preview_shows_the_steps_and_takes_no_tick() {
    let desk = Desk::new(steps()).await;
    let preview = desk
        .rep
        .get(desk.pitch["preview_url"].as_str().unwrap())
        .await
        .ok();
    let page = preview.as_str().unwrap();
    assert!(page.contains("Quote for two depots"));
    assert!(!page.contains("/steps/"), "nothing to tick");
    let events = event::Entity::find()
        .count(desk.server.app.db.read())
        .await
        .unwrap();
    assert_eq!(events, 0, "a preview counts nothing");
}
