//! Named signals and scores: each cause once, with its numbers and a next step; taken back when it was none; the same
//! when made anew.

use chrono::{DateTime, TimeDelta, Utc};
use lastmile::app::App;
use lastmile::clock::Clock;
use lastmile::entities::{
    Role, SignalKind, VisitClass, alert_item, contact_score, notification, opportunity_score, page,
    pitch_link, score_crossing, signal,
};
use lastmile::ids::{ContactId, UserId, VisitId};
use lastmile::rollup::rebuild;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::Method;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use sea_orm::{IntoActiveModel as _, sea_query::Expr};
use serde_json::{Value, json};

use crate::fixtures::{SentPitch, sent_again, sent_pitch};
use crate::support::{Person, Reply, TestServer};
use crate::tab::{Tab, opened, viewed};

pub(crate) fn monday() -> DateTime<Utc> {
    "2026-11-02T10:00:00Z".parse().unwrap()
}

/// Somebody reads these pages of the first asset, eight seconds each, in a visit that began a minute ago.
pub(crate) async fn reads(server: &TestServer, sent: &SentPitch, pages: &[i32]) -> VisitId {
    let tab = Tab::open(&server.app, &server.base, sent, 60);
    let mut events = vec![opened(5)];
    events.extend(
        pages
            .iter()
            .map(|page| viewed(&sent.items[0], *page, 8_000)),
    );
    assert_eq!(tab.report(&events).await.ok()["dropped"], json!([]));
    tab.visit
}

async fn look(server: &TestServer) {
    server.app.signaler.sweep().await.unwrap();
}

pub(crate) async fn signals(app: &App) -> Vec<signal::Model> {
    signal::Entity::find()
        .order_by_asc(signal::Column::CreatedAt)
        .order_by_asc(signal::Column::Id)
        .all(app.db.read())
        .await
        .unwrap()
}

async fn kinds(server: &TestServer) -> Vec<SignalKind> {
    let mut kinds: Vec<SignalKind> = signals(&server.app)
        .await
        .into_iter()
        .map(|row| row.kind)
        .collect();
    kinds.sort_unstable();
    kinds
}

/// Says over the program what a visit is; by a rep whose name is `own`.
pub(crate) async fn reclassify(
    server: &TestServer,
    rep: UserId,
    visit: VisitId,
    class: VisitClass,
) {
    // Time passes in leaps here, and ends every session.
    let rep = Person::sign_in(&server.base, "own@example.com", rep).await;
    let request = rep
        .request(Method::PUT, &format!("/api/v1/visits/{visit}/class"))
        .json(&json!({ "class": class }));
    Reply::read(request.send().await.unwrap()).await.ok();
}

async fn entitle(app: &App, sent: &SentPitch, number: i32, title: &str) {
    let tx = app.db.begin().await.unwrap();
    page::Entity::update_many()
        .col_expr(page::Column::Title, Expr::value(title))
        .filter(page::Column::VersionId.eq(sent.items[0].version))
        .filter(page::Column::Number.eq(number))
        .exec(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[actix_web::test]
async fn what_a_reader_does_is_named_once_with_its_numbers_and_a_next_step() {
    use SignalKind::{Completed, FirstRead, Returned, SkippedPrice};
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |_| {}).await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[4]).await;
    entitle(&server.app, &sent, 4, "Pricing").await;

    reads(&server, &sent, &[1, 2, 3]).await;
    look(&server).await;
    assert_eq!(kinds(&server).await, [FirstRead]);
    let first = signals(&server.app).await.remove(0);
    assert_eq!(
        first.title,
        "Maria Lopez reads \"For your evaluation\" for the first time"
    );
    assert!(
        first.detail.contains("read 3 of 4 pages in 24 s"),
        "{}",
        first.detail
    );
    assert!(
        first.next_step.contains("Call Maria Lopez"),
        "{}",
        first.next_step
    );

    // The visit may still come to the price, until it is over.
    clock.advance(TimeDelta::minutes(29));
    look(&server).await;
    assert_eq!(kinds(&server).await, [FirstRead]);
    clock.advance(TimeDelta::minutes(2));
    look(&server).await;
    look(&server).await;
    assert_eq!(kinds(&server).await, [FirstRead, SkippedPrice]);
    let skipped = signals(&server.app).await.remove(1);
    assert_eq!(skipped.title, "Maria Lopez did not look at the price");
    assert!(skipped.detail.contains("\"Pricing\""), "{}", skipped.detail);

    clock.advance(TimeDelta::days(3));
    reads(&server, &sent, &[4]).await;
    look(&server).await;
    look(&server).await;
    assert_eq!(
        kinds(&server).await,
        [FirstRead, Returned, Completed, SkippedPrice]
    );
    let all = signals(&server.app).await;
    let returned = all.iter().find(|row| row.kind == Returned).unwrap();
    assert!(
        returned.title.contains("came back after 3 days"),
        "{}",
        returned.title
    );
    assert!(
        returned.detail.contains("longest on \"Pricing\" (8 s)"),
        "{}",
        returned.detail
    );
    let completed = all.iter().find(|row| row.kind == Completed).unwrap();
    assert!(
        completed.detail.contains("4 of 4 pages seen"),
        "{}",
        completed.detail
    );
    assert!(
        completed.detail.contains("2 visits"),
        "{}",
        completed.detail
    );
    assert!(
        all.iter()
            .all(|row| !row.next_step.is_empty() && row.withdrawn_at.is_none())
    );
}

#[actix_web::test]
async fn a_visit_is_believed_only_after_the_stall_and_a_scanner_never() {
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |config| config.signals.stall_secs = 90).await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    let scanner = Tab::open(&server.app, &server.base, &sent, 300)
        .calling_itself("Mozilla/5.0 (compatible; Barracuda Sentinel)");
    scanner
        .report(&[opened(0), viewed(&sent.items[0], 1, 30_000)])
        .await
        .ok();
    reads(&server, &sent, &[1, 2]).await;
    look(&server).await;
    assert!(signals(&server.app).await.is_empty());
    clock.advance(TimeDelta::seconds(31));
    look(&server).await;
    assert_eq!(kinds(&server).await, [SignalKind::FirstRead]);
}

#[actix_web::test]
async fn somebody_new_at_the_account_is_told_as_such() {
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |_| {}).await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    reads(&server, &sent, &[1]).await;
    let second = second_link(&server.app, &sent, None, "Ben Okri", "ben@acme.example").await;
    clock.advance(TimeDelta::minutes(5));
    reads(&server, &second, &[1, 2]).await;
    look(&server).await;
    assert_eq!(
        kinds(&server).await,
        [SignalKind::FirstRead, SignalKind::NewPerson]
    );
    let new = signals(&server.app)
        .await
        .into_iter()
        .find(|row| row.kind == SignalKind::NewPerson);
    let new = new.unwrap();
    assert_eq!(new.title, "Ben Okri is new at Acme");
    assert!(
        new.detail.contains("The 2nd person there"),
        "{}",
        new.detail
    );
}

/// Another link of the same pitch.
pub(crate) async fn second_link(
    app: &App,
    sent: &SentPitch,
    contact: Option<ContactId>,
    name: &str,
    address: &str,
) -> SentPitch {
    let first = pitch_link::Entity::find_by_id(sent.link)
        .one(app.db.read())
        .await
        .unwrap()
        .unwrap();
    let link = lastmile::ids::LinkId::new(app.clock.now());
    let token = lastmile::pitches::link_token(&app.keys, link);
    let row = pitch_link::Model {
        id: link,
        contact_id: contact,
        recipient_name: Some(name.to_owned()),
        recipient_email: Some(address.to_owned()),
        token_hash: lastmile::pitches::token_hash(&token),
        ..first
    };
    let tx = app.db.begin().await.unwrap();
    pitch_link::Entity::insert(row.into_active_model())
        .exec_without_returning(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    SentPitch {
        link,
        token,
        ..sent.clone()
    }
}

#[actix_web::test]
async fn a_visit_that_was_a_machines_takes_its_signals_back_and_says_so() {
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |_| {}).await;
    let rep = server.person_named(Role::Rep, "own", None).await;
    let sent = sent_pitch(&server.app, rep.id, &[2]).await;
    let visit = reads(&server, &sent, &[1, 2]).await;
    look(&server).await;
    assert_eq!(
        kinds(&server).await,
        [SignalKind::FirstRead, SignalKind::Completed]
    );
    let score = format!("/api/v1/opportunities/{}/score", sent.opportunity);
    let warm = rep.get(&score).await.ok();
    assert!(warm["value"].as_f64().unwrap() > 4.0, "{warm}");

    reclassify(&server, rep.id, visit, VisitClass::Machine).await;
    look(&server).await;
    let all = signals(&server.app).await;
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|row| row.withdrawn_at.is_some()), "{all:?}");
    assert_eq!(rep.get(&score).await.ok()["value"], 0.0);
    let taken_back = notification::Entity::find()
        .filter(notification::Column::Kind.eq("signal_withdrawn"))
        .all(server.app.db.read())
        .await
        .unwrap();
    assert_eq!(taken_back.len(), 2, "{taken_back:?}");
    let open = format!("/api/v1/signals?open=true&opportunity={}", sent.opportunity);
    assert_eq!(rep.get(&open).await.ok()["items"], json!([]));

    // It was a person's after all: what was told stands again, and is not told again.
    let told = || async {
        alert_item::Entity::find()
            .filter(alert_item::Column::BundleId.is_not_null())
            .all(server.app.db.read())
            .await
            .unwrap()
            .len()
    };
    let before = told().await;
    reclassify(&server, rep.id, visit, VisitClass::Human).await;
    look(&server).await;
    let all = signals(&server.app).await;
    assert!(
        all.len() == 2 && all.iter().all(|row| row.withdrawn_at.is_none()),
        "{all:?}"
    );
    assert_eq!(told().await, before);
    let taken_back = notification::Entity::find()
        .filter(notification::Column::Kind.eq("signal_withdrawn"))
        .all(server.app.db.read())
        .await
        .unwrap();
    assert!(taken_back.is_empty(), "{taken_back:?}");
}

#[actix_web::test]
async fn a_deal_becomes_sales_ready_once_and_cools_off_by_itself() {
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |config| config.scores.ready = 5.0).await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    reads(&server, &sent, &[1, 2, 3]).await;
    look(&server).await;
    let score = opportunity_score::Entity::find()
        .one(server.app.db.read())
        .await
        .unwrap()
        .unwrap();
    assert!(!score.ready, "{score:?}");
    clock.advance(TimeDelta::hours(2));
    reads(&server, &sent, &[1, 2, 3]).await;
    look(&server).await;
    look(&server).await;
    let crossings = || async {
        let rows = score_crossing::Entity::find()
            .filter(score_crossing::Column::OpportunityId.eq(sent.opportunity))
            .order_by_asc(score_crossing::Column::Id)
            .all(server.app.db.read())
            .await
            .unwrap();
        rows.into_iter().map(|row| row.up).collect::<Vec<_>>()
    };
    assert_eq!(crossings().await, [true]);
    let ready = signals(&server.app).await;
    let ready: Vec<_> = ready
        .iter()
        .filter(|row| row.kind == SignalKind::SalesReady)
        .collect();
    assert_eq!(ready.len(), 1);
    assert_eq!(ready[0].title, "Acme rollout is sales-ready");

    // Nothing is written while it cools, until it falls below.
    let before = opportunity_score::Entity::find()
        .one(server.app.db.read())
        .await
        .unwrap()
        .unwrap();
    let falls = before.falls_at.unwrap();
    clock.set(falls - TimeDelta::seconds(5));
    look(&server).await;
    let later = opportunity_score::Entity::find()
        .one(server.app.db.read())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(later.revision, before.revision);
    clock.set(falls + TimeDelta::seconds(1));
    look(&server).await;
    look(&server).await;
    assert_eq!(crossings().await, [true, false]);
    let fallen = opportunity_score::Entity::find()
        .one(server.app.db.read())
        .await
        .unwrap()
        .unwrap();
    assert!(!fallen.ready, "{fallen:?}");
}

#[actix_web::test]
async fn a_score_says_what_it_is_made_of_and_the_lists_sort_by_it() {
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |_| {}).await;
    let rep = server.person_named(Role::Rep, "own", Some("North")).await;
    let stranger = server.person_named(Role::Rep, "other", Some("South")).await;
    let cold = sent_pitch(&server.app, rep.id, &[2]).await;
    let warm = sent_again(&server.app, rep.id, &cold).await;
    let deal = server.deal(rep.id).await;
    let of_contact = second_link(
        &server.app,
        &warm,
        Some(deal.contact),
        "Noor",
        "noor@northwind.example",
    )
    .await;
    reads(&server, &warm, &[1]).await;
    reads(&server, &of_contact, &[1, 2]).await;
    look(&server).await;

    clock.advance(TimeDelta::days(14));
    let rep = crate::support::Person::sign_in(&server.base, "own@example.com", rep.id).await;
    let stranger =
        crate::support::Person::sign_in(&server.base, "other@example.com", stranger.id).await;
    let path = format!("/api/v1/opportunities/{}/score", warm.opportunity);
    let score = rep.get(&path).await.ok();
    let minutes = |ms: f64| (ms / 60_000.0).ln_1p();
    let first = 1.0 + minutes(8_000.0) + 2.0 * 0.5;
    let second = 1.0 + minutes(16_000.0) + 2.0;
    // A minute passed between the beginning of the visits and the fortnight.
    let expected = f64::midpoint(first, second) + 2.0;
    assert!(
        (score["value"].as_f64().unwrap() - expected).abs() < 0.01,
        "{score} {expected}"
    );
    assert_eq!(score["reach"]["readers"], 2);
    assert_eq!(score["terms"].as_array().unwrap().len(), 2);
    assert_eq!(score["terms"][0]["person"], "Noor");
    let left = score["terms"][0]["left"].as_f64().unwrap();
    assert!((left - 0.5).abs() < 0.001, "{left}");
    assert_eq!(score["history"].as_array().unwrap().len(), 90);
    assert!(score["definition"].as_str().unwrap().contains("14 days"));

    let list = rep
        .get("/api/v1/opportunities?sort=score&limit=1")
        .await
        .ok();
    assert_eq!(list["items"][0]["id"], json!(warm.opportunity));
    let value = list["items"][0]["score"]["value"].as_f64().unwrap();
    assert!((value - expected).abs() < 0.01, "{value}");
    let mut seen = vec![list["items"][0]["id"].clone()];
    let mut cursor = list["next_cursor"].clone();
    while let Value::String(text) = cursor {
        let next = rep
            .get(&format!(
                "/api/v1/opportunities?sort=score&limit=1&cursor={text}"
            ))
            .await
            .ok();
        seen.push(next["items"][0]["id"].clone());
        cursor = next["next_cursor"].clone();
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
    let contacts = rep.get("/api/v1/contacts?sort=score").await.ok();
    assert_eq!(contacts["items"][0]["id"], json!(deal.contact));
    let of_contact = rep
        .get(&format!("/api/v1/contacts/{}/score", deal.contact))
        .await
        .ok();
    let value = of_contact["value"].as_f64().unwrap();
    assert!((value - second / 2.0).abs() < 0.01, "{of_contact}");

    assert_eq!(stranger.get(&path).await.code(), "not_found");
    let hidden = stranger
        .get(&format!("/api/v1/contacts/{}/score", deal.contact))
        .await
        .ok();
    assert_eq!(hidden["terms"], json!([]));
    assert!(hidden["hidden"].as_f64().unwrap() > 1.0, "{hidden}");
    assert_eq!(
        stranger.get("/api/v1/signals").await.ok()["items"],
        json!([])
    );
}

#[actix_web::test]
async fn a_signal_is_taken_care_of_or_waved_aside_with_a_reason() {
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |_| {}).await;
    let rep = server.person_named(Role::Rep, "own", Some("North")).await;
    let stranger = server.person_named(Role::Rep, "other", Some("South")).await;
    let sent = sent_pitch(&server.app, rep.id, &[2]).await;
    reads(&server, &sent, &[1]).await;
    look(&server).await;
    let listed = rep.get("/api/v1/signals?open=true").await.ok();
    let path = format!(
        "/api/v1/signals/{}",
        listed["items"][0]["id"].as_str().unwrap()
    );
    let say = |person: &crate::support::Person, body: Value| {
        let request = person.request(Method::PATCH, &path).json(&body);
        async move { crate::support::Reply::read(request.send().await.unwrap()).await }
    };
    let aside = json!({ "handled": true, "dismissed": true });
    assert_eq!(say(&rep, aside).await.code(), "invalid");
    let aside = json!({ "handled": true, "dismissed": true, "note": "It was me, testing." });
    assert_eq!(say(&stranger, aside.clone()).await.code(), "not_found");
    let view = say(&rep, aside).await.ok();
    assert_eq!(
        (&view["dismissed"], &view["handled_by"]["name"]),
        (&json!(true), &json!("own"))
    );
    assert_eq!(
        rep.get("/api/v1/signals?open=true").await.ok()["items"],
        json!([])
    );
    let again = say(&rep, json!({ "handled": false })).await.ok();
    assert_eq!(again["handled_at"], Value::Null);
}

#[actix_web::test]
async fn scores_kept_live_equal_those_made_anew_from_events() {
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |config| config.scores.ready = 6.0).await;
    let rep = server.person_named(Role::Rep, "own", None).await;
    let first = sent_pitch(&server.app, rep.id, &[3]).await;
    let deal = server.deal(rep.id).await;
    let mut links = vec![first.clone(), sent_again(&server.app, rep.id, &first).await];
    links.push(
        second_link(
            &server.app,
            &first,
            Some(deal.contact),
            "Noor",
            "noor@northwind.example",
        )
        .await,
    );
    let mut random = rand::rngs::StdRng::seed_from_u64(7);
    let mut visits: Vec<VisitId> = Vec::new();
    for _ in 0..40 {
        clock.advance(TimeDelta::minutes(random.random_range(1..3_000)));
        if random.random_bool(0.3) && !visits.is_empty() {
            let visit = visits[random.random_range(0..visits.len())];
            let class = if random.random_bool(0.5) {
                VisitClass::Machine
            } else {
                VisitClass::Human
            };
            reclassify(&server, rep.id, visit, class).await;
        } else {
            let link = &links[random.random_range(0..links.len())];
            let pages: Vec<i32> = (1..=random.random_range(1..=3)).collect();
            visits.push(reads(&server, link, &pages).await);
        }
        if random.random_bool(0.5) {
            look(&server).await;
        }
    }
    look(&server).await;
    let live = standing(&server.app).await;
    let told = signals(&server.app).await.len();
    rebuild(&server.app.db).await.unwrap();
    server.app.signaler.rebuild().await.unwrap();
    assert_eq!(live, standing(&server.app).await);
    assert_eq!(told, signals(&server.app).await.len());
    assert!(live.iter().any(|line| line.contains("true")), "{live:?}");
}

/// Scores and signals in a comparable order, without what says when they were looked at.
pub(crate) async fn standing(app: &App) -> Vec<String> {
    let db = app.db.read();
    let mut lines = Vec::new();
    for row in opportunity_score::Entity::find().all(db).await.unwrap() {
        lines.push(format!(
            "{} {:.9e} {} {} {} {}",
            row.opportunity_id, row.points, row.reach, row.readers, row.roles, row.ready
        ));
    }
    for row in contact_score::Entity::find().all(db).await.unwrap() {
        lines.push(format!(
            "{} {:.9e} {} {}",
            row.contact_id, row.points, row.reads, row.ready
        ));
    }
    for row in signals(app).await {
        lines.push(format!(
            "{} {:?} {}",
            row.cause_key,
            row.withdrawn_at.is_some(),
            row.title
        ));
    }
    lines.sort();
    lines
}

#[actix_web::test]
async fn the_first_view_by_somebody_new_rings_once_whatever_is_started_or_made_anew() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    let ben = second_link(&server.app, &sent, None, "Ben Okri", "ben@acme.example").await;
    let visit = |link: &SentPitch, minutes: i64, browser: &str| {
        Tab::open(&server.app, &server.base, link, minutes * 60).in_browser(browser)
    };
    let read = async |tab: Tab, page: i32| {
        let events = [opened(5), viewed(&sent.items[0], page, 8_000)];
        tab.report(&events).await.ok();
    };
    read(visit(&sent, 20, "maria"), 1).await;
    read(visit(&ben, 10, "ben"), 1).await;
    // The background looks every second.
    let told = async || {
        let bell = rep.get("/api/v1/notifications").await.ok();
        let items = bell["items"].as_array().unwrap().clone();
        let new = |item: &Value| item.to_string().matches("Ben Okri is new at Acme").count();
        items.iter().map(new).sum::<usize>()
    };
    for _ in 0..400 {
        if told().await > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(told().await, 1);

    // Another node starts, everything is made anew, and Ben comes back in another browser of his.
    let other = lastmile::signals::Signaler::new(
        &server.app.config,
        server.app.db.clone(),
        server.app.clock.clone(),
    );
    other.sweep().await.unwrap();
    rebuild(&server.app.db).await.unwrap();
    other.rebuild().await.unwrap();
    let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile Safari/604.1";
    read(visit(&ben, 1, "phone").calling_itself(phone), 2).await;
    other.sweep().await.unwrap();
    look(&server).await;
    assert_eq!(told().await, 1);
    let new: Vec<_> = signals(&server.app)
        .await
        .into_iter()
        .filter(|row| row.kind == SignalKind::NewPerson)
        .collect();
    assert_eq!(new.len(), 1, "{new:?}");
    assert!(new[0].withdrawn_at.is_none());
    assert!(new[0].next_step.contains("Find out what part Ben Okri"));
}

#[actix_web::test]
async fn a_link_that_was_passed_on_is_one_signal_and_the_viewers_say_the_same() {
    let clock = Clock::manual(monday());
    let server = TestServer::start_at(clock.clone(), |_| {}).await;
    let rep = server.person_named(Role::Rep, "own", None).await;
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    let read = async |browser: &str, address: &str, page: i32| {
        let tab = Tab::open(&server.app, &server.base, &sent, 60)
            .in_browser(browser)
            .at_address(address);
        let events = [opened(5), viewed(&sent.items[0], page, 8_000)];
        tab.report(&events).await.ok();
        look(&server).await;
        clock.advance(TimeDelta::hours(3));
    };
    read("maria", "198.51.100.20", 1).await;
    read("somebody", "203.0.113.9", 1).await;
    assert_eq!(
        kinds(&server).await,
        [SignalKind::FirstRead],
        "it may be a new computer of hers"
    );
    read("maria", "198.51.100.20", 2).await;
    read("somebody", "203.0.113.9", 2).await;
    assert_eq!(
        kinds(&server).await,
        [SignalKind::FirstRead, SignalKind::Forwarded]
    );
    let passed_on = signals(&server.app)
        .await
        .into_iter()
        .find(|row| row.kind == SignalKind::Forwarded)
        .unwrap();
    assert!(
        passed_on.detail.contains("came back after it"),
        "{passed_on:?}"
    );
    let rep = Person::sign_in(&server.base, "own@example.com", rep.id).await;
    let deal = format!("/api/v1/opportunities/{}", sent.opportunity);
    let viewers = rep.get(&format!("{deal}/viewers")).await.ok();
    let reasons: Vec<&str> = viewers["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|viewer| viewer["forwarded"].as_str())
        .collect();
    assert_eq!(reasons, [passed_on.facts["reason"].as_str().unwrap()]);
    let score = rep.get(&format!("{deal}/score")).await.ok();
    assert_eq!(score["reach"]["readers"], 2, "{score}");
    let people: std::collections::BTreeSet<&str> = score["terms"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|term| term["person"].as_str())
        .collect();
    assert_eq!(
        people.into_iter().collect::<Vec<_>>(),
        ["Maria Lopez", "Somebody with Maria Lopez's link"]
    );
}
