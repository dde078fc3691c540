//! That signals are true: who it was, when it ended, what people say over the program, and what never counts.

use lastmile::engagement::{Candidate, Report, begin_visit};
use lastmile::entities::{
    EventKind, Role, VisitClass, VisitLevel, event, notification, rollup_asset_day, visit,
};
use lastmile::error::Code;
use lastmile::ids::{EventId, VisitId};
use lastmile::rollup::SignalData;
use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use reqwest::Method;
use sea_orm::{ConnectionTrait as _, DbBackend, EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};

use crate::engagement::Derived;
use crate::fixtures::{SentPitch, sent_again, sent_pitch};
use crate::support::{Person, Reply, TestServer};
use crate::tab::{Tab, opened, viewed};
use crate::viewer::visit_of;

const OFFICE: &str = "198.51.100.20";
const ELSEWHERE: &str = "203.0.113.9";

async fn put(person: &Person, path: &str, body: &Value) -> Reply {
    let request = person.request(Method::PUT, path).json(body);
    Reply::read(request.send().await.unwrap()).await
}

/// A person reads two pages.
async fn read(tab: &Tab, sent: &SentPitch) {
    let item = &sent.items[0];
    let events = [opened(8), viewed(item, 1, 5_000), viewed(item, 2, 4_000)];
    assert_eq!(tab.report(&events).await.ok()["accepted"], 3);
}

async fn reads(server: &TestServer) -> (i64, i64) {
    let days = rollup_asset_day::Entity::find()
        .all(server.app.db.read())
        .await
        .unwrap();
    let sum = |of: fn(&rollup_asset_day::Model) -> i64| days.iter().map(of).sum();
    (sum(|day| day.reads), sum(|day| day.excluded_visits))
}

#[actix_web::test]
async fn what_a_rep_says_of_a_visit_counts_in_every_number_and_can_be_taken_back() {
    let server = TestServer::start().await;
    let rep = server.person_named(Role::Rep, "own", Some("North")).await;
    let stranger = server.person_named(Role::Rep, "other", Some("South")).await;
    let marketer = server.person(Role::Marketer).await;
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    let tab = Tab::open(&server.app, &server.base, &sent, 60);
    read(&tab, &sent).await;
    assert_eq!(reads(&server).await, (1, 0));
    assert_eq!(rep.get("/api/v1/notifications").await.ok()["unread"], 1);

    let class = format!("/api/v1/visits/{}/class", tab.visit);
    let machine = json!({ "class": "machine", "note": "our own scanner" });
    assert_eq!(put(&stranger, &class, &machine).await.code(), "not_found");
    assert_eq!(put(&marketer, &class, &machine).await.code(), "forbidden");
    let visit = put(&rep, &class, &machine).await.ok();
    assert_eq!(
        (&visit["class"], &visit["level"]),
        (&json!("machine"), &json!("opened"))
    );
    assert_eq!(visit["ruling"]["instead_of"], "human");
    assert_eq!(reads(&server).await, (0, 1));
    let told = rep.get("/api/v1/notifications").await.ok();
    assert_eq!(
        told["items"],
        json!([]),
        "what was told of it is taken back"
    );
    Derived::assert_rebuilt(&server.app).await;

    // What comes later in the visit is a machine's too.
    tab.report(&[viewed(&sent.items[0], 3, 3_500)]).await.ok();
    assert_eq!(reads(&server).await, (0, 1));

    let visit = put(&rep, &class, &json!({ "class": null })).await.ok();
    assert_eq!(
        (&visit["class"], &visit["ruling"]),
        (&json!("human"), &Value::Null)
    );
    assert_eq!(reads(&server).await, (1, 0));
    assert_eq!(rep.get("/api/v1/notifications").await.ok()["unread"], 1);
    Derived::assert_rebuilt(&server.app).await;
}

#[actix_web::test]
async fn a_rule_holds_for_visits_past_and_to_come_until_it_is_taken_back() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let manager = server.person(Role::Manager).await;
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    let from = |address: &str| Tab::open(&server.app, &server.base, &sent, 60).at_address(address);
    read(&from(OFFICE), &sent).await;
    read(&from(ELSEWHERE), &sent).await;

    let rule = json!({ "field": "network", "value": OFFICE, "class": "machine", "note": "" });
    assert_eq!(
        rep.post("/api/v1/visit-rules", &rule).await.code(),
        "forbidden"
    );
    let mut trial = rule.clone();
    trial["dry_run"] = true.into();
    let effect = manager.post("/api/v1/visit-rules", &trial).await;
    assert_eq!(effect.status, 200);
    assert_eq!(
        (&effect.body["changed"], &effect.body["reads"]),
        (&json!(1), &json!(-1))
    );
    assert_eq!(reads(&server).await, (2, 0), "a trial changes nothing");

    let made = manager.post("/api/v1/visit-rules", &rule).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.body["rule"]["value"], "198.51.100.0/24");
    assert_eq!(reads(&server).await, (1, 1));
    read(&from(OFFICE), &sent).await;
    assert_eq!(reads(&server).await, (1, 2));
    Derived::assert_rebuilt(&server.app).await;

    let rules = rep.get("/api/v1/visit-rules").await.ok();
    let id = rules["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/visit-rules/{id}");
    assert_eq!(rep.delete(&path).await.code(), "forbidden");
    let effect = manager.delete(&path).await.ok();
    assert_eq!(
        (&effect["changed"], &effect["reads"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(reads(&server).await, (3, 0));
    assert_eq!(manager.delete(&path).await.code(), "not_found");
    Derived::assert_rebuilt(&server.app).await;

    for (field, value) in [
        ("network", "office"),
        ("agent", "ff"),
        ("link", "1"),
        ("agent", " "),
    ] {
        let wrong = json!({ "field": field, "value": value, "class": "machine" });
        let answer = manager.post("/api/v1/visit-rules", &wrong).await;
        assert_eq!(answer.code(), "invalid", "{field} {value}");
    }
}

#[actix_web::test]
async fn half_an_hour_of_silence_ends_a_visit_and_begins_another() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    let tab = Tab::open(&server.app, &server.base, &sent, 3 * 3_600).in_browser("one");
    let ago = |mut event: Value, minutes: i64| {
        event["ago_ms"] = (minutes * 60_000).into();
        event
    };
    let item = &sent.items[0];
    let first = [ago(opened(6), 170), ago(viewed(item, 1, 9_000), 165)];
    tab.report(&first).await.ok();
    let later = viewed(item, 2, 8_000);
    tab.report(&[ago(later.clone(), 20), viewed(item, 3, 7_000)])
        .await
        .ok();
    assert_eq!(tab.report(&[later]).await.ok()["duplicate"], 1);

    let mut visits = visit::Entity::find()
        .all(server.app.db.read())
        .await
        .unwrap();
    visits.sort_by_key(|one| one.started_at);
    assert_eq!(visits.len(), 2);
    assert_eq!((visits[0].active_ms, visits[1].active_ms), (9_000, 15_000));
    assert_eq!(visits[1].continues, Some(visits[0].id));
    assert_eq!(visits[1].browser_id, "one");
    assert_eq!(visits[1].page_total, 3);
    Derived::assert_rebuilt(&server.app).await;
}

fn cookie_of(response: &reqwest::Response) -> String {
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

#[actix_web::test]
async fn a_page_loaded_again_within_half_an_hour_is_the_same_visit() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[2]).await;
    let page = format!("{}/p/{}", server.base, sent.token);
    let client = reqwest::Client::new();
    let first = client.get(&page).send().await.unwrap();
    let cookie = cookie_of(&first);
    let html = first.text().await.unwrap();
    for _ in 0..100 {
        if visit::Entity::find()
            .count(server.app.db.read())
            .await
            .unwrap()
            == 1
        {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let again = client
        .get(&page)
        .header("cookie", cookie)
        .send()
        .await
        .unwrap();
    assert_eq!(visit_of(&again.text().await.unwrap()), visit_of(&html));
    let other = client.get(&page).send().await.unwrap();
    assert_ne!(visit_of(&other.text().await.unwrap()), visit_of(&html));
    server.app.ingest.close().await;
    let visits = visit::Entity::find()
        .count(server.app.db.read())
        .await
        .unwrap();
    assert_eq!(visits, 2);
    Derived::assert_rebuilt(&server.app).await;
}

#[actix_web::test]
async fn a_link_that_nobody_sees_tells_a_crawler_and_a_dot_tells_a_reader_without_scripts() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[2]).await;
    let client = reqwest::Client::new();
    for (path, times) in [("index", 1), ("dot", 2)] {
        let page = format!("{}/p/{}", server.base, sent.token);
        let request = client.get(&page).header("accept-language", "en");
        let answer = request.send().await.unwrap();
        let cookie = cookie_of(&answer);
        let html = answer.text().await.unwrap();
        assert!(html.contains(r#"rel="nofollow" aria-hidden="true" tabindex="-1" hidden"#));
        assert!(html.contains(&format!("/{path}\"")), "{html}");
        // What was asked for is on disk within a moment.
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        for _ in 0..times {
            let request = client
                .get(format!("{page}/{path}"))
                .header("cookie", &cookie);
            assert_eq!(request.send().await.unwrap().status(), 200);
        }
    }
    server.app.ingest.close().await;
    let visits = visit::Entity::find()
        .all(server.app.db.read())
        .await
        .unwrap();
    let mut classes: Vec<_> = visits.iter().map(|one| (one.class, one.level)).collect();
    classes.sort();
    assert_eq!(
        classes,
        [
            (VisitClass::Unverified, VisitLevel::Fetched),
            (VisitClass::Machine, VisitLevel::Fetched),
        ]
    );
    Derived::assert_rebuilt(&server.app).await;
}

#[actix_web::test]
async fn a_flooded_link_is_told_to_slow_down_and_another_is_not() {
    let server = TestServer::start_with(|config| config.link_rate = 5).await;
    let rep = server.person(Role::Rep).await;
    let flooded = sent_pitch(&server.app, rep.id, &[2]).await;
    let calm = sent_again(&server.app, rep.id, &flooded).await;
    let tab = Tab::open(&server.app, &server.base, &flooded, 60);
    let events: Vec<[Value; 1]> = (0..20).map(|_| [opened(1)]).collect();
    let sending = events.iter().map(|event| tab.report(event));
    let replies = futures::future::join_all(sending).await;
    let refused: Vec<_> = replies.iter().filter(|reply| reply.status == 429).collect();
    assert!((5..=10).contains(&refused.len()), "{}", refused.len());
    assert_eq!(refused[0].code(), "too_many_requests");
    assert!(refused[0].headers.contains_key("retry-after"));
    let tab = Tab::open(&server.app, &server.base, &calm, 60);
    assert_eq!(tab.report(&[opened(1)]).await.ok()["accepted"], 1);
}

#[actix_web::test]
async fn a_link_that_was_passed_on_is_noticed_and_a_second_device_is_not() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    let tab = |minutes: i64, browser: &str, address: &str| {
        Tab::open(&server.app, &server.base, &sent, minutes * 60)
            .in_browser(browser)
            .at_address(address)
    };
    let report = async |tab: Tab, minutes: i64| {
        let item = &sent.items[0];
        let mut events = [opened(8), viewed(item, 1, 5_000)];
        for event in &mut events {
            event["ago_ms"] = ((minutes - 1) * 60_000).into();
        }
        tab.report(&events).await.ok();
    };
    report(tab(600, "first", OFFICE), 600).await;
    let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18 Safari/605.1.15";
    report(tab(400, "colleague", ELSEWHERE).calling_itself(mac), 400).await;
    report(tab(200, "first", OFFICE), 200).await;
    let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1";
    report(tab(90, "phone", "192.0.2.4").calling_itself(phone), 90).await;

    let path = format!("/api/v1/opportunities/{}/viewers", sent.opportunity);
    let viewers = rep.get(&path).await.ok();
    let items = viewers["items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "{viewers}");
    let recipient = items
        .iter()
        .find(|one| one["known_as"] == "recipient")
        .unwrap();
    assert_eq!(
        (&recipient["name"], &recipient["visits"]),
        (&json!("Maria Lopez"), &json!(3))
    );
    let other = items
        .iter()
        .find(|one| one["known_as"] == "anonymous")
        .unwrap();
    assert_eq!(
        (&other["name"], &other["new_at_account"]),
        (&Value::Null, &json!(true))
    );
    assert!(
        other["forwarded"].as_str().unwrap().contains("came back"),
        "{other}"
    );

    let visits = rep
        .get(&format!(
            "/api/v1/opportunities/{}/visits",
            sent.opportunity
        ))
        .await
        .ok();
    let passed_on = visits["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["viewer"]["forwarded"].is_string() && one["viewer_name"].is_null());
    assert_eq!(passed_on.count(), 1);
    let stranger = server.person_named(Role::Rep, "other", Some("South")).await;
    assert_eq!(stranger.get(&path).await.code(), "not_found");
}

/// A body that a browser would not send, more or less like one that it would.
fn nonsense(random: &mut impl rand::Rng, tab: &Tab, sent: &SentPitch) -> String {
    let numbers = [
        "-1",
        "0",
        "1e308",
        "-1e308",
        "null",
        "\"7\"",
        "99999999999999999999",
        "[]",
        "3.5",
    ];
    let texts = [
        "\"\"",
        "\"page_viewed\"",
        "\"shared\"",
        "\"fetched\"",
        "\"opened\"",
        "null",
        "7",
        "{}",
    ];
    let mut number = || (*numbers.choose(random).unwrap()).to_owned();
    let (page, active, ago, inputs) = (number(), number(), number(), number());
    let mut text = || (*texts.choose(random).unwrap()).to_owned();
    let (id, kind) = (text(), text());
    let id = if id == "7" {
        format!("\"{}\"", uuid::Uuid::new_v4())
    } else {
        id
    };
    let item = if random.random_bool(0.5) {
        format!("\"{}\"", sent.items[0].item)
    } else {
        format!("\"{}\"", uuid::Uuid::new_v4())
    };
    let visit = match random.random_range(0..5) {
        0 => "nonsense".to_owned(),
        1 => tab.visit_token.chars().rev().collect(),
        _ => tab.visit_token.clone(),
    };
    let mut body = format!(
        r#"{{"visit":"{visit}","events":[{{"id":{id},"kind":{kind},"item":{item},"page":{page},"active_ms":{active},"ago_ms":{ago},"data":{{"inputs":{inputs},"server":{{"head":false}},"watched":[[{page},{active}]]}}}}]}}"#
    );
    if random.random_bool(0.2) {
        let cut = random.random_range(0..body.len());
        body.truncate(cut);
    }
    body
}

#[actix_web::test]
async fn nonsense_is_refused_or_dropped_and_never_counts() {
    let server = TestServer::start_with(|config| config.link_rate = 0).await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    let tab = Tab::open(&server.app, &server.base, &sent, 30);
    let mut random = rand::rng();
    for _ in 0..400 {
        let body = nonsense(&mut random, &tab, &sent);
        let reply = tab.send(body.clone()).await;
        assert!(
            reply.status.is_success() || reply.status.is_client_error(),
            "{} of {body}",
            reply.status
        );
    }
    let rows = event::Entity::find()
        .all(server.app.db.read())
        .await
        .unwrap();
    for row in &rows {
        assert!(
            row.kind == EventKind::Opened || row.kind == EventKind::PageViewed,
            "{row:?}"
        );
        assert_eq!(row.visit_id, tab.visit);
        assert!((0..60_000).contains(&row.active_ms), "{row:?}");
        let start = lastmile::rollup::started_at(tab.visit);
        assert!(row.occurred_at >= start && row.occurred_at <= server.app.clock.now());
        assert!((1..=3).contains(&row.page_number.unwrap_or(1)));
    }
    let told = notification::Entity::find()
        .count(server.app.db.read())
        .await
        .unwrap();
    assert!(told <= 1);
    Derived::assert_rebuilt(&server.app).await;
}

#[actix_web::test]
async fn a_full_queue_says_so_and_loses_nothing_that_it_took() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[1]).await;
    let app = server.app.clone();
    // Nothing can be written while this stands.
    let held = app.db.begin().await.unwrap();
    if app.db.backend() == DbBackend::Postgres {
        held.execute_unprepared("LOCK TABLE visits IN EXCLUSIVE MODE")
            .await
            .unwrap();
    }
    let visit = begin_visit(&app.keys, sent.link, app.clock.now()).visit;
    let sending: Vec<_> = (0..9_000)
        .map(|_| {
            let report = Report {
                visit,
                link: sent.link,
                received_at: app.clock.now(),
                events: vec![Candidate {
                    id: EventId(uuid::Uuid::new_v4()),
                    kind: EventKind::Opened,
                    occurred_at: app.clock.now(),
                    place: None,
                    active_ms: 0,
                    data: SignalData::default(),
                }],
            };
            let ingest = app.ingest.clone();
            actix_web::rt::spawn(async move { ingest.submit(report).await })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    held.rollback().await.unwrap();
    let replies: Vec<_> = futures::future::join_all(sending)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let busy = replies.iter().filter(|reply| {
        reply
            .as_ref()
            .is_err_and(|error| error.code == Code::Busy && error.retry_after.is_some())
    });
    let busy = busy.count();
    let taken = replies.iter().filter(|reply| reply.is_ok()).count();
    assert!(busy > 0, "the queue was never full");
    assert_eq!(busy + taken, replies.len());
    let kept = event::Entity::find().count(app.db.read()).await.unwrap();
    assert_eq!(usize::try_from(kept).unwrap(), taken);
}

#[actix_web::test]
async fn whatever_is_said_and_done_what_is_kept_equals_what_is_rebuilt() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let admin = server.person(Role::Admin).await;
    let first = sent_pitch(&server.app, rep.id, &[4, 2]).await;
    let second = sent_again(&server.app, rep.id, &first).await;
    let mut random = rand::rng();
    let mut visits: Vec<VisitId> = Vec::new();
    let mut rules: Vec<String> = Vec::new();
    let classes = ["human", "machine", "unverified"];
    for round in 0..60 {
        match random.random_range(0..10) {
            0..=5 => {
                let sent = if random.random_bool(0.5) {
                    &first
                } else {
                    &second
                };
                let address = *[OFFICE, ELSEWHERE, "192.0.2.7"]
                    .choose(&mut random)
                    .unwrap();
                let agent = *["Firefox/140", "Mimecast/1.0", "Chrome/140"]
                    .choose(&mut random)
                    .unwrap();
                let age = random.random_range(30..9_000);
                let tab = Tab::open(&server.app, &server.base, sent, age)
                    .at_address(address)
                    .calling_itself(agent)
                    .in_browser("b");
                let item = &sent.items[random.random_range(0..2)];
                let mut events = vec![opened(random.random_range(0..9))];
                for _ in 0..random.random_range(0..5) {
                    let page = random.random_range(1..=item.pages);
                    let mut seen = viewed(item, page, random.random_range(0..9_000));
                    seen["ago_ms"] = random.random_range(0..age * 1_000).into();
                    events.push(seen);
                }
                tab.report(&events).await.ok();
                visits.push(tab.visit);
            }
            6 | 7 if !visits.is_empty() => {
                let visit = visits.choose(&mut random).unwrap();
                let class = classes.choose(&mut random).unwrap();
                let said = if random.random_bool(0.3) {
                    json!(null)
                } else {
                    json!(class)
                };
                let path = format!("/api/v1/visits/{visit}/class");
                put(&rep, &path, &json!({ "class": said })).await.ok();
            }
            8 => {
                let (field, value) = match random.random_range(0..3) {
                    0 => ("network", OFFICE.to_owned()),
                    1 => ("agent", "chrome".to_owned()),
                    _ => ("link", second.link.to_string()),
                };
                let class = classes.choose(&mut random).unwrap();
                let rule = json!({ "field": field, "value": value, "class": class });
                let made = admin.post("/api/v1/visit-rules", &rule).await.ok();
                rules.push(made["rule"]["id"].as_str().unwrap().to_owned());
            }
            _ if !rules.is_empty() => {
                let rule = rules.swap_remove(random.random_range(0..rules.len()));
                admin
                    .delete(&format!("/api/v1/visit-rules/{rule}"))
                    .await
                    .ok();
            }
            _ => {}
        }
        if round % 20 == 19 {
            Derived::assert_rebuilt(&server.app).await;
        }
    }
}
