//! Requests for content: asking, joining, and what becomes of them.

use lastmile::entities::{AssetState, Role, mail, opportunity};
use reqwest::Method;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use serde_json::{Value, json};

use crate::support::{Content, Deal, Person, TestServer};

const PATH: &str = "/api/v1/content-requests";

async fn worth(server: &TestServer, deal: &Deal, minor: i64, currency: &str) {
    let row = opportunity::Entity::find_by_id(deal.opportunity)
        .one(server.app.db.read())
        .await
        .unwrap()
        .unwrap();
    let mut row = row.into_active_model();
    row.amount_minor = Set(Some(minor));
    row.currency = Set(Some(currency.to_owned()));
    let tx = server.app.db.begin().await.unwrap();
    row.update(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn ask(rep: &Person, body: Value) -> Value {
    rep.post(PATH, &body).await.ok()
}

#[actix_web::test]
async fn a_request_shows_its_demand_and_the_money_behind_it_to_those_who_may_see_the_deals() {
    let server = TestServer::start().await;
    let rep = server.person_named(Role::Rep, "Rep", Some("North")).await;
    let foreign = server
        .person_named(Role::Rep, "Foreign", Some("South"))
        .await;
    let marketer = server.person(Role::Marketer).await;
    let (ours, theirs) = (server.deal(rep.id).await, server.deal(foreign.id).await);
    worth(&server, &ours, 1_200_000, "EUR").await;
    worth(&server, &theirs, 500_000, "USD").await;

    let made = ask(
        &rep,
        json!({ "title": " A story of a dairy ", "purpose": "They ask for proof.", "query": "dairy cold chain",
            "opportunity_id": ours.opportunity, "industry": "food", "stage": "evaluation" }),
    )
    .await;
    assert_eq!(made["title"], "A story of a dairy");
    assert_eq!(
        (&made["status"], &made["demand"]),
        (&json!("open"), &json!(1))
    );
    assert_eq!(
        made["joins"][0]["opportunity"]["name"],
        "Cold chain for two depots"
    );
    assert_eq!(
        marketer.get("/api/v1/notifications").await.ok()["items"][0]["kind"],
        "request_new"
    );

    let one = format!("{PATH}/{}", made["id"].as_str().unwrap());
    let joins = format!("{one}/joins");
    let foreign_deal = json!({ "opportunity_id": ours.opportunity });
    assert_eq!(
        foreign.post(&joins, &foreign_deal).await.code(),
        "not_found",
        "a deal that one may not see cannot be named"
    );
    let joined = foreign
        .post(&joins, &json!({ "opportunity_id": theirs.opportunity }))
        .await
        .ok();
    assert_eq!(
        (&joined["demand"], &joined["joined"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(
        joined["pipeline"],
        json!([{ "minor": 500_000, "currency": "USD" }])
    );
    assert_eq!(joined["joins"][0]["user"]["name"], "Rep");
    assert_eq!(joined["joins"][0]["opportunity"], Value::Null);
    foreign
        .post(&joins, &json!({ "opportunity_id": theirs.opportunity }))
        .await
        .ok();
    let seen = marketer.get(&one).await.ok();
    assert_eq!(seen["demand"], 2, "joining twice counts once");
    assert_eq!(
        seen["pipeline"],
        json!([{ "minor": 1_200_000, "currency": "EUR" }, { "minor": 500_000, "currency": "USD" }])
    );
    assert_eq!(foreign.delete(&joins).await.status, 204);
    assert_eq!(marketer.get(&one).await.ok()["demand"], 1);
    assert_eq!(rep.delete(&joins).await.code(), "conflict");
}

#[actix_web::test]
async fn whoever_asked_is_told_when_it_is_done_and_gets_something_they_can_see() {
    let server = TestServer::start().await;
    let rep = server.person_named(Role::Rep, "Rep", None).await;
    let other = server.person_named(Role::Rep, "Other", None).await;
    let marketer = server.person_named(Role::Marketer, "Marketer", None).await;
    let made = ask(&rep, json!({ "title": "A story" })).await;
    let one = format!("{PATH}/{}", made["id"].as_str().unwrap());
    other.post(&format!("{one}/joins"), &json!({})).await.ok();

    let edit = |revision: i64, body: Value| {
        let (marketer, one) = (&marketer, &one);
        async move { marketer.edit(Method::PATCH, one, revision, &body).await }
    };
    assert_eq!(
        rep.edit(Method::PATCH, &one, 1, &json!({ "status": "planned" }))
            .await
            .code(),
        "forbidden"
    );
    let planned = json!({ "status": "planned", "owner_id": marketer.id, "due_on": "2030-01-31" });
    let planned = edit(1, planned).await.ok();
    assert_eq!(planned["owner"]["name"], "Marketer");
    assert_eq!(planned["due_on"], "2030-01-31");
    assert_eq!(
        edit(1, json!({ "status": "in_progress" })).await.code(),
        "stale"
    );
    let unable = edit(2, json!({ "owner_id": rep.id })).await;
    assert_eq!(unable.body["errors"][0]["field"], "owner_id");

    let done = edit(2, json!({ "status": "done" })).await;
    assert_eq!(done.body["errors"][0]["field"], "asset_id");
    let draft = server
        .content(Content {
            state: AssetState::Draft,
            ..Content::default()
        })
        .await;
    let unseen = edit(2, json!({ "status": "done", "asset_id": draft })).await;
    assert_eq!(unseen.body["errors"][0]["field"], "asset_id");
    let asset = server.content(Content::default()).await;
    let done = edit(2, json!({ "status": "done", "asset_id": asset }))
        .await
        .ok();
    assert_eq!(done["asset"]["title"], "Overview");
    for asker in [&rep, &other] {
        let news = asker.get("/api/v1/notifications").await.ok();
        assert_eq!(news["items"][0]["kind"], "request_done");
        assert_eq!(
            news["items"][0]["subject"],
            json!({ "kind": "asset", "id": asset })
        );
    }
    let mails = mail::Entity::find()
        .all(server.app.db.read())
        .await
        .unwrap();
    assert_eq!(mails.len(), 2);
    assert_eq!(
        other.post(&format!("{one}/joins"), &json!({})).await.code(),
        "conflict"
    );
}

#[actix_web::test]
async fn a_declined_request_says_why() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let marketer = server.person(Role::Marketer).await;
    let made = ask(&rep, json!({ "title": "A story" })).await;
    let one = format!("{PATH}/{}", made["id"].as_str().unwrap());
    let silent = marketer
        .edit(Method::PATCH, &one, 1, &json!({ "status": "declined" }))
        .await;
    assert_eq!(silent.body["errors"][0]["field"], "decline_reason");
    let why = json!({ "status": "declined", "decline_reason": "We sell no dairies." });
    marketer.edit(Method::PATCH, &one, 1, &why).await.ok();
    let news = rep.get("/api/v1/notifications").await.ok();
    assert_eq!(news["items"][0]["body"], "We sell no dairies.");
}

#[actix_web::test]
async fn the_list_is_by_demand_page_by_page_and_filtered() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let other = server.person(Role::Rep).await;
    let marketer = server.person(Role::Marketer).await;
    let mut ids = Vec::new();
    for title in ["First", "Second", "Third"] {
        let made = ask(&rep, json!({ "title": title })).await;
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    let joins = format!("{PATH}/{}/joins", ids[0]);
    other.post(&joins, &json!({})).await.ok();
    let titles = async |query: &str| {
        let mut titles = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = other
                .get(&format!("{PATH}?limit=1&{query}{cursor}"))
                .await
                .ok();
            for item in page["items"].as_array().unwrap() {
                titles.push(item["title"].as_str().unwrap().to_owned());
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return titles,
            }
        }
    };
    assert_eq!(titles("").await, ["First", "Third", "Second"]);
    assert_eq!(titles("sort=newest").await, ["Third", "Second", "First"]);
    assert_eq!(titles("mine=true").await, ["First"]);
    let past = json!({ "status": "in_progress", "due_on": "2020-01-31" });
    marketer
        .edit(Method::PATCH, &format!("{PATH}/{}", ids[1]), 1, &past)
        .await
        .ok();
    assert_eq!(titles("overdue=true").await, ["Second"]);
    assert_eq!(titles("status=in_progress").await, ["Second"]);
    assert_eq!(titles("unfinished=true").await.len(), 3);
}
