//! The list of all content: filters, orders, pages and counts.

use chrono::Days;
use lastmile::entities::{AssetKind, AssetState, Role};
use serde_json::json;

use super::{described, titles};
use crate::support::{Content, TestServer};

#[actix_web::test]
async fn dimensions_narrow_each_other_and_values_of_one_are_alternatives() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    described(
        &server,
        &marketer,
        "Alpha",
        json!({ "industry": ["Banking"], "tag": ["new"] }),
    )
    .await;
    described(
        &server,
        &marketer,
        "Beta",
        json!({ "industry": ["Retail"], "tag": ["new"] }),
    )
    .await;
    described(
        &server,
        &marketer,
        "Gamma",
        json!({ "industry": ["Health"] }),
    )
    .await;
    let asked = [
        ("industry=banking&industry=RETAIL", vec!["Alpha", "Beta"]),
        ("industry=banking&industry=health&tag=new", vec!["Alpha"]),
        ("without=tag", vec!["Gamma"]),
        ("without=owner&q=et", vec!["Beta"]),
        ("without=industry", vec![]),
        (
            "kind=deck&state=approved&language=en&internal_only=false",
            vec!["Alpha", "Beta", "Gamma"],
        ),
        ("kind=guide", vec![]),
        ("q=100%25", vec![]),
    ];
    for (query, expected) in asked {
        let list = marketer
            .get(&format!("/api/v1/assets?sort=title&{query}"))
            .await
            .ok();
        assert_eq!(titles(&list), expected, "{query}");
    }
    let wrong = marketer.get("/api/v1/assets?without=everything").await;
    assert_eq!(wrong.code(), "invalid");
}

#[actix_web::test]
async fn what_is_due_and_what_runs_out_is_found_by_its_day() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let today = server.app.clock.now().date_naive();
    let days = [("Overdue", -3_i64), ("Next week", 7), ("Next year", 365)];
    for (title, away) in days {
        let content = Content {
            title,
            ..Content::default()
        };
        let id = server.content(content).await;
        let distance = Days::new(away.unsigned_abs());
        let day = if away < 0 {
            today - distance
        } else {
            today + distance
        };
        server
            .change_asset(id, |asset| asset.review_by = Some(day))
            .await;
        server
            .change_asset(id, |asset| asset.expires_at = Some(day + Days::new(5)))
            .await;
    }
    let list = |query: &'static str| {
        let marketer = marketer.clone();
        async move {
            marketer
                .get(&format!("/api/v1/assets?sort=review_by&{query}"))
                .await
                .ok()
        }
    };
    assert_eq!(titles(&list("review=past").await), ["Overdue"]);
    assert_eq!(titles(&list("review=soon").await), ["Overdue", "Next week"]);
    assert_eq!(
        titles(&list("expires=soon").await),
        ["Overdue", "Next week"]
    );
    assert_eq!(titles(&list("expires=past").await), Vec::<&str>::new());
    let counts = marketer.get("/api/v1/assets/counts").await.ok();
    assert_eq!(counts["review_past"], 1);
    assert_eq!(counts["review_soon"], 2);
    assert_eq!(counts["expires_soon"], 2);
    assert_eq!(counts["without_owner"], 3);
}

#[actix_web::test]
async fn every_order_can_be_walked_to_its_end_without_repeating_or_losing_a_row() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let today = server.app.clock.now().date_naive();
    let names = ["delta", "Alpha", "charlie", "Bravo", "alpha"];
    for (number, title) in (0_u64..).zip(names) {
        let content = Content {
            title,
            ..Content::default()
        };
        let id = server.content(content).await;
        if number % 2 == 0 {
            server
                .change_asset(id, |asset| {
                    asset.expires_at = Some(today + Days::new(10 - number));
                })
                .await;
        }
    }
    for sort in [
        "updated",
        "created",
        "title",
        "review_by",
        "expires_at",
        "pitched",
    ] {
        for order in ["asc", "desc"] {
            let mut seen = Vec::new();
            let mut cursor = String::new();
            loop {
                let page = marketer
                    .get(&format!(
                        "/api/v1/assets?sort={sort}&order={order}&limit=2{cursor}"
                    ))
                    .await
                    .ok();
                let ids = page["items"].as_array().unwrap().iter();
                seen.extend(ids.map(|row| row["id"].as_str().unwrap().to_owned()));
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            let mut distinct = seen.clone();
            distinct.sort();
            distinct.dedup();
            assert_eq!((seen.len(), distinct.len()), (5, 5), "{sort} {order}");
        }
    }
    let by_title = marketer.get("/api/v1/assets?sort=title").await.ok();
    let lower: Vec<_> = titles(&by_title).iter().map(|t| t.to_lowercase()).collect();
    assert_eq!(lower, ["alpha", "alpha", "bravo", "charlie", "delta"]);
    let by_end = marketer.get("/api/v1/assets?sort=expires_at").await.ok();
    assert_eq!(
        titles(&by_end)[..3],
        ["alpha", "charlie", "delta"],
        "without a day: last"
    );
    let latest = marketer
        .get("/api/v1/assets?sort=expires_at&order=desc")
        .await
        .ok();
    assert_eq!(titles(&latest)[..3], ["delta", "charlie", "alpha"]);
    let cursor =
        marketer.get("/api/v1/assets?sort=title&limit=1").await.ok()["next_cursor"].clone();
    let other = marketer
        .get(&format!(
            "/api/v1/assets?sort=expires_at&cursor={}",
            cursor.as_str().unwrap()
        ))
        .await;
    assert_eq!(other.code(), "invalid");
}

#[actix_web::test]
async fn a_row_says_how_often_it_was_pitched_and_sorts_by_it() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let rep = server.person(Role::Rep).await;
    let deal = server.deal(rep.id).await;
    let used = described(&server, &marketer, "Used", json!({})).await;
    described(&server, &marketer, "Never", json!({})).await;
    for pages in [vec![1, 2], vec![3]] {
        let items: Vec<_> = pages
            .iter()
            .map(|page| json!({ "asset_id": used, "page_number": page }))
            .collect();
        let pitch = json!({ "opportunity_id": deal.opportunity, "items": items });
        rep.post("/api/v1/pitches", &pitch).await.ok();
    }
    let list = marketer.get("/api/v1/assets?sort=pitched").await.ok();
    assert_eq!(titles(&list), ["Used", "Never"]);
    assert_eq!(list["items"][0]["pitched"], 2, "two pitches, three items");
    assert_eq!(list["items"][1]["pitched"], 0);
    assert_eq!(list["items"][0]["revision"], 2);
}

#[actix_web::test]
async fn counts_follow_the_filter_but_not_their_own_dimension() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    described(
        &server,
        &marketer,
        "One",
        json!({ "industry": ["Banking"], "region": ["DACH"] }),
    )
    .await;
    described(
        &server,
        &marketer,
        "Two",
        json!({ "industry": ["Banking", "Retail"] }),
    )
    .await;
    let guide = described(
        &server,
        &marketer,
        "Three",
        json!({ "industry": ["Retail"] }),
    )
    .await;
    server
        .change_asset(guide, |asset| asset.kind = AssetKind::Guide)
        .await;
    let owner = marketer.id;
    server
        .change_asset(guide, |asset| asset.owner_id = Some(owner))
        .await;

    let counts = marketer
        .get("/api/v1/assets/counts?industry=Banking&sort=title")
        .await
        .ok();
    assert_eq!(counts["total"], 2);
    let of = |facet: &str, value: &str| {
        let values = counts["facets"][facet]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let found = values.iter().find(|one| one["value"] == value);
        found.map_or(0, |one| one["count"].as_i64().unwrap())
    };
    assert_eq!(
        (of("industry", "Banking"), of("industry", "Retail")),
        (2, 2)
    );
    assert_eq!(
        (
            of("region", "DACH"),
            of("kind", "deck"),
            of("kind", "guide")
        ),
        (1, 2, 0)
    );

    let all = marketer.get("/api/v1/assets/counts").await.ok();
    assert_eq!(all["facets"]["owner"][0]["value"], json!(owner));
    assert!(
        all["facets"]["owner"][0]["label"]
            .as_str()
            .unwrap()
            .starts_with("marketer")
    );
}

#[actix_web::test]
async fn reps_list_and_count_only_what_they_may_see() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    for (title, state) in [
        ("Draft", AssetState::Draft),
        ("Approved", AssetState::Approved),
    ] {
        let content = Content {
            title,
            state,
            ..Content::default()
        };
        server.content(content).await;
    }
    let list = rep
        .get("/api/v1/assets?state=draft&state=approved")
        .await
        .ok();
    assert_eq!(titles(&list), ["Approved"]);
    let counts = rep.get("/api/v1/assets/counts").await.ok();
    assert_eq!(counts["total"], 1);
    assert_eq!(counts["facets"]["state"].as_array().unwrap().len(), 1);
}
