//! The prospect's page: what it shows, what it refuses, how much it weighs, and that it speaks to nobody else.

use std::time::{Duration, Instant};

use base64::Engine as _;
use lastmile::entities::{AssetState, EventKind, Role, VisitClass, event, pitch_link, visit};
use lastmile::ids::AssetId;
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, COOKIE, RANGE, SET_COOKIE,
};
use reqwest::{Response, StatusCode};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::{Content, Person, TestServer};

/// A pitch with one link, and its prospect.
pub(crate) struct Sent {
    pub(crate) server: TestServer,
    pub(crate) rep: Person,
    pub(crate) pitch: Value,
    pub(crate) link: Value,
}

impl Sent {
    pub(crate) async fn new(
        items: impl AsyncFnOnce(&TestServer) -> Vec<Value>,
        link: Value,
    ) -> Self {
        let server = TestServer::start().await;
        let rep = server.person_named(Role::Rep, "Ann-Lee", None).await;
        let deal = server.deal(rep.id).await;
        let items = items(&server).await;
        let pitch = rep
            .post(
                "/api/v1/pitches",
                &json!({ "opportunity_id": deal.opportunity, "title": "Cold chain <for> Noor",
                    "message": "See https://example.org/why too.", "items": items }),
            )
            .await
            .ok();
        let mut wanted = json!({ "recipients": [{ "contact_id": deal.contact }] });
        wanted
            .as_object_mut()
            .unwrap()
            .extend(link.as_object().unwrap().clone());
        let links = format!("/api/v1/pitches/{}/links", pitch["id"].as_str().unwrap());
        let link = rep.post(&links, &wanted).await.ok()["items"][0].clone();
        Self {
            server,
            rep,
            pitch,
            link,
        }
    }

    /// A deck of three pages.
    pub(crate) async fn deck(link: Value) -> Self {
        Self::new(
            async |server| vec![json!({ "asset_id": server.content(Content::default()).await })],
            link,
        )
        .await
    }

    pub(crate) fn path(&self) -> String {
        let url = self.link["url"].as_str().unwrap();
        url[url.find("/p/").unwrap()..].to_owned()
    }

    pub(crate) fn item(&self, index: usize) -> &str {
        self.pitch["items"][index]["id"].as_str().unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(path).send().await.unwrap()
    }

    pub(crate) fn request(&self, path: &str) -> reqwest::RequestBuilder {
        reqwest::Client::new().get(format!("{}{path}", self.server.base))
    }

    pub(crate) async fn page(&self) -> String {
        let page = self.get(&self.path()).await;
        assert_eq!(page.status(), 200);
        page.text().await.unwrap()
    }

    /// Waits until that many events of this kind are on disk.
    pub(crate) async fn events(&self, kind: EventKind, count: usize) -> Vec<event::Model> {
        let patience = Instant::now() + Duration::from_secs(5);
        loop {
            let found = event::Entity::find()
                .filter(event::Column::Kind.eq(kind))
                .all(self.server.app.db.read())
                .await
                .unwrap();
            if found.len() >= count || Instant::now() > patience {
                assert_eq!(found.len(), count);
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// The content of the first element of this name.
fn element<'a>(html: &'a str, name: &str) -> &'a str {
    let (_, rest) = html.split_once(&format!("<{name}>")).unwrap();
    rest.split_once(&format!("</{name}>")).unwrap().0
}

/// The value of the first attribute of this name.
pub(crate) fn attribute<'a>(html: &'a str, name: &str) -> &'a str {
    let (_, rest) = html.split_once(&format!(" {name}=\"")).unwrap();
    rest.split_once('"').unwrap().0
}

/// The token of the visit, as the page carries it in its forms.
pub(crate) fn visit_of(html: &str) -> &str {
    attribute(html, "name=\"visit\" value")
}

#[actix_web::test]
async fn the_page_shows_the_pitch_without_any_script() {
    let sent = Sent::deck(json!({})).await;
    let html = sent.page().await;
    for words in [
        "Cold chain &#60;for&#62; Noor",
        "Ann-Lee",
        "The sentence of page 2.",
        "<summary>Text of page 3</summary>",
        "alt=\"Page 1: Topic 1\"",
        "href=\"https://example.org/why\"",
        "property=\"og:image\"",
        "noindex",
        "How viewing is measured",
        "lang=\"en\"",
    ] {
        assert!(html.contains(words), "{words}\n{html}");
    }
    let (html, dot) = html.split_once("<noscript>").unwrap();
    assert_eq!(dot.matches("<img ").count(), 1);
    assert_eq!(html.matches("<img ").count(), 3);
    assert_eq!(
        html.matches("loading=\"lazy\"").count(),
        2,
        "all but the first"
    );
    let picture = sent.get(attribute(html, "src")).await;
    assert_eq!(picture.headers()[CONTENT_TYPE], "image/webp");
    assert_eq!(
        picture.text().await.unwrap(),
        "picture of The sentence of page 1. at 960"
    );
}

/// Text as it is: few words twice.
fn prose(seed: usize, words: usize) -> String {
    const WORDS: [&str; 24] = [
        "depot",
        "sensor",
        "doors",
        "measured",
        "before",
        "alarms",
        "record",
        "customer",
        "night",
        "chilled",
        "vaccine",
        "transport",
        "report",
        "evidence",
        "audit",
        "between",
        "thresholds",
        "hours",
        "savings",
        "contract",
        "nobody",
        "compares",
        "installation",
        "quarterly",
    ];
    let mut state = seed as u64 + 1;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize
    };
    let words: Vec<String> = (0..words)
        .map(|_| match next() % 9 {
            0 => format!("{}.", next() % 5_000),
            other => format!("{}{}", WORDS[next() % 24], ["", "s", "ing", ","][other % 4]),
        })
        .collect();
    words.join(" ")
}

#[actix_web::test]
async fn the_page_weighs_at_most_six_kilobytes_whatever_the_pitch() {
    for (pages, words) in [(1, 40), (3, 60), (8, 90), (24, 400), (60, 400)] {
        let sent = Sent::new(
            async |server| {
                let pages = (1..=pages)
                    .map(|page| (prose(page, 4), prose(page * 31, words)))
                    .collect();
                let asset = server
                    .content(Content {
                        pages,
                        ..Content::default()
                    })
                    .await;
                vec![
                    json!({ "asset_id": asset, "section": "Start here" }),
                    json!({ "asset_id": asset, "page_number": 1, "note": "The page we talked about." }),
                ]
            },
            json!({ "download_allowed": true, "expires_at": "2999-01-01T00:00:00Z" }),
        )
        .await;
        let page = sent
            .request(&sent.path())
            .header(ACCEPT_ENCODING, "br")
            .send()
            .await
            .unwrap();
        assert_eq!(page.headers()[CONTENT_ENCODING], "br");
        let weight = page.bytes().await.unwrap().len();
        let html = sent.page().await;
        println!("{pages} pages: {weight} bytes, {} raw", html.len());
        assert!(weight <= 6 * 1024, "{pages} pages: {weight} bytes");
        for there in html.split("<details data-t>").skip(1).take(1) {
            let text = sent.get(attribute(there, "href")).await;
            assert!(text.text().await.unwrap().split(' ').count() == words);
        }
    }
}

#[actix_web::test]
async fn a_long_pitch_opens_as_fast_as_a_short_one() {
    let mut weights = Vec::new();
    for pages in [4, 60] {
        let sent = Sent::new(
            async |server| {
                let pages = (1..=pages)
                    .map(|page| (prose(page, 4), prose(page * 31, 200)))
                    .collect();
                let content = Content {
                    pages,
                    ..Content::default()
                };
                vec![json!({ "asset_id": server.content(content).await })]
            },
            json!({}),
        )
        .await;
        let page = sent.request(&sent.path()).header(ACCEPT_ENCODING, "br");
        weights.push(page.send().await.unwrap().bytes().await.unwrap().len());
        let html = sent.page().await;
        let (drawn, _) = html.split_once("<noscript>").unwrap();
        assert_eq!(drawn.matches("<img ").count(), 4);
        assert_eq!(html.contains("Pages 5 to 60"), pages == 60);
    }
    let [short, long] = weights[..] else {
        unreachable!()
    };
    println!("4 pages: {short} bytes, 60 pages: {long} bytes");
    // A link to the others and a few more lines of the contents.
    assert!(long < short + 400, "{short} and {long} bytes");
}

#[actix_web::test]
async fn the_policy_admits_exactly_the_inlined_script_and_style_and_no_other_host() {
    let sent = Sent::deck(json!({})).await;
    let response = sent.get(&sent.path()).await;
    let policy = response.headers()[CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap()
        .to_owned();
    let html = response.text().await.unwrap();
    for name in ["script", "style"] {
        assert_eq!(html.matches(&format!("<{name}")).count(), 1);
        let hash =
            base64::engine::general_purpose::STANDARD.encode(Sha256::digest(element(&html, name)));
        assert!(
            policy.contains(&format!("{name}-src 'sha256-{hash}'")),
            "{policy}"
        );
    }
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
    assert!(!html.contains(" style=") && !html.contains(" onclick="));

    let own = sent.server.app.config.public_url();
    for (at, _) in html.match_indices("http") {
        let from = &html[at..];
        let named = from.starts_with("https://") || from.starts_with("http://");
        let linked_by_sender = from.starts_with("https://example.org/why");
        assert!(
            !named || linked_by_sender || from.starts_with(&own),
            "{}",
            &from[..40]
        );
    }
}

#[actix_web::test]
async fn only_pages_of_the_pitch_can_be_reached() {
    let sent = Sent::new(
        async |server| {
            let asset = server.content(Content::default()).await;
            vec![json!({ "asset_id": asset, "page_number": 2 })]
        },
        json!({ "download_allowed": true }),
    )
    .await;
    let page = |number: i32| format!("{}/pages/{}/{number}?w=480", sent.path(), sent.item(0));
    assert_eq!(sent.get(&page(2)).await.status(), 200);
    for number in [1, 3, 4, 0, -1] {
        assert_eq!(sent.get(&page(number)).await.status(), 404, "page {number}");
    }
    let foreign = AssetId::new(sent.server.app.clock.now());
    let other = format!("{}/pages/{foreign}/2", sent.path());
    assert_eq!(sent.get(&other).await.status(), 404);
    let file = format!("{}/download/{}", sent.path(), sent.item(0));
    assert_eq!(
        sent.get(&file).await.status(),
        404,
        "the file holds the other pages too"
    );
    assert!(!sent.page().await.contains("Download"));
}

#[actix_web::test]
async fn a_link_that_is_taken_back_stops_at_once_and_so_do_those_shared_from_it() {
    let sent = Sent::deck(json!({})).await;
    let share = format!("{}{}/share", sent.server.base, sent.path());
    let shared = reqwest::Client::new()
        .post(share)
        .json(&json!({ "name": "Ola" }))
        .send()
        .await
        .unwrap();
    let child: Value = shared.json().await.unwrap();
    let child = child["url"].as_str().unwrap();
    let child = child[child.find("/p/").unwrap()..].to_owned();
    let picture = format!("{}/pages/{}/1", sent.path(), sent.item(0));
    for path in [&sent.path(), &child, &picture] {
        assert_eq!(sent.get(path).await.status(), 200);
    }
    let revoke = format!("/api/v1/links/{}/revoke", sent.link["id"].as_str().unwrap());
    assert_eq!(
        sent.rep.post(&revoke, &json!({})).await.ok()["state"],
        "revoked"
    );
    for path in [&sent.path(), &child, &picture] {
        assert_eq!(sent.get(path).await.status(), 410);
    }
    let told = sent.get(&sent.path()).await.text().await.unwrap();
    assert!(told.contains("no longer available") && told.contains("ann-lee@example.com"));
    assert!(!told.contains("Cold chain"), "what it showed is not told");
}

#[actix_web::test]
async fn unknown_links_get_a_friendly_page() {
    let sent = Sent::deck(json!({})).await;
    let unknown = sent.get("/p/AAAAAAAAAAAAAAAAAAAAAAAAAAA").await;
    assert_eq!(unknown.status(), 404);
    assert!(
        unknown
            .text()
            .await
            .unwrap()
            .contains("This link does not exist")
    );
}

#[actix_web::test]
async fn content_that_became_internal_disappears_from_links_that_were_sent() {
    let sent = Sent::deck(json!({})).await;
    let asset = sent.pitch["items"][0]["asset_id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    sent.server
        .change_asset(asset, |asset| asset.internal_only = true)
        .await;
    let html = sent.page().await;
    assert!(!html.contains("<figure ") && !html.contains("The sentence"));
    let picture = format!("{}/pages/{}/1", sent.path(), sent.item(0));
    assert_eq!(sent.get(&picture).await.status(), 404);
}

#[actix_web::test]
async fn expired_content_stays_in_links_that_were_sent() {
    let sent = Sent::deck(json!({})).await;
    let asset = sent.pitch["items"][0]["asset_id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    sent.server
        .change_asset(asset, |asset| asset.state = AssetState::Expired)
        .await;
    assert!(sent.page().await.contains("<img "));
}

#[actix_web::test]
async fn originals_are_given_only_where_the_link_allows_it() {
    let closed = Sent::deck(json!({})).await;
    let file = format!("{}/download/{}", closed.path(), closed.item(0));
    assert_eq!(closed.get(&file).await.status(), 404);
    assert!(!closed.page().await.contains("Download"));

    let open = Sent::deck(json!({ "download_allowed": true })).await;
    let html = open.page().await;
    // The button sends the visit along, which stands apart so that the rest of the page is the same each time.
    let file = format!(
        "{}?visit={}",
        attribute(&html, "formaction"),
        visit_of(&html)
    );
    let file = open.get(&file).await;
    assert_eq!(file.status(), 200);
    let disposition = file.headers()[CONTENT_DISPOSITION].to_str().unwrap();
    assert!(disposition.starts_with("attachment") && disposition.contains("Overview.pdf"));
    assert_eq!(file.headers()["x-content-type-options"], "nosniff");
    assert_eq!(file.bytes().await.unwrap(), "%PDF-1.7 the original");

    let noted = open.events(EventKind::Downloaded, 1).await;
    let fetched = open.events(EventKind::Fetched, 1).await;
    assert_eq!(noted[0].visit_id, fetched[0].visit_id);
    assert_eq!(
        noted[0].asset_id.unwrap().to_string(),
        open.pitch["items"][0]["asset_id"]
    );
}

#[actix_web::test]
async fn sharing_makes_a_child_with_the_limits_of_its_parent() {
    let end = "2999-01-01T00:00:00Z";
    let sent = Sent::deck(json!({ "download_allowed": true, "expires_at": end })).await;
    let html = sent.page().await;
    let visit = visit_of(&html);
    let url = format!("{}{}/share", sent.server.base, sent.path());
    let client = reqwest::Client::new();
    let by_form = client
        .post(&url)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(format!(
            "visit={visit}&name=Ola+Berg&email=Ola%40Northwind.example"
        ))
        .send()
        .await
        .unwrap();
    assert_eq!(by_form.status(), StatusCode::CREATED);
    let confirmation = by_form.text().await.unwrap();
    assert!(confirmation.contains("The link is ready") && confirmation.contains("Ola Berg"));

    let children = pitch_link::Entity::find()
        .filter(pitch_link::Column::ParentLinkId.is_not_null())
        .all(sent.server.app.db.read())
        .await
        .unwrap();
    let child = &children[0];
    assert_eq!(child.parent_link_id.unwrap().to_string(), sent.link["id"]);
    assert_eq!(
        child.recipient_email.as_deref(),
        Some("ola@northwind.example")
    );
    assert!(child.download_allowed && child.expires_at.is_some());
    let child_url = attribute(&confirmation, "value");
    let child_page =
        client.get(child_url.replace(&sent.server.app.config.public_url(), &sent.server.base));
    assert_eq!(child_page.send().await.unwrap().status(), 200);
    let noted = sent.events(EventKind::Shared, 1).await;
    assert_eq!(noted[0].link_id.to_string(), sent.link["id"]);

    let bad = client
        .post(&url)
        .json(&json!({ "email": "nobody" }))
        .send()
        .await
        .unwrap();
    assert_eq!(bad.status(), 422);
}

#[actix_web::test]
async fn videos_play_in_parts() {
    let sent = Sent::new(
        async |server| {
            let video = server
                .content(Content {
                    title: "Film",
                    format: "mp4",
                    file: b"0123456789".to_vec(),
                    pages: Content::pages(1),
                    ..Content::default()
                })
                .await;
            vec![json!({ "asset_id": video })]
        },
        json!({}),
    )
    .await;
    let html = sent.page().await;
    assert!(html.contains("<video controls"));
    let part = sent
        .request(attribute(&html, "src"))
        .header(RANGE, "bytes=2-4")
        .send()
        .await
        .unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers()[CONTENT_RANGE], "bytes 2-4/10");
    assert_eq!(part.headers()[CONTENT_TYPE], "video/mp4");
    assert_eq!(part.text().await.unwrap(), "234");
}

#[actix_web::test]
async fn a_video_is_played_and_saved_only_where_downloads_are_allowed() {
    for (download, saved) in [("off", false), ("original", true), ("pdf", false)] {
        let sent = Sent::new(
            async |server| {
                let video = Content {
                    title: "Film",
                    format: "mp4",
                    pages: Content::pages(1),
                    ..Content::default()
                };
                vec![json!({ "asset_id": server.content(video).await })]
            },
            json!({ "download": download }),
        )
        .await;
        let html = sent.page().await;
        assert_eq!(
            html.contains("controlslist=\"nodownload\""),
            !saved,
            "{download}"
        );
        let video = sent.get(attribute(&html, "src")).await;
        let headers = video.headers();
        assert_eq!(
            headers[CONTENT_DISPOSITION], "inline",
            "in a tab of its own"
        );
        assert_eq!(headers["x-content-type-options"], "nosniff");
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && policy.contains("sandbox"));
        let file = format!("{}/download/{}", sent.path(), sent.item(0));
        let file = sent.get(&file).await;
        assert_eq!(file.status() == 200, saved, "{download}");
        if saved {
            let disposition = file.headers()[CONTENT_DISPOSITION].to_str().unwrap();
            assert!(disposition.starts_with("attachment"));
        }
    }
}

#[actix_web::test]
async fn a_browser_asks_for_each_picture_again_so_that_what_it_kept_ends_with_the_link() {
    let sent = Sent::deck(json!({})).await;
    let link = format!("/api/v1/links/{}", sent.link["id"].as_str().unwrap());
    let picture = format!("{}/pages/{}/1?w=480", sent.path(), sent.item(0));
    let first = sent.get(&picture).await;
    assert_eq!(first.headers()["cache-control"], "private, no-cache");
    let etag = first.headers()["etag"].clone();
    let again = async || {
        let request = sent.request(&picture).header("if-none-match", &etag);
        request.send().await.unwrap()
    };
    let known = again().await;
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(known.headers()["cache-control"], "private, no-cache");
    assert_eq!(known.bytes().await.unwrap().len(), 0);
    let revision = sent.rep.get(&link).await.ok()["revision"].as_i64().unwrap();
    let gate = json!({ "passcode": "blue lantern" });
    let patch = reqwest::Method::PATCH;
    sent.rep
        .edit(patch.clone(), &link, revision, &gate)
        .await
        .ok();
    assert_eq!(again().await.status(), StatusCode::FORBIDDEN);
    let open = json!({ "passcode": null });
    sent.rep.edit(patch, &link, revision + 1, &open).await.ok();
    assert_eq!(again().await.status(), StatusCode::NOT_MODIFIED);
    sent.rep
        .post(&format!("{link}/revoke"), &json!({}))
        .await
        .ok();
    assert_eq!(again().await.status(), StatusCode::GONE);
}

#[actix_web::test]
async fn a_browser_is_named_by_one_cookie_unless_it_asks_for_privacy() {
    let sent = Sent::deck(json!({})).await;
    let first = sent.get(&sent.path()).await;
    let cookie = first.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    for part in ["lastmile_browser=", "HttpOnly", "SameSite=Lax", "Path=/p"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let name = cookie.split(';').next().unwrap();
    let again = sent
        .request(&sent.path())
        .header(COOKIE, name)
        .send()
        .await
        .unwrap();
    assert!(!again.headers().contains_key(SET_COOKIE));
    let private = sent
        .request(&sent.path())
        .header("sec-gpc", "1")
        .send()
        .await
        .unwrap();
    assert!(!private.headers().contains_key(SET_COOKIE));
    let told = sent
        .request(&format!("{}/privacy", sent.path()))
        .header("sec-gpc", "1")
        .send()
        .await
        .unwrap();
    assert!(told.text().await.unwrap().contains("It is honoured"));
}

#[actix_web::test]
async fn a_page_load_begins_a_visit_and_a_preview_none() {
    let sent = Sent::deck(json!({})).await;
    let preview = sent
        .rep
        .get(sent.pitch["preview_url"].as_str().unwrap())
        .await;
    let html = preview.body.as_str().unwrap();
    assert!(html.contains("Preview:") && html.contains("The sentence of page 2."));
    assert!(!html.contains("name=\"visit\"") && !html.contains("<form"));
    let picture = sent.rep.get(attribute(html, "src")).await;
    assert_eq!(picture.status, 200);
    sent.events(EventKind::Fetched, 0).await;

    let html = sent.page().await;
    let fetched = sent.events(EventKind::Fetched, 1).await;
    let beacon = json!({ "visit": visit_of(&html), "events": [
        { "id": uuid::Uuid::new_v4(), "kind": "opened", "ago_ms": 0 },
        { "id": uuid::Uuid::new_v4(), "kind": "page_viewed", "item": sent.item(0), "page": 2, "active_ms": 1, "ago_ms": 0 },
    ] });
    let reply = reqwest::Client::new()
        .post(format!("{}{}/events", sent.server.base, sent.path()))
        .json(&beacon)
        .send()
        .await
        .unwrap();
    let reply: Value = reply.json().await.unwrap();
    assert_eq!(reply["accepted"], 2, "{reply}");
    let opened = sent.events(EventKind::Opened, 1).await;
    assert_eq!(opened[0].visit_id, fetched[0].visit_id);
}

#[actix_web::test]
async fn a_link_counts_its_readers_and_its_machines_apart() {
    let sent = Sent::deck(json!({})).await;
    for _ in 0..3 {
        sent.page().await;
    }
    let fetched = sent.events(EventKind::Fetched, 3).await;
    let judge = async |index: usize, class: VisitClass| {
        let tx = sent.server.app.db.begin().await.unwrap();
        visit::Entity::update_many()
            .col_expr(visit::Column::Class, Expr::value(class.as_str()))
            .col_expr(visit::Column::Level, Expr::value("read"))
            .filter(visit::Column::Id.eq(fetched[index].visit_id))
            .exec(&tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    };
    judge(0, VisitClass::Human).await;
    judge(1, VisitClass::Unverified).await;
    judge(2, VisitClass::Machine).await;

    let link = format!("/api/v1/links/{}", sent.link["id"].as_str().unwrap());
    let link = sent.rep.get(&link).await.ok();
    assert_eq!(
        (&link["reads"], &link["machine_visits"]),
        (&json!(1), &json!(1))
    );
    assert!(link["last_read_at"].is_string());
    let list = sent.rep.get("/api/v1/pitches").await.ok();
    assert_eq!(list["items"][0]["reads"], 1);
    assert_eq!(list["items"][0]["link_count"], 1);
}
