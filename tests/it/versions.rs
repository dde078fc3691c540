//! Versions: history, restore, comparison, pitches that follow or keep one; who read what has changed, and telling them.

use std::time::Duration;

use lastmile::config::Secret;
use lastmile::entities::{Role, mail, notification, pitch_link, visit_page};
use lastmile::ids::LinkId;
use reqwest::Method;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use crate::library::{converted, upload_and_convert};
use crate::support::{Deal, Person, PostOffice, TestServer, pdf};

const COVER: &str = "Yard automation\nAn overview for logistics companies with many gates";
const PRICES: &str = "Prices\nFrom 90 euros per gate and month\nSetup is done within a week";
const CASE: &str = "How Northwind saved time\nWaiting times fell by half within a quarter";
const TEAM: &str = "Your team\nThese people look after you from the first day on";
const DEARER: &str = "Prices\nFrom 120 euros per gate and month\nSetup is done within a week";

/// A marketer's deck of these pages, approved.
async fn deck(marketer: &Person, pages: &[&str]) -> Value {
    let metadata = json!({ "title": "Yard deck", "state": "approved", "kind": "deck" });
    upload_and_convert(marketer, "deck.pdf", pdf(pages), &metadata).await
}

/// The asset with a further version of these pages, once that is shown.
async fn next_version(marketer: &Person, asset: &Value, pages: &[&str], note: &str) -> Value {
    let id = asset["id"].as_str().unwrap();
    let path = format!("/api/v1/assets/{id}/versions");
    let metadata = json!({ "change_note": note });
    marketer
        .upload(&path, "deck-new.pdf", pdf(pages), &metadata)
        .await
        .ok();
    converted(marketer, id).await
}

fn version_id(asset: &Value, number: i64) -> String {
    let versions = asset["versions"].as_array().unwrap();
    let found = versions.iter().find(|version| version["number"] == number);
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

async fn pitch(rep: &Person, deal: &Deal, items: Value) -> Value {
    let body = json!({ "opportunity_id": deal.opportunity, "title": "For Noor", "items": items });
    rep.post("/api/v1/pitches", &body).await.ok()
}

/// What the pitch says, once `ready` is content with it.
async fn pitch_when(rep: &Person, id: &Value, ready: impl Fn(&Value) -> bool) -> Value {
    let path = format!("/api/v1/pitches/{}", id.as_str().unwrap());
    for _ in 0..200 {
        let pitch = rep.get(&path).await.ok();
        if ready(&pitch) {
            return pitch;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the pitch never became so: {}", rep.get(&path).await.body);
}

#[actix_web::test]
async fn the_history_says_what_changed_and_an_old_version_can_be_current_again() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let first = deck(&marketer, &[COVER, PRICES]).await;
    let second = next_version(&marketer, &first, &[COVER, DEARER], "Prices of 2027").await;
    assert_eq!(second["current_version"]["number"], 2);
    assert_eq!(second["versions"][0]["change_note"], "Prices of 2027");
    assert_eq!(second["versions"][1]["change_note"], Value::Null);

    let old = version_id(&second, 1);
    let restored = marketer
        .post(&format!("/api/v1/versions/{old}/restore"), &json!({}))
        .await
        .ok();
    let current = &restored["current_version"];
    assert_eq!(
        (&current["number"], &current["state"]),
        (&json!(3), &json!("ready"))
    );
    assert_eq!(current["restored_from"], json!(old));
    let id = current["id"].as_str().unwrap();
    let pages = marketer
        .get(&format!("/api/v1/versions/{id}/pages"))
        .await
        .ok();
    assert!(
        pages["items"][1]["text"]
            .as_str()
            .unwrap()
            .contains("90 euros")
    );
    let image = pages["items"][1]["image_url"].as_str().unwrap();
    assert_eq!(
        marketer
            .request(Method::GET, image)
            .send()
            .await
            .unwrap()
            .status(),
        200
    );

    // What is current already, or never had pages, cannot be made current.
    let again = marketer
        .post(&format!("/api/v1/versions/{id}/restore"), &json!({}))
        .await;
    assert_eq!(again.code(), "conflict");
    let rep = server.person(Role::Rep).await;
    let refused = rep
        .post(&format!("/api/v1/versions/{old}/restore"), &json!({}))
        .await;
    assert_eq!(refused.code(), "forbidden");
}

#[actix_web::test]
async fn a_comparison_recognises_pages_by_what_they_say() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let first = deck(&marketer, &[COVER, PRICES, CASE]).await;
    let second = next_version(&marketer, &first, &[TEAM, COVER, DEARER], "").await;
    let (old, new) = (version_id(&second, 1), version_id(&second, 2));
    let diff = marketer
        .get(&format!("/api/v1/versions/{old}/diff?to={new}"))
        .await
        .ok();
    let lines: Vec<(&str, &Value, &Value)> = diff["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            (
                item["change"].as_str().unwrap(),
                &item["old"]["number"],
                &item["new"]["number"],
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("added", &Value::Null, &json!(1)),
            ("same", &json!(1), &json!(2)),
            ("changed", &json!(2), &json!(3)),
            ("removed", &json!(3), &Value::Null),
        ]
    );
    assert_eq!(
        diff["summary"],
        json!({ "same": 1, "changed": 1, "moved": 0, "added": 1, "removed": 1 })
    );
    let words = diff["items"][2]["words"].as_array().unwrap();
    let of = |kind: &str| -> String {
        let of_kind = words.iter().filter(|word| word["kind"] == kind);
        of_kind
            .map(|word| word["text"].as_str().unwrap().trim())
            .collect()
    };
    assert_eq!(
        (of("removed"), of("added")),
        ("90".to_owned(), "120".to_owned())
    );
    assert_eq!(diff["items"][2]["picture_changed"], true);

    let other = deck(&marketer, &[CASE]).await;
    let other = version_id(&other, 1);
    let foreign = marketer
        .get(&format!("/api/v1/versions/{old}/diff?to={other}"))
        .await;
    assert_eq!(foreign.code(), "invalid");
}

#[actix_web::test]
async fn a_pitch_follows_the_newest_version_or_keeps_one() {
    let server = TestServer::start().await;
    let (marketer, rep) = (
        server.person(Role::Marketer).await,
        server.person(Role::Rep).await,
    );
    let deal = server.deal(rep.id).await;
    let first = deck(&marketer, &[COVER, PRICES]).await;
    let kept = version_id(&first, 1);
    let made = pitch(
        &rep,
        &deal,
        json!([
            { "asset_id": first["id"] },
            { "asset_id": first["id"], "version_id": kept },
        ]),
    )
    .await;
    assert_eq!(made["items"][1]["keeps_version"], true);
    assert_eq!(made["items"][1]["problems"], json!([]));
    next_version(&marketer, &first, &[COVER, DEARER, CASE], "").await;

    let pitch = pitch_when(&rep, &made["id"], |pitch| {
        pitch["items"][0]["version_number"] == 2
    })
    .await;
    assert_eq!(pitch["items"][0]["page_count"], 3);
    let pinned = &pitch["items"][1];
    assert_eq!(
        (&pinned["version_number"], &pinned["page_count"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(pinned["current_version_number"], 2);
    let problem = pinned["problems"][0].as_str().unwrap();
    assert!(problem.contains("A newer version exists"), "{problem}");

    // The prospect sees just that.
    let links = rep
        .post(
            &format!("/api/v1/pitches/{}/links", made["id"].as_str().unwrap()),
            &json!({ "recipients": [{ "contact_id": deal.contact }] }),
        )
        .await
        .ok();
    // The address names the port that was asked for, which is any; the path is the same.
    let token = links["items"][0]["url"]
        .as_str()
        .unwrap()
        .rsplit('/')
        .next()
        .unwrap();
    let page = reqwest::get(format!("{}/p/{token}", server.base))
        .await
        .unwrap();
    let html = page.text().await.unwrap();
    // The words of a page, and pages further down, may stand at an address of their own.
    let mut shown = html.clone();
    for address in html.split("href=\"").skip(1) {
        let address = address.split('"').next().unwrap();
        if address.ends_with("/text") || address.contains("/pages?from=") {
            let words = reqwest::get(format!("{}{address}", server.base)).await;
            shown.push_str(&words.unwrap().text().await.unwrap());
        }
    }
    assert!(
        shown.contains("120 euros") && shown.contains("90 euros"),
        "both are shown: {html}"
    );

    let unknown = uuid::Uuid::new_v4().to_string();
    let stranger = pitch_with_version(&rep, &deal, &first["id"], &unknown).await;
    assert_eq!(stranger.code(), "invalid");
}

async fn pitch_with_version(
    rep: &Person,
    deal: &Deal,
    asset: &Value,
    version: &str,
) -> crate::support::Reply {
    let items = json!([{ "asset_id": asset, "version_id": version }]);
    let body = json!({ "opportunity_id": deal.opportunity, "items": items });
    rep.post("/api/v1/pitches", &body).await
}

#[actix_web::test]
async fn a_single_page_goes_on_as_the_page_that_it_has_become() {
    let server = TestServer::start().await;
    let (marketer, rep) = (
        server.person(Role::Marketer).await,
        server.person(Role::Rep).await,
    );
    let deal = server.deal(rep.id).await;
    let first = deck(&marketer, &[COVER, PRICES, CASE]).await;
    let made = pitch(
        &rep,
        &deal,
        json!([
            { "asset_id": first["id"], "page_number": 2 },
            { "asset_id": first["id"], "page_number": 3 },
        ]),
    )
    .await;
    // A page in front, and the last one gone.
    let second = next_version(&marketer, &first, &[TEAM, COVER, DEARER], "").await;
    // The pitch's row is read before its items, so a reader in between has the older revision and has to load again.
    let pitch = pitch_when(&rep, &made["id"], |pitch| {
        pitch["items"][0]["page_number"] == 3 && pitch["revision"] != made["revision"]
    })
    .await;
    let (price, case) = (&pitch["items"][0], &pitch["items"][1]);
    assert_eq!(
        price["id"], made["items"][0]["id"],
        "it is still the same item"
    );
    assert_eq!(price["version_number"], 2);
    assert_eq!(
        (&case["page_number"], &case["keeps_version"]),
        (&json!(3), &json!(true))
    );
    assert_eq!(case["version_number"], 1);

    // A page that kept its version and follows again is looked up in the current one.
    let old = version_id(&second, 1);
    let path = format!("/api/v1/pitches/{}", made["id"].as_str().unwrap());
    let edit = |revision: &Value, version: Value, page: i64| {
        let items =
            json!([{ "asset_id": first["id"], "page_number": page, "version_id": version }]);
        let body = json!({ "title": "For Noor", "message": "", "items": items });
        let (rep, path, revision) = (rep.clone(), path.clone(), revision.as_i64().unwrap());
        async move { rep.edit(Method::PUT, &path, revision, &body).await.ok() }
    };
    let kept = edit(&pitch["revision"], json!(old), 2).await;
    assert_eq!(kept["items"][0]["version_number"], 1);
    let following = edit(&kept["revision"], Value::Null, 2).await;
    assert_eq!(following["items"][0]["page_number"], 3);
    assert_eq!(following["items"][0]["id"], kept["items"][0]["id"]);
}

/// A rep's pitch of the deck with a link for the deal's contact.
struct Sent {
    pitch: Value,
    link: LinkId,
    url: String,
}

async fn sent(rep: &Person, deal: &Deal, asset: &Value, recipient: Value) -> Sent {
    let pitch = pitch(rep, deal, json!([{ "asset_id": asset["id"] }])).await;
    let links = rep
        .post(
            &format!("/api/v1/pitches/{}/links", pitch["id"].as_str().unwrap()),
            &json!({ "recipients": [recipient] }),
        )
        .await
        .ok();
    let link = &links["items"][0];
    Sent {
        link: link["id"].as_str().unwrap().parse().unwrap(),
        url: link["url"].as_str().unwrap().to_owned(),
        pitch,
    }
}

impl TestServer {
    /// A person reads these pages of the pitch's first item.
    async fn read(&self, sent: &Sent, pages: &[i32]) {
        // Older than the seconds in which scanners come.
        let before = self.app.clock.now() - chrono::TimeDelta::days(1);
        let tx = self.app.db.begin().await.unwrap();
        pitch_link::Entity::update_many()
            .col_expr(pitch_link::Column::CreatedAt, Expr::value(before))
            .filter(pitch_link::Column::Id.eq(sent.link))
            .exec(&tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let then = self.app.clock.now() - chrono::TimeDelta::seconds(300);
        let start = lastmile::engagement::begin_visit(&self.app.keys, sent.link, then);
        let mut events = vec![json!({
            "id": uuid::Uuid::new_v4(), "kind": "opened", "ago_ms": 0, "data": { "inputs": 4 },
        })];
        for page in pages {
            events.push(json!({
                "id": uuid::Uuid::new_v4(), "kind": "page_viewed", "item": sent.pitch["items"][0]["id"],
                "page": page, "active_ms": 20_000, "ago_ms": 0,
            }));
        }
        let token = sent.url.rsplit('/').next().unwrap();
        let reply = reqwest::Client::new()
            .post(format!("{}/p/{token}/events", self.base))
            .header(
                "user-agent",
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            )
            .header("content-type", "text/plain")
            .body(json!({ "visit": start.token, "events": events }).to_string())
            .send()
            .await
            .unwrap();
        assert!(
            reply.status().is_success(),
            "{}",
            reply.text().await.unwrap()
        );
        let seen = visit_page::Entity::find()
            .filter(visit_page::Column::VisitId.eq(start.visit))
            .all(self.app.db.read())
            .await
            .unwrap();
        assert_eq!(seen.len(), pages.len());
    }

    async fn notices(&self, kind: &str) -> Vec<notification::Model> {
        notification::Entity::find()
            .filter(notification::Column::Kind.eq(kind))
            .all(self.app.db.read())
            .await
            .unwrap()
    }
}

async fn superseded(person: &Person, asset: &Value) -> Value {
    let id = asset["id"].as_str().unwrap();
    person
        .get(&format!("/api/v1/assets/{id}/superseded"))
        .await
        .ok()
}

async fn tell(person: &Person, asset: &Value, body: Value) -> Value {
    let path = format!(
        "/api/v1/assets/{}/superseded/tell",
        asset["id"].as_str().unwrap()
    );
    person.post(&path, &body).await.ok()
}

#[actix_web::test]
async fn readers_of_changed_pages_are_shown_to_those_whose_deals_they_are_and_told_once() {
    let office = PostOffice::open(0).await;
    let url = office.url();
    let server = TestServer::start_with(|config| {
        config.smtp_url = Some(Secret::new(url));
        config.mail_from = Some("sales@vendor.example".to_owned());
    })
    .await;
    let marketer = server.person(Role::Marketer).await;
    let (rep, other) = (
        server.person(Role::Rep).await,
        server.person(Role::Rep).await,
    );
    let (deal, others_deal) = (server.deal(rep.id).await, server.deal(other.id).await);
    let first = deck(&marketer, &[COVER, PRICES, CASE]).await;
    let reader = sent(&rep, &deal, &first, json!({ "contact_id": deal.contact })).await;
    let foreign = sent(
        &other,
        &others_deal,
        &first,
        json!({ "name": "Nobody known" }),
    )
    .await;
    server.read(&reader, &[1, 2]).await;
    server.read(&foreign, &[2]).await;
    assert_eq!(superseded(&rep, &first).await["items"], json!([]));

    // A page in front, the prices changed: only the prices are news.
    next_version(
        &marketer,
        &first,
        &[TEAM, COVER, DEARER, CASE],
        "Prices of 2027",
    )
    .await;
    let list = superseded(&rep, &first).await;
    assert_eq!(list["current"]["change_note"], "Prices of 2027");
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "a rep sees the readers of their own deals");
    let item = &items[0];
    assert_eq!(
        (&item["status"], &item["may_tell"]),
        (&json!("can_be_told"), &json!(true))
    );
    assert_eq!(item["pages"].as_array().unwrap().len(), 1);
    assert_eq!(item["pages"][0]["page_number"], 2);
    assert_eq!(item["pages"][0]["now"]["page_number"], 3);
    assert!(item["url"].as_str().unwrap().ends_with("#p3"), "{item}");
    let all = superseded(&marketer, &first).await;
    assert_eq!(
        all["items"].as_array().unwrap().len(),
        2,
        "marketers see all"
    );
    assert!(
        all["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|item| item["may_tell"] == false)
    );
    assert!(
        all["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|item| item["url"].is_null())
    );

    // The owners of both deals were told, once.
    for _ in 0..100 {
        if server.notices("superseded").await.len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut told: Vec<_> = server
        .notices("superseded")
        .await
        .into_iter()
        .map(|row| row.user_id)
        .collect();
    told.sort();
    let mut owners = vec![rep.id, other.id];
    owners.sort();
    assert_eq!(told, owners);

    // One click; a second one, and a foreign link, tell nobody.
    let body =
        json!({ "link_ids": [reader.link, foreign.link], "message": "New prices,\nplease look." });
    let outcome = tell(&rep, &first, body.clone()).await;
    assert_eq!(outcome["told"], json!([reader.link]));
    assert_eq!(outcome["not_told"][0]["link_id"], json!(foreign.link));
    let again = tell(&rep, &first, body).await;
    assert_eq!(again["told"], json!([]));
    assert_eq!(again["not_told"][0]["reason"], "They were told.");
    let delivered = office.delivered(1).await;
    assert_eq!(delivered.len(), 1);
    assert_eq!(delivered[0].recipients, ["<noor@northwind.example>"]);
    let token = reader.url.rsplit('/').next().unwrap();
    let source = delivered[0].source.replace("=\n", "").replace("=3D", "=");
    assert!(source.contains(&format!("/p/{token}#p3")), "{source}");
    assert!(source.contains("Reply-To:"), "{source}");
    let stored = mail::Entity::find()
        .one(server.app.db.read())
        .await
        .unwrap()
        .unwrap();
    assert!(
        !stored.text.contains(token),
        "tokens are not in the database"
    );

    // What they were told stays told when the same content comes back.
    let list = superseded(&rep, &first).await;
    assert_eq!(list["items"][0]["status"], "told");
    assert!(list["items"][0]["pages"][0]["told_at"].is_string());

    // Without an address the message is copied, and noted by hand.
    let by_hand = json!({ "link_ids": [foreign.link], "by_hand": true });
    assert_eq!(
        superseded(&other, &first).await["items"][0]["status"],
        "no_address"
    );
    let mailed = tell(&other, &first, json!({ "link_ids": [foreign.link] })).await;
    assert_eq!(mailed["told"], json!([]));
    assert_eq!(
        tell(&other, &first, by_hand).await["told"],
        json!([foreign.link])
    );
}

#[actix_web::test]
async fn whoever_must_not_be_written_to_is_not_told_and_the_reason_is_said() {
    let server = TestServer::start().await;
    let (marketer, rep) = (
        server.person(Role::Marketer).await,
        server.person(Role::Rep).await,
    );
    let deal = server.deal(rep.id).await;
    let first = deck(&marketer, &[COVER, PRICES]).await;
    let reader = sent(&rep, &deal, &first, json!({ "contact_id": deal.contact })).await;
    server.read(&reader, &[2]).await;
    next_version(&marketer, &first, &[COVER, DEARER], "Prices of 2027").await;
    let path = format!("/api/v1/contacts/{}/restrictions", deal.contact);
    let restriction = json!({ "kind": "opt_out", "channel": "email", "reason": "By telephone" });
    rep.post(&path, &restriction).await.ok();
    let list = superseded(&rep, &first).await;
    assert_eq!(list["items"][0]["status"], "refused");
    let outcome = tell(&rep, &first, json!({ "link_ids": [reader.link] })).await;
    assert_eq!(outcome["told"], json!([]));
    let reason = &outcome["not_told"][0]["reason"];
    assert_eq!(reason, "They do not want mail: By telephone");
    let mails = mail::Entity::find()
        .all(server.app.db.read())
        .await
        .unwrap();
    assert!(mails.is_empty(), "{mails:?}");
}

#[actix_web::test]
async fn nobody_is_told_through_a_closed_link_or_of_what_their_pitch_does_not_show() {
    let server = TestServer::start().await;
    let (marketer, rep) = (
        server.person(Role::Marketer).await,
        server.person(Role::Rep).await,
    );
    let deal = server.deal(rep.id).await;
    let first = deck(&marketer, &[COVER, PRICES]).await;
    let revoked = sent(&rep, &deal, &first, json!({ "contact_id": deal.contact })).await;
    let pinned = sent(&rep, &deal, &first, json!({ "email": "ann@acme.example" })).await;
    let fresh = sent(&rep, &deal, &first, json!({ "email": "bea@acme.example" })).await;
    for link in [&revoked, &pinned, &fresh] {
        server.read(link, &[2]).await;
    }
    rep.post(
        &format!("/api/v1/links/{}/revoke", revoked.link),
        &json!({}),
    )
    .await
    .ok();
    let path = format!("/api/v1/pitches/{}", pinned.pitch["id"].as_str().unwrap());
    let items = json!([{ "asset_id": first["id"], "version_id": version_id(&first, 1) }]);
    let edit = json!({ "title": "For Noor", "message": "", "items": items });
    rep.edit(Method::PUT, &path, 1, &edit).await.ok();
    next_version(&marketer, &first, &[COVER, DEARER], "").await;
    // Whoever has read the new page needs no word. What a pitch shows is remembered for five seconds where signals
    // come in; until then the page would be taken for the old one.
    tokio::time::sleep(Duration::from_millis(5_200)).await;
    server.read(&fresh, &[2]).await;

    let list = superseded(&rep, &first).await;
    let mut statuses: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["status"].as_str().unwrap())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, ["not_shown", "revoked"]);
    let outcome = tell(
        &rep,
        &first,
        json!({ "link_ids": [revoked.link, pinned.link, fresh.link] }),
    )
    .await;
    assert_eq!(outcome["told"], json!([]));
    let mails = mail::Entity::find()
        .all(server.app.db.read())
        .await
        .unwrap();
    assert!(mails.is_empty(), "{mails:?}");
    assert_eq!(
        superseded(&marketer, &first).await["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}
