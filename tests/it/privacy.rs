//! What readers may ask of what is recorded: not to be known, a copy, and erasure with the figures following.

use lastmile::entities::{EventKind, erasure, event, notification, visit};
use reqwest::header::{COOKIE, SET_COOKIE};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};

use crate::engagement::Derived;
use crate::viewer::{Sent, visit_of};

/// A browser that has opened the page and read two of its pages.
async fn reads(sent: &Sent, header: Option<(&str, &str)>) -> String {
    let with = |request: reqwest::RequestBuilder| match header {
        Some((name, value)) => request.header(name, value),
        None => request,
    };
    let page = with(sent.request(&sent.path())).send().await.unwrap();
    let cookie = page
        .headers()
        .get(SET_COOKIE)
        .map_or_else(String::new, |cookie| {
            cookie
                .to_str()
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .to_owned()
        });
    let html = page.text().await.unwrap();
    // As if it had been opened a minute ago.
    let then = sent.server.app.clock.now() - chrono::TimeDelta::minutes(1);
    let link = sent.link["id"].as_str().unwrap().parse().unwrap();
    let visit = lastmile::engagement::begin_visit(&sent.server.app.keys, link, then).token;
    let _ = visit_of(&html);
    let data = json!({ "inputs": 9 });
    let mut events =
        vec![json!({ "id": uuid::Uuid::new_v4(), "kind": "opened", "ago_ms": 0, "data": data })];
    for page in [1, 2] {
        events.push(
            json!({ "id": uuid::Uuid::new_v4(), "kind": "page_viewed", "item": sent.item(0),
            "page": page, "active_ms": 5_000, "ago_ms": 0, "data": data }),
        );
    }
    let url = format!("{}{}/events", sent.server.base, sent.path());
    let reply = with(reqwest::Client::new().post(url))
        .header(COOKIE, &cookie)
        .header(
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        )
        .json(&json!({ "visit": visit, "events": events }))
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 200);
    cookie
}

async fn copy(sent: &Sent, cookie: &str) -> Value {
    let request = sent
        .request(&format!("{}/privacy/copy", sent.path()))
        .header(COOKIE, cookie);
    request.send().await.unwrap().json().await.unwrap()
}

async fn erase(sent: &Sent, cookie: &str) -> Value {
    let url = format!("{}{}/privacy/erase", sent.server.base, sent.path());
    let request = reqwest::Client::new()
        .post(url)
        .header(COOKIE, cookie)
        .json(&json!({}));
    request.send().await.unwrap().json().await.unwrap()
}

#[actix_web::test]
async fn a_browser_gets_a_copy_of_its_own_and_erases_it_and_the_figures_follow() {
    let sent = Sent::deck(json!({})).await;
    let mine = reads(&sent, None).await;
    let other = reads(&sent, None).await;
    assert_ne!(mine, other);
    sent.events(EventKind::Fetched, 2).await;
    let read = sent.events(EventKind::PageViewed, 4).await;

    let told = copy(&sent, &mine).await;
    let pages: usize = told["visits"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|visit| visit["events"].as_array().unwrap())
        .filter(|event| event["kind"] == "page_viewed")
        .count();
    assert_eq!(pages, 2, "one's own and nobody else's: {told}");
    assert!(read.len() > pages);
    let asked = notification::Entity::find()
        .count(sent.server.app.db.read())
        .await
        .unwrap();
    assert!(asked > 0, "the rep was told of the reading");

    let gone = erase(&sent, &mine).await;
    assert_eq!(
        (&gone["visits"], &gone["events"]),
        (&json!(2), &json!(4)),
        "{gone}"
    );
    Derived::assert_rebuilt(&sent.server.app).await;
    assert_eq!(copy(&sent, &mine).await["visits"], json!([]));
    assert_eq!(
        erase(&sent, &mine).await["events"],
        0,
        "asked for again, nothing is left"
    );
    let left = event::Entity::find()
        .count(sent.server.app.db.read())
        .await
        .unwrap();
    assert_eq!(left, 4, "the other's stay");
    let noted = erasure::Entity::find()
        .all(sent.server.app.db.read())
        .await
        .unwrap();
    assert_eq!(noted.len(), 1);
    assert_eq!((noted[0].visits, noted[0].events), (2, 4));
}

#[actix_web::test]
async fn whoever_has_no_name_gets_and_erases_nothing_of_others() {
    let sent = Sent::deck(json!({})).await;
    reads(&sent, None).await;
    sent.events(EventKind::PageViewed, 2).await;
    assert_eq!(copy(&sent, "").await["visits"], json!([]));
    assert_eq!(erase(&sent, "lastmile_browser=").await["visits"], 0);
    sent.events(EventKind::PageViewed, 2).await;
}

#[actix_web::test]
async fn global_privacy_control_leaves_sums_and_nobody_in_them() {
    let sent = Sent::deck(json!({})).await;
    let cookie = reads(&sent, Some(("sec-gpc", "1"))).await;
    assert_eq!(cookie, "", "no cookie is set");
    sent.events(EventKind::PageViewed, 2).await;
    let visits = visit::Entity::find()
        .all(sent.server.app.db.read())
        .await
        .unwrap();
    for visit in &visits {
        assert_eq!(
            (visit.browser_id.as_str(), visit.network.as_str()),
            ("", "")
        );
        assert_eq!(visit.unnamed, Some(true));
    }
    let kept = event::Entity::find()
        .all(sent.server.app.db.read())
        .await
        .unwrap();
    assert!(
        kept.iter()
            .all(|event| !event.data.to_string().contains("127.0.0"))
    );
    let deal = sent.pitch["opportunity"]["id"].as_str().unwrap();
    for path in [
        "/api/v1/live".to_owned(),
        "/api/v1/notifications".to_owned(),
        format!("/api/v1/opportunities/{deal}/visits"),
    ] {
        let list = sent.rep.get(&path).await.ok();
        assert_eq!(list["items"], json!([]), "{path}");
    }
    let link = format!("/api/v1/links/{}", sent.link["id"].as_str().unwrap());
    assert_eq!(sent.rep.get(&link).await.ok()["reads"], 0);
    let derived = Derived::read(&sent.server.app).await;
    assert!(!derived.pages.is_empty(), "it counts in the sums");
    assert!(
        derived.opportunity_assets.is_empty(),
        "but in no single deal"
    );
    Derived::assert_rebuilt(&sent.server.app).await;
}

/// The cookie that the answer sets, as a browser sends it back.
fn cookie_of(response: &reqwest::Response, name: &str) -> Option<String> {
    response
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .map(|cookie| cookie.to_str().unwrap())
        .find(|cookie| cookie.starts_with(name))
        .map(|cookie| cookie.split(';').next().unwrap().to_owned())
}

/// Posts the choice as the form does, without script.
async fn choose(sent: &Sent, named: &str, cookie: &str) -> reqwest::Response {
    let url = format!("{}{}/privacy/name", sent.server.base, sent.path());
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    client
        .post(url)
        .header(COOKIE, cookie)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("named={named}"))
        .send()
        .await
        .unwrap()
}

async fn told(sent: &Sent, cookie: &str) -> String {
    let request = sent
        .request(&format!("{}/privacy", sent.path()))
        .header(COOKIE, cookie);
    request.send().await.unwrap().text().await.unwrap()
}

const OFFER: &str = "View without my name";
const BACK: &str = "View with my name again";

#[actix_web::test]
async fn whoever_views_without_a_name_is_someone_and_nobody_until_they_take_it_back() {
    let sent = Sent::deck(json!({ "nameless_allowed": true })).await;
    let named = reads(&sent, None).await;
    sent.events(EventKind::PageViewed, 2).await;
    assert!(told(&sent, &named).await.contains(OFFER));
    let reply = choose(&sent, "no", &named).await;
    assert_eq!(reply.status(), 303);
    let mark = cookie_of(&reply, "lastmile_nameless=").unwrap();
    let chosen = format!("{named}; {mark}");
    let page = told(&sent, &chosen).await;
    assert!(page.contains(BACK) && !page.contains(OFFER));

    // The same browser goes on: no other name is set, and what it reads is nobody's.
    let set = reads(&sent, Some(("cookie", &chosen))).await;
    assert_eq!(set, "");
    sent.events(EventKind::PageViewed, 4).await;
    let db = sent.server.app.db.read();
    let visits = visit::Entity::find().all(db).await.unwrap();
    let unnamed: Vec<_> = visits.iter().filter(|one| one.unnamed.is_some()).collect();
    assert!(!unnamed.is_empty() && unnamed.len() < visits.len());
    for one in &unnamed {
        assert_eq!((one.browser_id.as_str(), one.network.as_str()), ("", ""));
    }
    let deal = sent.pitch["opportunity"]["id"].as_str().unwrap();
    let list = sent
        .rep
        .get(&format!("/api/v1/opportunities/{deal}/visits"))
        .await
        .ok();
    let ids: Vec<String> = unnamed.iter().map(|one| one.id.to_string()).collect();
    for one in list["items"].as_array().unwrap() {
        assert!(!ids.contains(&one["id"].as_str().unwrap().to_owned()));
    }
    let link = format!("/api/v1/links/{}", sent.link["id"].as_str().unwrap());
    assert_eq!(sent.rep.get(&link).await.ok()["reads"], 1, "the first one");
    let viewers = format!("/api/v1/opportunities/{deal}/viewers");
    let viewers = sent.rep.get(&viewers).await.ok();
    assert_eq!(viewers["nameless_visits"], 1, "{viewers}");
    assert_eq!(viewers["items"].as_array().unwrap().len(), 1);
    Derived::assert_rebuilt(&sent.server.app).await;
    // What was recorded with the name before can still be erased.
    assert_eq!(erase(&sent, &chosen).await["events"], 4);

    let back = choose(&sent, "yes", &chosen).await;
    let gone = back
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .map(|cookie| cookie.to_str().unwrap())
        .find(|cookie| cookie.starts_with("lastmile_nameless="))
        .unwrap();
    assert!(gone.contains("Max-Age=0"), "{gone}");
    assert!(told(&sent, &named).await.contains(OFFER));
    reads(&sent, Some(("cookie", &named))).await;
    assert_eq!(sent.rep.get(&link).await.ok()["reads"], 1, "named again");
}

#[actix_web::test]
async fn viewing_without_a_name_is_refused_where_it_is_not_allowed_and_a_cookie_of_ones_own_is_no_choice()
 {
    let sent = Sent::deck(json!({})).await;
    assert!(!told(&sent, "").await.contains(OFFER));
    let reply = choose(&sent, "no", "").await;
    assert_eq!(reply.status(), 409);
    assert_eq!(cookie_of(&reply, "lastmile_nameless="), None);
    let elsewhere = lastmile::engagement::nameless_mark(
        &sent.server.app.keys,
        lastmile::ids::LinkId(uuid::Uuid::nil()),
    );
    for forged in ["1", &elsewhere] {
        let cookie = format!("lastmile_nameless={forged}");
        reads(&sent, Some(("cookie", &cookie))).await;
    }
    // Looking at the page, whatever it is asked for, chooses nothing.
    let asked = sent
        .request(&format!("{}/privacy?named=no", sent.path()))
        .send()
        .await
        .unwrap();
    assert_eq!(cookie_of(&asked, "lastmile_nameless="), None);
    let db = sent.server.app.db.read();
    let visits = visit::Entity::find().all(db).await.unwrap();
    assert!(!visits.is_empty());
    assert!(visits.iter().all(|one| one.unnamed.is_none()));
}

#[actix_web::test]
async fn a_page_that_is_open_loses_its_name_with_the_choice_and_the_choice_outlasts_the_offer() {
    let sent = Sent::deck(json!({ "nameless_allowed": true })).await;
    let named = reads(&sent, None).await;
    let mark = cookie_of(&choose(&sent, "no", &named).await, "lastmile_nameless=").unwrap();
    let link = format!("/api/v1/links/{}", sent.link["id"].as_str().unwrap());
    assert_eq!(sent.rep.get(&link).await.ok()["reads"], 1);
    // The page of before reports once more.
    let db = sent.server.app.db.read();
    let open = visit::Entity::find().all(db).await.unwrap();
    let open = open.iter().max_by_key(|one| one.active_ms).unwrap();
    let token = lastmile::engagement::go_on(
        &sent.server.app.keys,
        sent.link["id"].as_str().unwrap().parse().unwrap(),
        open.id,
    );
    let event = json!({ "id": uuid::Uuid::new_v4(), "kind": "page_viewed", "item": sent.item(0), "page": 1,
        "active_ms": 1_000, "ago_ms": 0 });
    let reply = reqwest::Client::new()
        .post(format!("{}{}/events", sent.server.base, sent.path()))
        .header(COOKIE, format!("{named}; {mark}"))
        .json(&json!({ "visit": token.token, "events": [event] }))
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 200);
    assert_eq!(sent.rep.get(&link).await.ok()["reads"], 0);
    Derived::assert_rebuilt(&sent.server.app).await;

    let revision = sent.rep.get(&link).await.ok()["revision"].as_i64();
    let withdrawn = json!({ "nameless_allowed": false });
    let change = sent
        .rep
        .edit(reqwest::Method::PATCH, &link, revision.unwrap(), &withdrawn);
    assert_eq!(change.await.status, 200);
    assert_eq!(choose(&sent, "no", &named).await.status(), 409);
    assert!(
        told(&sent, &format!("{named}; {mark}"))
            .await
            .contains(BACK)
    );
    assert!(!told(&sent, &named).await.contains(OFFER));
}
