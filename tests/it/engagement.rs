//! Signals: counted once, counted right, shown to those who may see them, told once.

use std::time::Duration;

use lastmile::app::App;
use lastmile::clock::Clock;
use lastmile::engagement::{Act, Before, Fetch, Seen, ServerAct, begin_visit};
use lastmile::entities::{
    Role, VisitClass, VisitLevel, event, notification, pitch_link, rollup_asset_day,
    rollup_opportunity_asset, rollup_page, visit, visit_page,
};
use lastmile::ids::UserId;
use lastmile::pitches::layout;
use lastmile::rollup::rebuild;
use rand::RngExt as _;
use rand::seq::SliceRandom as _;
use reqwest::Method;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use crate::fixtures::{SentPitch, a_user, sent_again, sent_pitch};
use crate::support::{TestServer, config_in};
use crate::tab::{Tab, opened, viewed};

/// Everything derived from events, in a comparable order, zero rows left out.
#[derive(Debug, PartialEq)]
pub(crate) struct Derived {
    pub(crate) visits: Vec<visit::Model>,
    pub(crate) visit_pages: Vec<visit_page::Model>,
    pub(crate) asset_days: Vec<rollup_asset_day::Model>,
    pub(crate) pages: Vec<rollup_page::Model>,
    pub(crate) opportunity_assets: Vec<rollup_opportunity_asset::Model>,
}

impl Derived {
    pub(crate) async fn read(app: &App) -> Self {
        let db = app.db.read();
        let mut derived = Self {
            visits: visit::Entity::find().all(db).await.unwrap(),
            visit_pages: visit_page::Entity::find().all(db).await.unwrap(),
            asset_days: rollup_asset_day::Entity::find().all(db).await.unwrap(),
            pages: rollup_page::Entity::find().all(db).await.unwrap(),
            opportunity_assets: rollup_opportunity_asset::Entity::find()
                .all(db)
                .await
                .unwrap(),
        };
        derived.visits.sort_by_key(|row| row.id);
        derived
            .visit_pages
            .sort_by_key(|row| (row.visit_id, row.item_id, row.page_number));
        derived
            .asset_days
            .sort_by_key(|row| (row.asset_id, row.day));
        derived.asset_days.retain(|row| {
            row.reads + row.active_ms + row.shares + row.downloads + row.excluded_visits != 0
        });
        derived
            .pages
            .sort_by_key(|row| (row.version_id, row.page_number, row.day));
        derived
            .pages
            .retain(|row| row.views + row.active_ms + row.exits != 0);
        derived
            .opportunity_assets
            .sort_by_key(|row| (row.opportunity_id, row.asset_id, row.day));
        derived.opportunity_assets.retain(|row| {
            row.reads + row.active_ms + row.shares + row.downloads + row.excluded_visits != 0
        });
        derived
    }

    /// What a rebuild makes is what is there.
    pub(crate) async fn assert_rebuilt(app: &App) {
        let live = Self::read(app).await;
        rebuild(&app.db).await.unwrap();
        assert_eq!(live, Self::read(app).await);
    }
}

pub(crate) async fn a_rep(app: &App) -> UserId {
    let tx = app.db.begin().await.unwrap();
    let id = a_user(&tx, Role::Rep, app.clock.now()).await;
    tx.commit().await.unwrap();
    id
}

async fn stored_visit(app: &App, tab: &Tab) -> visit::Model {
    visit::Entity::find_by_id(tab.visit)
        .one(app.db.read())
        .await
        .unwrap()
        .unwrap()
}

/// A person reads the whole first asset.
async fn read_first(tab: &Tab, sent: &SentPitch) {
    let item = &sent.items[0];
    let mut events = vec![opened(8)];
    events.extend((1..=item.pages).map(|page| viewed(item, page, 4_000)));
    let reply = tab.report(&events).await.ok();
    assert_eq!(reply["accepted"], events.len());
}

#[actix_web::test]
async fn a_report_counts_once_however_often_it_is_sent() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[4]).await;
    let tab = Tab::open(&server.app, &server.base, &sent, 60);
    let first = viewed(&sent.items[0], 1, 5_000);
    let twice = [opened(5), first.clone(), first.clone()];
    let reply = tab.report(&twice).await.ok();
    assert_eq!(
        (&reply["accepted"], &reply["duplicate"]),
        (&json!(2), &json!(1))
    );
    let reply = tab.report(&twice).await.ok();
    assert_eq!(
        (&reply["accepted"], &reply["duplicate"]),
        (&json!(0), &json!(3))
    );

    let row = stored_visit(&server.app, &tab).await;
    assert_eq!(row.active_ms, 5_000);
    assert_eq!(
        (row.level, row.class),
        (VisitLevel::Read, VisitClass::Human)
    );
    let events = event::Entity::find().count(server.app.db.read()).await;
    assert_eq!(events.unwrap(), 2);
    Derived::assert_rebuilt(&server.app).await;
}

#[actix_web::test]
async fn active_time_is_never_more_than_the_wall_clock() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[2]).await;
    let tab = Tab::open(&server.app, &server.base, &sent, 10);
    for _ in 0..5 {
        tab.report(&[viewed(&sent.items[0], 1, 9_000)]).await.ok();
    }
    let row = stored_visit(&server.app, &tab).await;
    assert!(
        (10_000..13_000).contains(&row.active_ms),
        "{}",
        row.active_ms
    );
}

#[actix_web::test]
async fn what_is_not_kept_is_named_with_the_reason() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[2]).await;
    let tab = Tab::open(&server.app, &server.base, &sent, 10);
    let good = viewed(&sent.items[0], 2, 1_000);
    let not_there = viewed(&sent.items[0], 3, 1_000);
    let mut forged = viewed(&sent.items[0], 1, 1_000);
    forged["kind"] = "shared".into();
    let reply = tab
        .report(&[good, not_there.clone(), forged.clone()])
        .await
        .ok();
    assert_eq!(reply["accepted"], 1);
    assert_eq!(
        reply["dropped"],
        json!([
            { "id": not_there["id"], "reason": "not_in_pitch" },
            { "id": forged["id"], "reason": "server_kind" },
        ])
    );
}

#[actix_web::test]
async fn a_token_of_another_link_and_a_revoked_link_are_refused() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[2]).await;
    let other = sent_again(&server.app, rep.id, &sent).await;
    let stranger = SentPitch {
        token: other.token.clone(),
        ..sent.clone()
    };
    let tab = Tab::open(&server.app, &server.base, &stranger, 10);
    assert_eq!(tab.report(&[opened(1)]).await.code(), "unauthenticated");

    let tx = server.app.db.begin().await.unwrap();
    pitch_link::Entity::update_many()
        .col_expr(
            pitch_link::Column::RevokedAt,
            Expr::value(server.app.clock.now()),
        )
        .filter(pitch_link::Column::Id.eq(sent.link))
        .exec(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let tab = Tab::open(&server.app, &server.base, &sent, 10);
    assert_eq!(tab.report(&[opened(1)]).await.code(), "gone");
}

#[actix_web::test]
async fn a_scanner_is_kept_with_the_reason_and_not_counted() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[2]).await;
    let scanner = Tab::open(&server.app, &server.base, &sent, 60)
        .calling_itself("Mozilla/5.0 (compatible; Barracuda Sentinel)");
    scanner
        .report(&[opened(0), viewed(&sent.items[0], 1, 30_000)])
        .await
        .ok();
    // A mail scanner that fetches the page and runs nothing.
    let fetched = begin_visit(&server.app.keys, sent.link, server.app.clock.now());
    let shown = layout(server.app.db.read(), sent.pitch).await.unwrap();
    server.app.ingest.note_fetched(Fetch {
        visit: fetched.visit,
        link: sent.link,
        layout: &shown,
        seen: Seen::default(),
        head: true,
        prefetch: false,
        before: Before::default(),
    });
    server.app.ingest.close().await;

    let rows = visit::Entity::find()
        .all(server.app.db.read())
        .await
        .unwrap();
    assert_eq!(rows.len(), 2);
    assert!(
        rows.iter().all(|row| row.class == VisitClass::Machine),
        "{rows:?}"
    );
    let days = rollup_asset_day::Entity::find()
        .all(server.app.db.read())
        .await
        .unwrap();
    assert_eq!(days.len(), 1);
    assert_eq!((days[0].reads, days[0].excluded_visits), (0, 2));
    let told = notification::Entity::find()
        .count(server.app.db.read())
        .await;
    assert_eq!(told.unwrap(), 0);
    let live = rep.get("/api/v1/live").await.ok();
    let reasons = live["items"].to_string();
    assert!(
        reasons.contains("calls itself a known scanner"),
        "{reasons}"
    );
    assert!(reasons.contains("asked with HEAD"), "{reasons}");
    Derived::assert_rebuilt(&server.app).await;
}

#[actix_web::test]
async fn a_read_is_told_once_and_shown_to_those_who_may_see_the_deal() {
    let server = TestServer::start().await;
    let rep = server.person_named(Role::Rep, "own", Some("North")).await;
    let manager = server
        .person_named(Role::Manager, "boss", Some("North"))
        .await;
    let stranger = server.person_named(Role::Rep, "other", Some("South")).await;
    let sent = sent_pitch(&server.app, rep.id, &[3, 2]).await;
    for _ in 0..2 {
        let tab = Tab::open(&server.app, &server.base, &sent, 60);
        read_first(&tab, &sent).await;
    }

    let told = rep.get("/api/v1/notifications").await.ok();
    assert_eq!(told["unread"], 1);
    assert_eq!(
        told["items"][0]["title"],
        "Maria Lopez (Acme) is reading your pitch"
    );
    assert_eq!(told["items"][0]["opportunity_id"], json!(sent.opportunity));
    let up_to = json!({ "up_to": told["items"][0]["id"] });
    assert_eq!(
        rep.post("/api/v1/notifications/read", &up_to).await.status,
        204
    );
    assert_eq!(rep.get("/api/v1/notifications").await.ok()["unread"], 0);

    for viewer in [&rep, &manager] {
        let live = viewer.get("/api/v1/live").await.ok();
        assert_eq!(live["items"].as_array().unwrap().len(), 2);
        let visit = &live["items"][0];
        assert_eq!(
            (&visit["class"], &visit["level"]),
            (&json!("human"), &json!("read"))
        );
        assert_eq!(visit["viewer_name"], "Maria Lopez");
        assert_eq!(visit["device"], "Linux, Firefox");
        assert_eq!(
            (&visit["page_total"], &visit["completion"]),
            (&json!(5), &json!(0.6))
        );
        assert_eq!(visit["pages"].as_array().unwrap().len(), 3);
        assert_eq!(visit["current"]["item_title"], "Deck 1");
    }
    let of_deal = format!("/api/v1/opportunities/{}/visits", sent.opportunity);
    let first = rep.get(&format!("{of_deal}?limit=1")).await.ok();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = rep
        .get(&format!("{of_deal}?limit=1&cursor={cursor}"))
        .await
        .ok();
    assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
    assert_eq!(second["next_cursor"], Value::Null);

    assert_eq!(stranger.get("/api/v1/live").await.ok()["items"], json!([]));
    assert_eq!(stranger.get(&of_deal).await.code(), "not_found");
    assert_eq!(
        stranger.get("/api/v1/notifications").await.ok()["items"],
        json!([])
    );
}

#[actix_web::test]
async fn a_share_and_a_download_are_told_once_the_reader_proves_a_person() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[2]).await;
    let child = sent_again(&server.app, rep.id, &sent).await.link;
    let tab = Tab::open(&server.app, &server.base, &sent, 60);
    let shown = layout(server.app.db.read(), sent.pitch).await.unwrap();
    let seen = lastmile::engagement::Seen::default();
    let act = |act| ServerAct {
        visit: tab.visit,
        link: sent.link,
        seen: &seen,
        act,
    };
    let ingest = &server.app.ingest;
    ingest
        .record(act(Act::Downloaded(&shown.items[0])))
        .await
        .unwrap();
    let told = rep.get("/api/v1/notifications").await.ok();
    assert_eq!(told["unread"], 0, "a machine may have downloaded it");

    ingest.record(act(Act::Shared(child))).await.unwrap();
    ingest.record(act(Act::Shared(child))).await.unwrap();
    read_first(&tab, &sent).await;
    let told = rep.get("/api/v1/notifications").await.ok();
    let kinds: Vec<&str> = told["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds.len(), 3, "{kinds:?}");
    for kind in ["read", "shared", "downloaded"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    let row = stored_visit(&server.app, &tab).await;
    assert_eq!((row.shares, row.downloads), (1, 1));
    Derived::assert_rebuilt(&server.app).await;
}

#[actix_web::test]
async fn what_is_kept_live_equals_what_is_rebuilt() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let first = sent_pitch(&server.app, rep.id, &[5, 3]).await;
    let second = sent_again(&server.app, rep.id, &first).await;
    let mut random = rand::rng();
    let tabs: Vec<(Tab, &SentPitch)> = (0..12)
        .map(|at| {
            let sent = if at % 3 == 0 { &second } else { &first };
            (Tab::open(&server.app, &server.base, sent, 600), sent)
        })
        .collect();
    let mut reports: Vec<(usize, Vec<Value>)> = Vec::new();
    for (at, (_, sent)) in tabs.iter().enumerate() {
        for _ in 0..6 {
            let item = &sent.items[random.random_range(0..2)];
            let mut events = vec![viewed(
                item,
                random.random_range(1..=item.pages),
                random.random_range(0..6_000),
            )];
            if random.random_bool(0.4) {
                events.push(opened(random.random_range(0..9)));
            }
            reports.push((at, events));
        }
    }
    let again: Vec<_> = reports.iter().step_by(3).cloned().collect();
    reports.extend(again);
    reports.shuffle(&mut random);
    let sending = reports
        .iter()
        .map(|(at, events)| tabs[*at].0.report(events));
    for reply in futures::future::join_all(sending).await {
        reply.ok();
    }
    Derived::assert_rebuilt(&server.app).await;
}

#[actix_web::test]
async fn two_nodes_lose_nothing_of_the_same_visits() {
    let dir = tempfile::tempdir().unwrap();
    let config = config_in(&dir).await;
    let one = App::open(config.clone(), Clock::system()).await.unwrap();
    let two = App::open(config, Clock::system()).await.unwrap();
    let owner = a_rep(&one).await;
    let sent = sent_pitch(&one, owner, &[5]).await;
    let nodes = [one.clone(), two.clone()].map(|app| {
        let bound = lastmile::server::Bound::new(app).unwrap();
        let base = format!("http://{}", bound.address);
        actix_web::rt::spawn(bound.serve());
        base
    });
    let tabs: Vec<Tab> = (0..10)
        .map(|_| Tab::open(&one, &nodes[0], &sent, 600))
        .collect();
    let mut sending = Vec::new();
    for tab in &tabs {
        for at in 0..10 {
            let tab = tab.clone().at_node(&nodes[at % 2], &sent);
            let event = viewed(&sent.items[0], 1, 100);
            sending.push(async move { tab.report(&[event]).await });
        }
    }
    for reply in futures::future::join_all(sending).await {
        assert_eq!(reply.ok()["accepted"], 1);
    }
    for tab in &tabs {
        assert_eq!(stored_visit(&one, tab).await.active_ms, 1_000);
    }
    Derived::assert_rebuilt(&one).await;
    one.close().await.unwrap();
    two.close().await.unwrap();
}

#[actix_web::test]
async fn closing_brings_to_disk_what_was_taken_in() {
    let dir = tempfile::tempdir().unwrap();
    let config = config_in(&dir).await;
    let app = App::open(config.clone(), Clock::system()).await.unwrap();
    let owner = a_rep(&app).await;
    let sent = sent_pitch(&app, owner, &[5]).await;
    let shown = layout(app.db.read(), sent.pitch).await.unwrap();
    for _ in 0..100 {
        let start = begin_visit(&app.keys, sent.link, app.clock.now());
        app.ingest.note_fetched(Fetch {
            visit: start.visit,
            link: sent.link,
            layout: &shown,
            seen: Seen::default(),
            head: false,
            prefetch: false,
            before: Before::default(),
        });
    }
    app.close().await.unwrap();
    let app = App::open(config, Clock::system()).await.unwrap();
    let kept = event::Entity::find().count(app.db.read()).await.unwrap();
    assert_eq!(kept, 100);
}

/// Reads a stream until `found` says so, or fails after ten seconds.
async fn read_until(response: &mut reqwest::Response, found: impl Fn(&str) -> bool) -> String {
    let mut text = String::new();
    tokio::time::timeout(Duration::from_secs(10), async {
        while !found(&text) {
            let chunk = response.chunk().await.unwrap().expect("the stream goes on");
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
    })
    .await
    .unwrap_or_else(|_| panic!("not in the stream: {text}"));
    text
}

#[actix_web::test]
async fn the_stream_shows_reads_as_they_happen_and_resumes() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    let open = || rep.request(Method::GET, "/api/v1/stream");
    let mut stream = open().send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    read_until(&mut stream, |text| text.contains(": connected")).await;

    let tab = Tab::open(&server.app, &server.base, &sent, 60);
    read_first(&tab, &sent).await;
    let text = read_until(&mut stream, |text| {
        text.contains("event: notification") && text.contains("event: visit")
    })
    .await;
    assert!(text.contains(&tab.visit.to_string()), "{text}");
    drop(stream);

    let missed = open().header("last-event-id", "0").send().await.unwrap();
    let mut missed = missed;
    let text = read_until(&mut missed, |text| {
        text.contains("\n\n") && text.contains("id: ")
    })
    .await;
    assert!(text.contains("is reading your pitch"), "{text}");
}

#[actix_web::test]
async fn the_stream_shows_what_another_node_took_in() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let sent = sent_pitch(&server.app, rep.id, &[3]).await;
    let node = App::open(server.app.config.clone(), Clock::system())
        .await
        .unwrap();
    let mut stream = rep
        .request(Method::GET, "/api/v1/stream")
        .send()
        .await
        .unwrap();
    read_until(&mut stream, |text| text.contains(": connected")).await;
    let start = begin_visit(&node.keys, sent.link, node.clock.now());
    let shown = layout(node.db.read(), sent.pitch).await.unwrap();
    node.ingest.note_fetched(Fetch {
        visit: start.visit,
        link: sent.link,
        layout: &shown,
        seen: Seen::default(),
        head: false,
        prefetch: false,
        before: Before::default(),
    });
    let visit = start.visit.to_string();
    read_until(&mut stream, |text| text.contains(&visit)).await;
    node.close().await.unwrap();
}
