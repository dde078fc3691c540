//! The life cycle with its people: who may take which step, reviews, comments, reminders.

use chrono::{DateTime, Days, TimeDelta, Utc};
use lastmile::clock::Clock;
use lastmile::entities::{AssetState, Role, mail, user};
use lastmile::ids::AssetId;
use lastmile::library;
use reqwest::{Method, StatusCode};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _};
use serde_json::{Value, json};

use crate::library::{converted, upload_and_convert};
use crate::support::{Content, Person, TestServer};

fn draft() -> Content {
    Content {
        state: AssetState::Draft,
        ..Content::default()
    }
}

async fn step(person: &Person, asset: AssetId, body: Value) -> crate::support::Reply {
    person
        .post(&format!("/api/v1/assets/{asset}/transitions"), &body)
        .await
}

async fn lifecycle(person: &Person, asset: AssetId) -> Value {
    person
        .get(&format!("/api/v1/assets/{asset}/lifecycle"))
        .await
        .ok()
}

async fn news(person: &Person) -> Vec<(String, String)> {
    person.get("/api/v1/notifications").await.ok()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["kind"].as_str().unwrap().to_owned(),
                one["title"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

async fn mails(server: &TestServer) -> Vec<mail::Model> {
    mail::Entity::find()
        .all(server.app.db.read())
        .await
        .unwrap()
}

#[actix_web::test]
async fn named_reviewers_are_told_and_decide_and_the_author_hears_of_it() {
    let server = TestServer::start().await;
    let author = server.person_named(Role::Marketer, "Author", None).await;
    let named = server.person_named(Role::Marketer, "Named", None).await;
    let other = server.person_named(Role::Marketer, "Other", None).await;
    let asset = server.content(draft()).await;

    let asked = json!({ "to": "in_review", "comment": "Prices are new.", "reviewers": [named.id] });
    step(&author, asset, asked).await.ok();
    assert_eq!(
        news(&named).await,
        [(
            "review_requested".to_owned(),
            "Author asks you to review \u{201c}Overview\u{201d}".to_owned()
        )]
    );
    assert!(news(&other).await.is_empty());
    let mail = mails(&server).await;
    assert_eq!(mail.len(), 1);
    assert_eq!(mail[0].to_address, "named@example.com");
    assert!(mail[0].text.contains(&format!("/assets/{asset}")));

    let queue = named.get("/api/v1/reviews").await.ok();
    assert_eq!(queue["items"][0]["asset"]["id"], json!(asset));
    assert_eq!(queue["items"][0]["comment"], "Prices are new.");
    assert_eq!(queue["items"][0]["sent_by"]["name"], "Author");
    assert_eq!(queue["items"][0]["for_me"], true);
    assert_eq!(other.get("/api/v1/reviews").await.ok()["items"], json!([]));
    let all = other.get("/api/v1/reviews?all=true").await.ok();
    assert_eq!(all["items"][0]["for_me"], false);
    assert_eq!(
        named.get("/api/v1/attention").await.ok()["to_review"],
        json!(1)
    );

    let approve = json!({ "to": "approved" });
    for outsider in [&author, &other] {
        assert_eq!(
            step(outsider, asset, approve.clone()).await.code(),
            "forbidden"
        );
        let next = lifecycle(outsider, asset).await;
        let next = next["next"].as_array().unwrap().clone();
        let approval = next.iter().find(|one| one["to"] == "approved").unwrap();
        assert!(approval["obstacle"].is_string());
    }
    let wordless = step(&named, asset, json!({ "to": "draft" })).await;
    assert_eq!(wordless.body["errors"][0]["field"], "comment");
    let back = json!({ "to": "draft", "comment": "Page 2 has last year's price." });
    step(&named, asset, back).await.ok();
    assert_eq!(news(&author).await[0].0, "sent_back");
    assert_eq!(named.get("/api/v1/reviews").await.ok()["items"], json!([]));

    let asked = json!({ "to": "in_review", "reviewers": [named.id] });
    step(&author, asset, asked).await.ok();
    let approved = step(&named, asset, approve).await.ok();
    assert_eq!(approved["state"], "approved");
    assert_eq!(news(&author).await[0].0, "approved");

    let log = lifecycle(&author, asset).await;
    let told: Vec<_> = log["log"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["by"]["name"].as_str().unwrap(),
                one["from"].as_str().unwrap(),
                one["to"].as_str().unwrap(),
                one["comment"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("Named", "in_review", "approved", ""),
            ("Author", "draft", "in_review", ""),
            (
                "Named",
                "in_review",
                "draft",
                "Page 2 has last year's price."
            ),
            ("Author", "draft", "in_review", "Prices are new."),
        ]
    );
    assert_eq!(log["log"][3]["reviewers"][0]["name"], "Named");
    assert_eq!(log["log"][0]["own_approval"], false);
    assert_eq!(log["review"], Value::Null);
}

#[actix_web::test]
async fn without_names_every_approver_is_asked_and_authors_may_take_their_piece_back() {
    let server = TestServer::start().await;
    let author = server.person_named(Role::Marketer, "Author", None).await;
    let admin = server.person_named(Role::Admin, "Admin", None).await;
    let rep = server.person(Role::Rep).await;
    let asset = server.content(draft()).await;
    step(&author, asset, json!({ "to": "in_review" }))
        .await
        .ok();
    assert_eq!(news(&admin).await.len(), 1);
    assert!(news(&rep).await.is_empty());
    assert_eq!(
        admin.get("/api/v1/reviews").await.ok()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(author.get("/api/v1/reviews").await.ok()["items"], json!([]));
    step(&author, asset, json!({ "to": "draft" })).await.ok();

    for wrong in [author.id, rep.id] {
        let asked = json!({ "to": "in_review", "reviewers": [wrong] });
        let refused = step(&author, asset, asked).await;
        assert_eq!(refused.body["errors"][0]["field"], "reviewers");
    }
    let listed = author.get("/api/v1/reviewers").await.ok();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn own_work_is_approved_alone_only_where_four_eyes_are_not_wanted_and_the_log_says_so() {
    let plain = TestServer::start().await;
    let author = plain.person_named(Role::Marketer, "Author", None).await;
    plain.person_named(Role::Marketer, "Other", None).await;
    let asset = plain.content(draft()).await;
    step(&author, asset, json!({ "to": "in_review" }))
        .await
        .ok();
    step(&author, asset, json!({ "to": "approved" })).await.ok();
    let log = lifecycle(&author, asset).await;
    assert_eq!(log["log"][0]["own_approval"], true);

    let strict = TestServer::start_with(|config| config.four_eyes = true).await;
    let author = strict.person_named(Role::Marketer, "Author", None).await;
    let upload = async |person: &Person| {
        let metadata = json!({ "state": "approved" });
        person
            .upload("/api/v1/assets", "a.md", "# A", &metadata)
            .await
    };
    upload(&author).await.ok();
    let other = strict.person_named(Role::Marketer, "Other", None).await;
    let asset = strict.content(draft()).await;
    step(&author, asset, json!({ "to": "in_review" }))
        .await
        .ok();
    assert_eq!(
        step(&author, asset, json!({ "to": "approved" }))
            .await
            .code(),
        "forbidden"
    );
    let patch = json!({ "state": "approved" });
    let path = format!("/api/v1/assets/{asset}");
    let revision = author.get(&path).await.ok()["revision"].as_i64().unwrap();
    let edited = author.edit(Method::PATCH, &path, revision, &patch).await;
    assert_eq!(edited.code(), "forbidden", "an edit is no way around it");
    assert_eq!(upload(&author).await.code(), "forbidden");
    step(&other, asset, json!({ "to": "approved" })).await.ok();
}

/// The number that an asset shows, and those that wait for an approval.
async fn versions_of(person: &Person, asset: &str) -> (i64, Vec<i64>) {
    let asset = person.get(&format!("/api/v1/assets/{asset}")).await.ok();
    let versions = asset["versions"].as_array().unwrap().iter();
    let waiting = versions.filter(|one| one["awaits_approval"] == true);
    (
        asset["current_version"]["number"].as_i64().unwrap(),
        waiting.map(|one| one["number"].as_i64().unwrap()).collect(),
    )
}

#[actix_web::test]
async fn with_four_eyes_a_new_version_of_what_was_approved_is_shown_after_a_second_look_only() {
    let server = TestServer::start_with(|config| config.four_eyes = true).await;
    let author = server.person_named(Role::Marketer, "Author", None).await;
    // As long as nobody else can approve, nobody waits.
    let metadata = json!({ "title": "Prices", "state": "approved" });
    let asset = upload_and_convert(&author, "prices.md", "# From 90 euros", &metadata).await;
    let id = asset["id"].as_str().unwrap().to_owned();
    let first = asset["current_version"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/assets/{id}");
    let new_version = async |content: &str| {
        let path = format!("{path}/versions");
        author
            .upload(&path, "prices.md", content, &json!({}))
            .await
            .ok();
        converted(&author, &id).await["versions"][0]["id"].clone()
    };
    new_version("# From 95 euros").await;
    assert_eq!(versions_of(&author, &id).await, (2, vec![]));

    let other = server.person_named(Role::Marketer, "Other", None).await;
    let rep = server.person(Role::Rep).await;
    let deal = server.deal(rep.id).await;
    let body = json!({ "opportunity_id": deal.opportunity, "items": [{ "asset_id": id }] });
    let pitch = rep.post("/api/v1/pitches", &body).await.ok();
    let links = format!("/api/v1/pitches/{}/links", pitch["id"].as_str().unwrap());
    let link = rep.post(&links, &json!({ "recipients": [{}] })).await.ok();
    let link = link["items"][0]["url"].as_str().unwrap().to_owned();
    let link = format!("{}/p/{}", server.base, link.rsplit('/').next().unwrap());
    let text = async |url: &str| reqwest::get(url).await.unwrap().text().await.unwrap();
    let shown = async || {
        let mut shown = text(&link).await;
        // The words of a page may stand at an address of their own.
        for part in shown.clone().split("href=\"").skip(1) {
            let address = part.split('"').next().unwrap();
            if address.ends_with("/text") {
                shown.push_str(&text(&format!("{}{address}", server.base)).await);
            }
        }
        shown
    };

    let waiting = new_version("# From 120 euros").await;
    assert_eq!(versions_of(&author, &id).await, (2, vec![3]));
    assert!(shown().await.contains("95 euros"));
    // Neither is it shown as an old one, nor kept by a pitch, nor by taking the asset back.
    let restore = format!("/api/v1/versions/{}/restore", waiting.as_str().unwrap());
    author.post(&restore, &json!({})).await.ok();
    author
        .post(&format!("/api/v1/versions/{first}/restore"), &json!({}))
        .await
        .ok();
    assert_eq!(versions_of(&author, &id).await, (2, vec![5, 4, 3]));
    let kept = json!({ "opportunity_id": deal.opportunity,
        "items": [{ "asset_id": id, "version_id": waiting }] });
    assert_eq!(rep.post("/api/v1/pitches", &kept).await.code(), "invalid");
    let asset = id.parse().unwrap();
    step(&author, asset, json!({ "to": "draft" })).await.ok();
    new_version("# From 130 euros").await;
    assert_eq!(versions_of(&author, &id).await, (2, vec![6, 5, 4, 3]));
    assert!(shown().await.contains("95 euros"));
    let own = step(&author, asset, json!({ "to": "approved" })).await;
    assert_eq!(own.code(), "forbidden");

    step(&author, asset, json!({ "to": "in_review" }))
        .await
        .ok();
    step(&other, asset, json!({ "to": "approved" })).await.ok();
    assert_eq!(versions_of(&author, &id).await, (6, vec![]));
    // What is kept drawn of the page is fresh again after half a second.
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert!(shown().await.contains("130 euros"));

    // Who reviews and mends it at once is not the second pair of eyes.
    step(&author, asset, json!({ "to": "draft" })).await.ok();
    step(&author, asset, json!({ "to": "in_review" }))
        .await
        .ok();
    let versions = format!("{path}/versions");
    other
        .upload(&versions, "prices.md", "# From 9 euros", &json!({}))
        .await
        .ok();
    converted(&other, &id).await;
    let alone = step(&other, asset, json!({ "to": "approved" })).await;
    assert_eq!(alone.code(), "forbidden");
}

#[actix_web::test]
async fn a_version_that_waits_is_reviewed_beside_what_is_approved_and_reps_see_nothing_of_it() {
    let server = TestServer::start_with(|config| config.four_eyes = true).await;
    let author = server.person_named(Role::Marketer, "Author", None).await;
    let metadata = json!({ "title": "Prices", "state": "approved" });
    let asset = upload_and_convert(&author, "prices.md", "# From 90 euros", &metadata).await;
    let id = asset["id"].as_str().unwrap().to_owned();
    let other = server.person_named(Role::Marketer, "Other", None).await;
    let rep = server.person(Role::Rep).await;
    let path = format!("/api/v1/assets/{id}");
    let asset = id.parse().unwrap();
    let approve = json!({ "to": "approved" });
    let idle = step(&other, asset, approve.clone()).await;
    assert_eq!(idle.code(), "conflict", "nothing waits");

    let note = json!({ "change_note": "New prices" });
    let versions = format!("{path}/versions");
    author
        .upload(&versions, "prices.md", "# From 120 euros", &note)
        .await
        .ok();
    let waiting = converted(&author, &id).await["versions"][0].clone();
    assert_eq!(waiting["awaits_approval"], true);

    let queue = async |person: &Person| person.get("/api/v1/reviews").await.ok()["items"].clone();
    assert_eq!(queue(&author).await, json!([]));
    let asked = queue(&other).await;
    assert_eq!(asked[0]["asset"]["id"], json!(id));
    assert_eq!(asked[0]["sent_by"]["name"], "Author");
    assert_eq!(asked[0]["comment"], "New prices");
    let news = other.get("/api/v1/notifications").await.ok();
    assert_eq!(
        news["items"][0]["title"],
        "Version 2 of \u{201c}Prices\u{201d} waits for your approval"
    );

    let version = waiting["id"].as_str().unwrap();
    for rest in ["pages", "pages/1/image", "file"] {
        let of_version = format!("/api/v1/versions/{version}/{rest}");
        assert_eq!(
            rep.get(&of_version).await.status,
            StatusCode::NOT_FOUND,
            "{rest}"
        );
        assert_eq!(
            other.get(&of_version).await.status,
            StatusCode::OK,
            "{rest}"
        );
    }
    let seen = rep.get(&path).await.ok();
    assert_eq!(seen["versions"].as_array().unwrap().len(), 1);
    assert_eq!(seen["current_version"]["number"], 1);

    let own = step(&author, asset, approve.clone()).await;
    assert_eq!(own.code(), "forbidden");
    step(&other, asset, approve.clone()).await.ok();
    assert_eq!(versions_of(&rep, &id).await, (2, vec![]));
    assert_eq!(queue(&other).await, json!([]));
    let told = author.get("/api/v1/notifications").await.ok();
    assert_eq!(
        told["items"][0]["title"],
        "Other approved \u{201c}Prices\u{201d}"
    );
    assert_eq!(step(&other, asset, approve).await.code(), "conflict");
}

#[actix_web::test]
async fn an_expired_piece_is_approved_again_with_a_new_day() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let asset = server
        .content(Content {
            state: AssetState::Expired,
            last_day: Some(-3),
            ..Content::default()
        })
        .await;
    let again = step(&marketer, asset, json!({ "to": "approved" })).await;
    assert_eq!(again.code(), "conflict");
    let day = server.app.clock.now().date_naive() + Days::new(90);
    let renewed = json!({ "to": "approved", "expires_at": day });
    let renewed = step(&marketer, asset, renewed).await.ok();
    assert_eq!(renewed["state"], "approved");
    assert_eq!(renewed["expires_at"], json!(day));
}

#[actix_web::test]
async fn comments_are_on_a_piece_or_a_page_and_can_be_dealt_with() {
    let server = TestServer::start().await;
    let author = server.person_named(Role::Marketer, "Author", None).await;
    let reviewer = server.person_named(Role::Marketer, "Reviewer", None).await;
    let rep = server.person(Role::Rep).await;
    let asset = server.content(draft()).await;
    let path = format!("/api/v1/assets/{asset}/comments");
    let asked = json!({ "to": "in_review", "reviewers": [reviewer.id] });
    step(&author, asset, asked).await.ok();

    let on_page = json!({ "text": " The figure is old. ", "page_number": 2 });
    let comment = reviewer.post(&path, &on_page).await.ok();
    assert_eq!(comment["text"], "The figure is old.");
    assert_eq!(comment["page_number"], 2);
    assert_eq!(comment["version_number"], 1);
    assert_eq!(
        news(&author).await[0].1,
        "Reviewer commented on page 2 of \u{201c}Overview\u{201d}"
    );
    author
        .post(&path, &json!({ "text": "Will do." }))
        .await
        .ok();
    let absent = json!({ "text": "Here?", "page_number": 9 });
    assert_eq!(
        author.post(&path, &absent).await.body["errors"][0]["field"],
        "page_number"
    );
    let empty = author.post(&path, &json!({ "text": "  " })).await;
    assert_eq!(empty.body["errors"][0]["field"], "text");

    let queue = reviewer.get("/api/v1/reviews").await.ok();
    assert_eq!(queue["items"][0]["open_comments"], 2);
    let one = format!("/api/v1/comments/{}", comment["id"].as_str().unwrap());
    let resolve = async |resolved: bool| {
        let request = author
            .request(Method::PATCH, &one)
            .json(&json!({ "resolved": resolved }));
        crate::support::Reply::read(request.send().await.unwrap())
            .await
            .ok()
    };
    assert_eq!(resolve(true).await["resolved_by"]["name"], "Author");
    let queue = reviewer.get("/api/v1/reviews").await.ok();
    assert_eq!(queue["items"][0]["open_comments"], 1);
    assert_eq!(resolve(false).await["resolved_at"], Value::Null);

    let listed = author.get(&format!("{path}?limit=1")).await.ok();
    assert_eq!(listed["items"][0]["text"], "Will do.");
    let cursor = listed["next_cursor"].as_str().unwrap();
    let second = author
        .get(&format!("{path}?limit=1&cursor={cursor}"))
        .await
        .ok();
    assert_eq!(second["items"][0]["id"], comment["id"]);
    assert_eq!(rep.get(&path).await.code(), "forbidden");
}

#[actix_web::test]
async fn owners_are_reminded_once_per_notice_period_and_by_one_mail() {
    let start: DateTime<Utc> = "2026-03-02T08:00:00Z".parse().unwrap();
    let clock = Clock::manual(start);
    let server = TestServer::start_at(clock.clone(), |_| {}).await;
    let owner = server.person_named(Role::Marketer, "Owner", None).await;
    let today = start.date_naive();
    for (title, expires, review) in [
        ("Prices", Some(20), None),
        ("Terms", None, Some(20)),
        ("Story", None, None),
    ] {
        let asset = server
            .content(Content {
                title,
                last_day: expires,
                ..Content::default()
            })
            .await;
        server
            .change_asset(asset, |row| {
                row.owner_id = Some(owner.id);
                row.review_by = review.map(|days| today + Days::new(days));
            })
            .await;
    }
    let remind = async || {
        let app = &server.app;
        library::expire_due_assets(&app.db, clock.now())
            .await
            .unwrap();
        library::remind_owners(&app.db, &app.config, clock.now())
            .await
            .unwrap()
    };
    let mut told = Vec::new();
    for day in 0..=22 {
        clock.set(start + TimeDelta::days(day));
        let new = remind().await;
        assert_eq!(remind().await, 0, "a second look tells nothing new");
        if new > 0 {
            told.push((day, new));
        }
    }
    assert_eq!(told, [(6, 2), (17, 2), (20, 2)]);
    assert_eq!(mails(&server).await.len(), 3, "one mail for both pieces");

    clock.set(start);
    let owner = server.person_named(Role::Marketer, "Reader", None).await;
    let due = owner
        .get("/api/v1/assets?state=expired&limit=10")
        .await
        .ok();
    assert_eq!(due["items"][0]["title"], "Prices");
}

#[actix_web::test]
async fn of_a_piece_that_nobody_looks_after_those_who_keep_the_library_are_told() {
    let start: DateTime<Utc> = "2026-03-02T08:00:00Z".parse().unwrap();
    let server = TestServer::start_at(Clock::manual(start), |_| {}).await;
    let keeper = server.person_named(Role::Marketer, "Keeper", None).await;
    let gone = server.person_named(Role::Marketer, "Gone", None).await;
    let rep = server.person(Role::Rep).await;
    server.person(Role::Admin).await;
    for (title, owner) in [("Prices", None), ("Terms", Some(gone.id))] {
        let content = Content {
            title,
            last_day: Some(3),
            ..Content::default()
        };
        let asset = server.content(content).await;
        server.change_asset(asset, |row| row.owner_id = owner).await;
    }
    let tx = server.app.db.begin().await.unwrap();
    let leaves = user::ActiveModel {
        id: Set(gone.id),
        active: Set(false),
        ..Default::default()
    };
    leaves.update(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let remind = async || {
        let app = &server.app;
        library::remind_owners(&app.db, &app.config, start)
            .await
            .unwrap()
    };
    assert_eq!((remind().await, remind().await), (4, 0));
    assert!(news(&rep).await.is_empty());
    let told = keeper.get("/api/v1/notifications").await.ok();
    let bodies = told["items"].as_array().unwrap().iter();
    let bodies: Vec<_> = bodies.map(|one| one["body"].as_str().unwrap()).collect();
    assert_eq!(bodies.len(), 2);
    assert!(bodies.iter().all(|body| body.contains("Give it an owner")));
}

#[actix_web::test]
async fn lists_show_what_is_due_and_owners_see_how_many_of_theirs_are() {
    let server = TestServer::start().await;
    let owner = server.person(Role::Marketer).await;
    let today = server.app.clock.now().date_naive();
    for (title, expires, review) in [("Soon", Some(5), 90), ("Later", Some(60), 0)] {
        let asset = server
            .content(Content {
                title,
                last_day: expires,
                ..Content::default()
            })
            .await;
        server
            .change_asset(asset, |row| {
                row.owner_id = Some(owner.id);
                row.review_by = Some(today + Days::new(review));
            })
            .await;
    }
    let titles = async |query: &str| {
        let list = owner.get(&format!("/api/v1/assets?{query}")).await.ok();
        let titles: Vec<String> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["title"].as_str().unwrap().to_owned())
            .collect();
        titles
    };
    assert_eq!(titles("state=approved&expires=soon").await, ["Soon"]);
    assert_eq!(titles("review=past").await, ["Later"]);
    let counts = owner.get("/api/v1/attention").await.ok();
    assert_eq!(
        counts,
        json!({ "to_review": 0, "review_due": 1, "expires_soon": 1, "expired": 0 })
    );
    let stranger = server.person(Role::Marketer).await;
    assert_eq!(
        stranger.get("/api/v1/attention").await.ok()["expires_soon"],
        0
    );
}
