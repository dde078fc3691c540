//! Lists, pages, edits and the history.

use lastmile::entities::{Role, VisitClass, VisitLevel, pitch, pitch_link, visit};
use lastmile::ids::{LinkId, OpportunityId, PitchId, UserId, VisitId};
use reqwest::Method;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
use serde_json::{Value, json};

use super::{Customers, Person, days_ago, find, in_order, names};

#[actix_web::test]
async fn reps_see_their_own_and_their_team_s_and_nothing_else_exists_for_them() {
    let customers = Customers::start().await;
    let list = |person: &Person| {
        let person = person.clone();
        async move { names(&person.get("/api/v1/opportunities").await.ok()) }
    };
    assert_eq!(list(&customers.ada).await, ["Branches", "Classrooms"]);
    assert_eq!(list(&customers.bo).await, ["Branches", "Classrooms"]);
    assert_eq!(list(&customers.cy).await, ["Data centre"]);
    assert_eq!(list(&customers.admin).await.len(), 3);

    let server = &customers.server;
    let marketer = server.person(Role::Marketer).await;
    assert_eq!(list(&marketer).await.len(), 3);
    let north = server
        .person_named(Role::Manager, "nora", Some("North"))
        .await;
    assert_eq!(list(&north).await, ["Branches", "Classrooms"]);
    let chief = server.person(Role::Manager).await;
    assert_eq!(list(&chief).await.len(), 3);

    let id = customers.opportunity("Branches").await;
    let path = format!("/api/v1/opportunities/{id}");
    assert_eq!(customers.cy.get(&path).await.code(), "not_found");
    let timeline = customers.cy.get(&format!("{path}/timeline")).await;
    assert_eq!(timeline.code(), "not_found");
    let edit = json!({ "needs": "mine now" });
    let refused = customers.cy.edit(Method::PATCH, &path, 1, &edit).await;
    assert_eq!(refused.code(), "not_found");
    let note = json!({ "kind": "note", "subject": "mine now" });
    let refused = customers
        .cy
        .post(&format!("{path}/activities"), &note)
        .await;
    assert_eq!(refused.code(), "not_found");
}

#[actix_web::test]
async fn the_list_filters_sorts_and_pages() {
    let customers = Customers::start().await;
    let get = |query: &'static str| {
        let admin = customers.admin.clone();
        async move {
            admin
                .get(&format!("/api/v1/opportunities?{query}"))
                .await
                .ok()
        }
    };
    assert_eq!(names(&get("outcome=won").await), ["Classrooms"]);
    assert_eq!(names(&get("stage=discovery").await), ["Data centre"]);
    assert_eq!(
        names(&get("q=NORDLICHT").await),
        ["Branches", "Data centre"]
    );
    assert_eq!(names(&get("q=%25").await), Vec::<String>::new());
    assert_eq!(names(&get("owner=me").await), Vec::<String>::new());
    let own = customers
        .ada
        .get("/api/v1/opportunities?owner=me")
        .await
        .ok();
    assert_eq!(names(&own), ["Branches"]);
    let bad = customers
        .admin
        .get("/api/v1/opportunities?owner=them")
        .await;
    assert_eq!(bad.code(), "malformed");

    assert_eq!(in_order(&get("sort=close").await)[0], "Branches");
    let whole = in_order(&get("sort=amount").await);
    assert_eq!(whole[0], "Branches");
    assert_eq!(whole[2], "Classrooms");
    for sort in ["updated", "amount", "close"] {
        let path = format!("/api/v1/opportunities?limit=1&sort={sort}");
        let mut page = customers.admin.get(&path).await.ok();
        let mut walked = in_order(&page);
        while let Some(cursor) = page["next_cursor"].as_str() {
            page = customers
                .admin
                .get(&format!("{path}&cursor={cursor}"))
                .await
                .ok();
            walked.extend(in_order(&page));
        }
        let all = customers
            .admin
            .get(&format!("/api/v1/opportunities?sort={sort}"))
            .await;
        assert_eq!(walked, in_order(&all.ok()), "{sort}");
    }
}

#[actix_web::test]
async fn the_page_shows_facts_route_committee_and_doubts() {
    let customers = Customers::start().await;
    let id = customers.opportunity("Branches").await;
    let reply = customers
        .ada
        .get(&format!("/api/v1/opportunities/{id}"))
        .await;
    assert_eq!(reply.headers["etag"], "\"1\"");
    let page = reply.ok();
    assert_eq!(
        page["amount"],
        json!({ "minor": 1_250_050, "currency": "EUR" })
    );
    assert_eq!(page["account"]["industry"], "banking");
    assert_eq!(page["size"], "enterprise");
    assert_eq!(page["persona"], "finance");
    assert_eq!(page["owner"]["name"], "ada");
    assert_eq!(page["last_activity_at"], "2026-01-12T10:00:00Z");
    let stages: Vec<_> = page["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stop| &stop["stage"])
        .collect();
    assert_eq!(
        stages,
        ["discovery", "evaluation", "proposal", "negotiation", "open"]
    );
    assert_eq!(page["stages"][1]["current"], true);
    let contacts = page["contacts"].as_array().unwrap();
    assert_eq!(contacts[0]["name"], "Heike Lüders");
    assert_eq!(contacts[0]["email"], "heike@nordlicht.example");
    assert_eq!(
        (&contacts[1]["role"], &contacts[1]["reads"]),
        (&json!("champion"), &json!(0))
    );
    let codes = checks(&page);
    for code in [
        "past_expected_close",
        "primary_contact_bounced",
        "no_activity",
        "calls_without_status",
    ] {
        assert!(codes.contains(&code.to_owned()), "{code} in {codes:?}");
    }
    let won = customers.opportunity("Classrooms").await;
    let won = customers
        .bo
        .get(&format!("/api/v1/opportunities/{won}"))
        .await
        .ok();
    assert_eq!(checks(&won), ["closed_without_amount"]);
    assert_eq!(won["stages"][4]["entered_at"], "2026-03-01T00:00:00Z");
}

fn checks(page: &Value) -> Vec<String> {
    let checks = page["data_checks"].as_array().unwrap();
    checks
        .iter()
        .map(|check| check["code"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn an_edit_needs_the_present_revision_and_leaves_its_moves_in_the_history() {
    let customers = Customers::start().await;
    let id = customers.opportunity("Branches").await;
    let path = format!("/api/v1/opportunities/{id}");
    let ada = &customers.ada;

    let blind = ada
        .request(Method::PATCH, &path)
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(
        super::Reply::read(blind).await.code(),
        "precondition_required"
    );

    let edit = json!({ "stage": "proposal", "outcome": "won", "expected_close_on": null });
    let page = ada.edit(Method::PATCH, &path, 1, &edit).await.ok();
    assert_eq!(
        (&page["revision"], &page["outcome"]),
        (&json!(2), &json!("won"))
    );
    assert_eq!(page["expected_close_on"], Value::Null);
    assert!(page["closed_on"].is_string());
    assert_eq!(page["stages"][4]["current"], true);

    let late = ada
        .edit(Method::PATCH, &path, 1, &json!({ "needs": "x" }))
        .await;
    assert_eq!(late.code(), "stale");
    let closed = ada
        .edit(Method::PATCH, &path, 2, &json!({ "stage": "discovery" }))
        .await;
    assert_eq!(closed.code(), "conflict");
    let unknown = ada
        .edit(Method::PATCH, &path, 2, &json!({ "amount": 1 }))
        .await;
    assert_eq!(unknown.code(), "malformed");

    let timeline = ada.get(&format!("{path}/timeline")).await.ok();
    let titles: Vec<_> = timeline["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["title"])
        .collect();
    assert_eq!(
        titles,
        [
            "Closed as won",
            "Moved to proposal",
            "Moved to evaluation",
            "First call",
            "Moved to discovery"
        ]
    );

    let marketer = customers.server.person(Role::Marketer).await;
    let refused = marketer
        .edit(Method::PATCH, &path, 2, &json!({ "needs": "x" }))
        .await;
    assert_eq!(refused.code(), "forbidden");
}

#[actix_web::test]
async fn a_noted_activity_is_the_newest_of_the_history() {
    let customers = Customers::start().await;
    let id = customers.opportunity("Branches").await;
    let path = format!("/api/v1/opportunities/{id}/activities");
    let contacts = customers.ada.get("/api/v1/contacts?q=siebert").await.ok();
    let contact = find(&contacts, "Matthis Siebert")["id"].clone();
    let call = json!({ "kind": "call", "subject": " Called back ", "contact_id": contact, "call_status": "reached" });
    let item = customers.ada.post(&path, &call).await;
    assert_eq!(item.status, 201);
    let item = item.ok();
    assert_eq!(
        (&item["kind"], &item["title"], &item["actor"]),
        (&json!("call"), &json!("Called back"), &json!("ada"))
    );
    let timeline = customers
        .bo
        .get(&format!("/api/v1/opportunities/{id}/timeline?limit=1"))
        .await
        .ok();
    assert_eq!(timeline["items"][0], item);

    let other = customers.ada.get("/api/v1/contacts?q=brandt").await.ok();
    for wrong in [
        json!({ "kind": "call", "subject": " " }),
        json!({ "kind": "note", "subject": "x", "contact_id": find(&other, "Ines Brandt")["id"] }),
        json!({ "kind": "note", "subject": "x", "occurred_at": "2999-01-01T00:00:00Z" }),
        json!({ "kind": "note", "subject": "x", "call_status": "reached" }),
    ] {
        assert_eq!(
            customers.ada.post(&path, &wrong).await.code(),
            "invalid",
            "{wrong}"
        );
    }
}

#[actix_web::test]
async fn what_was_sent_and_read_stands_in_the_history_and_machines_do_not() {
    let customers = Customers::start().await;
    let id = customers.opportunity("Branches").await;
    let contacts = customers.ada.get("/api/v1/contacts?q=siebert").await.ok();
    let contact = find(&contacts, "Matthis Siebert")["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let links = send(&customers, id.parse().unwrap(), customers.ada.id).await;
    let db = &customers.server.app.db;
    let tx = db.begin().await.unwrap();
    let mut first: pitch_link::ActiveModel = links.0.into();
    first.contact_id = Set(Some(contact));
    let first = first.update(&tx).await.unwrap();
    visit_of(&customers, first.id, VisitClass::Human, 2)
        .insert(&tx)
        .await
        .unwrap();
    visit_of(&customers, first.id, VisitClass::Machine, 3)
        .insert(&tx)
        .await
        .unwrap();
    visit_of(&customers, links.1.id, VisitClass::Human, 0)
        .insert(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let path = format!("/api/v1/opportunities/{id}");
    let mut kinds = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = customers
            .ada
            .get(&format!("{path}/timeline?limit=2{cursor}"))
            .await
            .ok();
        for item in page["items"].as_array().unwrap() {
            kinds.push((item["kind"].clone(), item["actor"].clone()));
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let (siebert, guest) = (json!("Matthis Siebert"), json!("A colleague"));
    assert_eq!(
        kinds,
        [
            (json!("downloaded"), siebert.clone()),
            (json!("read"), siebert),
            (json!("read"), guest),
            (json!("shared"), Value::Null),
            (json!("pitch_sent"), json!("ada")),
            (json!("stage_change"), Value::Null),
            (json!("call"), json!("ada")),
            (json!("stage_change"), Value::Null),
        ]
    );
    let page = customers.ada.get(&path).await.ok();
    let reader = find(&json!({ "items": page["contacts"] }), "Matthis Siebert").clone();
    assert_eq!(reader["reads"], 1);
    assert_eq!(reader["last_read_at"], page["last_read_at"]);
    let list = customers.ada.get("/api/v1/opportunities").await.ok();
    assert_eq!(
        find(&list, "Branches")["last_read_at"],
        page["last_read_at"]
    );
}

/// A pitch with a link that Ada made two days ago, and one that its reader made by sharing yesterday.
async fn send(
    customers: &Customers,
    opportunity: OpportunityId,
    owner: UserId,
) -> (pitch_link::Model, pitch_link::Model) {
    let now = customers.server.app.clock.now();
    let sent = days_ago(2, now);
    let tx = customers.server.app.db.begin().await.unwrap();
    let pitch = pitch::ActiveModel {
        id: Set(PitchId::new(sent)),
        opportunity_id: Set(opportunity),
        owner_id: Set(owner),
        title: Set("Three slides".to_owned()),
        message: Set(String::new()),
        revision: Set(1),
        story_wanted: Set(false),
        created_at: Set(sent),
        updated_at: Set(sent),
    }
    .insert(&tx)
    .await
    .unwrap();
    let link = |parent: Option<LinkId>, at| pitch_link::ActiveModel {
        id: Set(LinkId::new(at)),
        pitch_id: Set(pitch.id),
        parent_link_id: Set(parent),
        contact_id: Set(None),
        recipient_name: Set(Some("A colleague".to_owned())),
        recipient_email: Set(None),
        token_hash: Set(format!("{parent:?}")),
        download_allowed: Set(true),
        created_by: Set(parent.is_none().then_some(owner)),
        created_at: Set(at),
        expires_at: Set(None),
        revoked_at: Set(None),
        ..Default::default()
    };
    let first = link(None, sent).insert(&tx).await.unwrap();
    let second = link(Some(first.id), days_ago(1, now))
        .insert(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    (first, second)
}

/// A visit of the last minutes; people's are a minute later when they download.
fn visit_of(
    customers: &Customers,
    link: LinkId,
    class: VisitClass,
    downloads: i32,
) -> visit::ActiveModel {
    let now = customers.server.app.clock.now();
    let start = now - chrono::TimeDelta::minutes(if downloads > 0 { 10 } else { 20 });
    visit::ActiveModel {
        id: Set(VisitId::new(start)),
        link_id: Set(link),
        started_at: Set(start),
        last_seen_at: Set(start + chrono::TimeDelta::minutes(2)),
        updated_at: Set(now),
        user_agent: Set(String::new()),
        network: Set(String::new()),
        browser_id: Set(String::new()),
        level: Set(VisitLevel::Read),
        class: Set(class),
        score: Set(80),
        reasons: Set(json!([])),
        features: Set(json!({})),
        class_override: Set(None),
        rule_id: Set(None),
        classifier: Set(1),
        continues: Set(None),
        verified_email: Set(None),
        unnamed: Set(None),
        active_ms: Set(90_000),
        pages_read: Set(2),
        page_total: Set(3),
        shares: Set(0),
        downloads: Set(downloads),
        questions: Set(0),
        current_item_id: Set(None),
        current_page: Set(None),
    }
}

#[actix_web::test]
async fn accounts_show_the_open_opportunities_that_one_may_see() {
    let customers = Customers::start().await;
    let admin = customers
        .admin
        .get("/api/v1/accounts?q=nordlicht")
        .await
        .ok();
    assert_eq!(admin["items"][0]["open_opportunities"], 2);
    let ada = customers.ada.get("/api/v1/accounts").await.ok();
    let bank = find(&ada, "Nordlicht Bank");
    assert_eq!(bank["open_opportunities"], 1);
    let id = bank["id"].as_str().unwrap();
    let page = customers
        .ada
        .get(&format!("/api/v1/accounts/{id}"))
        .await
        .ok();
    assert_eq!(page["contacts"].as_array().unwrap().len(), 2);
    assert_eq!(page["opportunities"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn a_contact_is_added_with_a_plausible_address() {
    let customers = Customers::start().await;
    let accounts = customers.ada.get("/api/v1/accounts?q=deich").await.ok();
    let account = accounts["items"][0]["id"].clone();
    let new = json!({ "account_id": account, "name": "Uwe Harms", "email": "Uwe@Deich.example" });
    let made = customers.ada.post("/api/v1/contacts", &new).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.ok()["email"], "uwe@deich.example");
    let id = account.as_str().unwrap();
    let list = customers
        .ada
        .get(&format!("/api/v1/contacts?account={id}"))
        .await
        .ok();
    assert_eq!(names(&list), ["Ines Brandt", "Uwe Harms"]);
    let bad = json!({ "account_id": account, "name": "", "email": "nobody" });
    let refused = customers.ada.post("/api/v1/contacts", &bad).await;
    assert_eq!(refused.body["errors"].as_array().unwrap().len(), 2);
}
