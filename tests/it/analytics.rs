//! Numbers seen: every one follows from what was done, and goes out with its definition.

use chrono::TimeDelta;
use lastmile::app::App;
use lastmile::entities::{Outcome, Role, opportunity};
use lastmile::ids::{OpportunityId, TeamId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use crate::fixtures::{ready_asset, sent_again, sent_pitch};
use crate::support::TestServer;
use crate::tab::{Tab, opened, viewed};

async fn win(app: &App, deal: OpportunityId) {
    let tx = app.db.begin().await.unwrap();
    opportunity::Entity::update_many()
        .col_expr(opportunity::Column::Outcome, Expr::value(Outcome::Won))
        .filter(opportunity::Column::Id.eq(deal))
        .exec(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

fn row<'a>(reply: &'a Value, title: &str) -> &'a Value {
    reply["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["asset"]["title"] == title)
        .unwrap()
}

#[actix_web::test]
async fn numbers_follow_from_what_was_done() {
    let server = TestServer::start().await;
    let app = &server.app;
    let marketer = server.person(Role::Marketer).await;
    let north = server.person_named(Role::Rep, "north", Some("North")).await;
    let south = server.person_named(Role::Rep, "south", Some("South")).await;
    let first = sent_pitch(app, north.id, &[4, 2]).await;
    let second = sent_again(app, south.id, &first).await;
    win(app, first.opportunity).await;

    // In the first deal a person reads half of the first deck, 4 seconds each page; a scanner comes by.
    let reader = Tab::open(app, &server.base, &first, 60);
    let deck = &first.items[0];
    let events = [opened(9), viewed(deck, 1, 4_000), viewed(deck, 2, 4_000)];
    reader.report(&events).await.ok();
    let scanner = Tab::open(app, &server.base, &first, 60).calling_itself("Mimecast/1.0");
    scanner.report(&[opened(0)]).await.ok();
    // In the second deal another reads all of it, 2 seconds on most pages.
    let reader = Tab::open(app, &server.base, &second, 60);
    let deck = &second.items[0];
    let mut events = vec![opened(9), viewed(deck, 1, 6_000)];
    events.extend((2..=4).map(|page| viewed(deck, page, 2_000)));
    reader.report(&events).await.ok();

    let all = marketer.get("/api/v1/analytics/content").await.ok();
    let deck = row(&all, "Deck 1");
    assert_eq!((&deck["used"], &deck["sent"]), (&json!(2), &json!(2)));
    assert_eq!(
        (&deck["read"], &deck["completion"]),
        (&json!(2), &json!(0.75))
    );
    assert_eq!(deck["dwell_ms_per_page"], (8_000 + 12_000) / 6);
    assert_eq!(deck["opportunities_touched"], 2);
    assert_eq!(
        deck["won_amount"],
        json!([{ "minor": 1_250_000, "currency": "EUR" }])
    );
    assert_eq!(deck["excluded_visits"], 1);
    let unread = row(&all, "Deck 2");
    assert_eq!((&unread["sent"], &unread["read"]), (&json!(2), &json!(0)));
    assert_eq!(unread["completion"], Value::Null);
    let figures = &all["figures"];
    assert_eq!((&figures["used"], &figures["sent"]), (&json!(4), &json!(4)));
    assert_eq!(
        (&figures["read"], &figures["opportunities_touched"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(
        figures["excluded_visits"], 2,
        "one visit, two pieces offered"
    );
    let series = all["series"].as_array().unwrap();
    assert_eq!(series.len(), 90);
    let total = |of: &str| {
        series
            .iter()
            .map(|day| day[of].as_i64().unwrap())
            .sum::<i64>()
    };
    assert_eq!((total("read"), total("sent"), total("excluded")), (2, 4, 2));
    for metric in deck
        .as_object()
        .unwrap()
        .keys()
        .filter(|key| *key != "asset")
    {
        assert!(
            all["definitions"][metric].is_string(),
            "{metric} has no definition"
        );
    }

    // A manager sees the deals of the team, by the same definitions.
    let manager = server
        .person_named(Role::Manager, "boss", Some("South"))
        .await;
    let theirs = manager.get("/api/v1/analytics/content").await.ok();
    let deck = row(&theirs, "Deck 1");
    assert_eq!((&deck["used"], &deck["read"]), (&json!(1), &json!(1)));
    assert_eq!(
        (&deck["completion"], &deck["won_amount"]),
        (&json!(1.0), &json!([]))
    );
    let me = manager.get("/api/v1/me").await.ok();
    let team: TeamId = me["team"]["id"].as_str().unwrap().parse().unwrap();
    let of_team = marketer
        .get(&format!("/api/v1/analytics/content?team={team}"))
        .await
        .ok();
    assert_eq!(of_team["items"], theirs["items"]);

    // One piece: its pages, its deals.
    let id = deck["asset"]["id"].as_str().unwrap();
    let one = marketer
        .get(&format!("/api/v1/analytics/content/{id}"))
        .await
        .ok();
    assert_eq!(one["row"], *row(&all, "Deck 1"));
    let pages = one["pages"].as_array().unwrap();
    assert_eq!(pages.len(), 4);
    assert_eq!(
        (&pages[0]["views"], &pages[0]["active_ms"]),
        (&json!(2), &json!(10_000))
    );
    assert_eq!(
        (&pages[1]["exits"], &pages[3]["exits"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(one["opportunities"].as_array().unwrap().len(), 2);

    // One deal, for its rep; nobody else's.
    let path = format!("/api/v1/opportunities/{}/content", first.opportunity);
    let deal = north.get(&path).await.ok();
    assert_eq!(row(&deal, "Deck 1")["completion"], 0.5);
    assert_eq!(row(&deal, "Deck 1")["excluded_visits"], 1);
    assert_eq!(south.get(&path).await.code(), "not_found");
}

#[actix_web::test]
async fn a_period_counts_only_its_days() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let sent = sent_pitch(&server.app, marketer.id, &[1]).await;
    let tab = Tab::open(&server.app, &server.base, &sent, 3 * 24 * 60 * 60);
    tab.report(&[opened(9), viewed(&sent.items[0], 1, 5_000)])
        .await
        .ok();
    let day = |ago: i64| (server.app.clock.now() - TimeDelta::days(ago)).date_naive();
    for (from, to, read) in [(3, 3, 1), (2, 0, 0), (5, 4, 0), (9, 0, 1)] {
        let path = format!(
            "/api/v1/analytics/content?from={}&to={}",
            day(from),
            day(to)
        );
        let reply = marketer.get(&path).await.ok();
        assert_eq!(reply["figures"]["read"], read, "{path}");
        assert_eq!(reply["figures"]["opportunities_touched"], read, "{path}");
    }
    let path = format!("/api/v1/analytics/content?from={}&to={}", day(0), day(1));
    assert_eq!(marketer.get(&path).await.code(), "invalid");
}

#[actix_web::test]
async fn rows_sort_page_filter_and_export() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let now = server.app.clock.now();
    let tx = server.app.db.begin().await.unwrap();
    for title in ["=cmd()", "Security, in short", "Security overview"] {
        ready_asset(&tx, title, 1, now).await;
    }
    tx.commit().await.unwrap();
    let sent = sent_pitch(&server.app, marketer.id, &[1]).await;

    let mut titles = Vec::new();
    let mut path = "/api/v1/analytics/content?sort=sent&limit=1".to_owned();
    loop {
        let page = marketer.get(&path).await.ok();
        titles.push(
            page["items"][0]["asset"]["title"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/api/v1/analytics/content?sort=sent&limit=1&cursor={cursor}");
    }
    assert_eq!(titles[0], "Deck 1");
    titles.sort();
    assert_eq!(
        titles,
        [
            "=cmd()",
            "Deck 1",
            "Security overview",
            "Security, in short"
        ]
    );

    let found = marketer
        .get("/api/v1/analytics/content?q=SECURITY+over")
        .await
        .ok();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    let none = marketer
        .get("/api/v1/analytics/content?kind=video")
        .await
        .ok();
    assert_eq!(none["items"], json!([]));

    let file = marketer.get("/api/v1/analytics/content?format=csv").await;
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    let text = file.ok();
    let text = text.as_str().unwrap();
    assert_eq!(text.lines().count(), 5);
    assert!(text.contains(",'=cmd(),"), "{text}");
    assert!(text.contains(",\"Security, in short\","), "{text}");
    assert!(text.contains(&sent.items[0].asset.to_string()), "{text}");
}
