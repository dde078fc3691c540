//! Internal content can be read in the house but never leaves it: every way out is tried, for content that was internal
//! from the start, became so after links were sent, is a single page, or got a new version meanwhile.
//!
//! Here: the addresses of the prospect's page. [`known`]: what readers had in hand already. [`making`]: what is made of
//! pitches and mailed. [`strangers`]: every address for whoever has not signed in.

mod known;
mod making;
mod strangers;

use actix_web::http::Method as ActixMethod;
use bytes::Bytes;
use lastmile::engagement::begin_visit;
use lastmile::entities::{Role, asset, asset_version, page, pitch_link};
use lastmile::http::Access;
use lastmile::ids::{AssetId, LinkId, VersionId};
use lastmile::routes;
use reqwest::{Method, StatusCode};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel, QueryFilter as _,
};
use serde_json::{Value, json};

use crate::support::{Content, Deal, Person, TestServer};

/// Stands in the title, the text, the picture and the file of what must not leave, and nowhere else.
const MARKER: &str = "quietharbour";

fn secret(internal_only: bool) -> Content {
    Content {
        title: "quietharbour price floors",
        internal_only,
        file: format!("%PDF-1.7 the {MARKER} original").into_bytes(),
        pages: vec![
            (format!("{MARKER} one"), format!("{MARKER} first text")),
            (format!("{MARKER} two"), format!("{MARKER} second text")),
        ],
        ..Content::default()
    }
}

/// A pitch that was sent while its content was still open, with what became internal and what did not.
struct Sent {
    server: TestServer,
    rep: Person,
    deal: Deal,
    asset: AssetId,
    pitch: Value,
    token: String,
    link: LinkId,
}

impl Sent {
    /// `page` is the single page that was chosen, or none for the whole.
    async fn new(page: Option<i32>, format: &'static str) -> Self {
        let server = TestServer::start().await;
        let rep = server.person_named(Role::Rep, "Rep", None).await;
        let deal = server.deal(rep.id).await;
        let asset = server
            .content(Content {
                format,
                ..secret(false)
            })
            .await;
        let open = server.content(Content::default()).await;
        let pitch = rep
            .post(
                "/api/v1/pitches",
                &json!({ "opportunity_id": deal.opportunity, "items": [
                    { "asset_id": asset, "page_number": page, "note": format!("{MARKER} note") },
                    { "asset_id": open },
                ] }),
            )
            .await
            .ok();
        let links = format!("/api/v1/pitches/{}/links", pitch["id"].as_str().unwrap());
        let wanted = json!({ "recipients": [{}], "download_allowed": true });
        let link = rep.post(&links, &wanted).await.ok()["items"][0].clone();
        let url = link["url"].as_str().unwrap();
        Self {
            token: url.rsplit('/').next().unwrap().to_owned(),
            link: link["id"].as_str().unwrap().parse().unwrap(),
            server,
            rep,
            deal,
            asset,
            pitch,
        }
    }

    async fn becomes_internal(&self) {
        self.server
            .change_asset(self.asset, |asset| asset.internal_only = true)
            .await;
    }

    fn pitch_path(&self) -> String {
        format!("/api/v1/pitches/{}", self.pitch["id"].as_str().unwrap())
    }

    fn item(&self) -> &str {
        self.pitch["items"][0]["id"].as_str().unwrap()
    }

    /// Everything that any address of the prospect's answers, with the item of what became internal wherever an address
    /// takes an item. Whatever is added to the table of routes is tried too.
    async fn every_answer(&self) -> Vec<(String, StatusCode, Vec<u8>)> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let mut answers = Vec::new();
        for route in routes::table() {
            if route.access != Access::LinkToken {
                continue;
            }
            for number in ["1", "2"] {
                let mut path = String::new();
                let mut rest = route.path;
                while let Some((before, after)) = rest.split_once('{') {
                    path.push_str(before);
                    let (name, after) = after.split_once('}').unwrap();
                    path.push_str(match name {
                        "token" => &self.token,
                        "n" => number,
                        _ => self.item(),
                    });
                    rest = after;
                }
                path.push_str(rest);
                let method = Method::from_bytes(route.method.as_str().as_bytes()).unwrap();
                // A search for words of the pages; all that is behind the first ones; questions as data.
                let more = ["?q=first", "?q=first&data=true", "?rest=true", "?data=true"];
                let more = if route.method == ActixMethod::GET {
                    more.as_slice()
                } else {
                    &[]
                };
                for query in ["", "?w=480", "?w=1600", "?visit=x"].iter().chain(more) {
                    let mut request = client
                        .request(method.clone(), format!("{}{path}{query}", self.server.base));
                    if route.method != ActixMethod::GET {
                        request = request.json(&json!({ "name": "Ola", "email": "" }));
                    }
                    let response = request.send().await.unwrap();
                    let status = response.status();
                    let headers = format!("{:?}", response.headers());
                    let mut body = response.bytes().await.unwrap().to_vec();
                    body.extend(headers.into_bytes());
                    answers.push((format!("{method} {path}{query}"), status, body));
                }
            }
        }
        assert!(answers.len() >= 8 * 8, "the table lost its prospects");
        answers
    }

    async fn nothing_leaves(&self) {
        for (what, status, body) in self.every_answer().await {
            assert!(status.as_u16() < 500, "{what} answered {status}");
            let text = String::from_utf8_lossy(&body).to_lowercase();
            assert!(!text.contains(MARKER), "{what} tells {text}");
            // Whatever is about the one item does not exist; the page of the pitch goes on.
            if what.contains(self.item()) {
                assert_eq!(status, StatusCode::NOT_FOUND, "{what}");
            }
        }
    }

    /// What the asset shows today.
    async fn version(&self) -> asset_version::Model {
        let db = self.server.app.db.read();
        let asset = asset::Entity::find_by_id(self.asset)
            .one(db)
            .await
            .unwrap()
            .unwrap();
        asset_version::Entity::find_by_id(asset.current_version_id.unwrap())
            .one(db)
            .await
            .unwrap()
            .unwrap()
    }

    /// The same pages with another first one, as a new version.
    async fn gets_a_new_version(&self) {
        let server = &self.server;
        let old = self.version().await;
        let version = asset_version::Model {
            id: VersionId::new(server.app.clock.now()),
            number: 2,
            ..old
        };
        let blob = server
            .app
            .blobs
            .put(Bytes::from(format!("{MARKER} second picture")))
            .await
            .unwrap();
        let pages = page::Entity::find()
            .filter(page::Column::VersionId.eq(old.id))
            .all(server.app.db.read())
            .await
            .unwrap();
        self.insert(version.clone()).await;
        for mut page in pages {
            page.version_id = version.id;
            if page.number == 1 {
                page.text = format!("{MARKER} first text with another price");
                page.image_480.clone_from(&blob);
                page.image_960.clone_from(&blob);
                page.image_1600.clone_from(&blob);
            }
            self.insert(page).await;
        }
        server
            .change_asset(self.asset, |asset| {
                asset.current_version_id = Some(version.id);
            })
            .await;
    }

    /// Writes a row as it is.
    async fn insert<M, A>(&self, model: M)
    where
        M: IntoActiveModel<A>,
        A: sea_orm::ActiveModelTrait + sea_orm::ActiveModelBehavior + Send,
        <A::Entity as sea_orm::EntityTrait>::Model: IntoActiveModel<A>,
    {
        let tx = self.server.app.db.begin().await.unwrap();
        model
            .into_active_model()
            .reset_all()
            .insert(&tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Gives all pages pictures that are some: green ones for what becomes internal, and red ones.
    async fn paint(&self) {
        let picture = |color: [u8; 3]| {
            let mut webp = std::io::Cursor::new(Vec::new());
            image::RgbImage::from_pixel(64, 36, image::Rgb(color))
                .write_to(&mut webp, image::ImageFormat::WebP)
                .unwrap();
            Bytes::from(webp.into_inner())
        };
        let blobs = &self.server.app.blobs;
        let green = blobs.put(picture([0, 200, 0])).await.unwrap();
        let red = blobs.put(picture([200, 0, 0])).await.unwrap();
        let tx = self.server.app.db.begin().await.unwrap();
        for mut row in page::Entity::find().all(&tx).await.unwrap() {
            let theirs = row.title.contains(MARKER);
            let picture = if theirs { &green } else { &red };
            row.image_480.clone_from(picture);
            row.image_960.clone_from(picture);
            row.image_1600.clone_from(picture);
            row.into_active_model()
                .reset_all()
                .update(&tx)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// Somebody has read the first pages of these items in the minute that ends now. The token of their visit.
    async fn is_read(&self, items: &[usize]) -> String {
        let app = &self.server.app;
        // Older than the seconds in which scanners come.
        let before = app.clock.now() - chrono::TimeDelta::days(1);
        let tx = app.db.begin().await.unwrap();
        pitch_link::Entity::update_many()
            .col_expr(pitch_link::Column::CreatedAt, Expr::value(before))
            .filter(pitch_link::Column::Id.eq(self.link))
            .exec(&tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let then = app.clock.now() - chrono::TimeDelta::seconds(60);
        let visit = begin_visit(&app.keys, self.link, then).token;
        let mut events = vec![
            json!({ "id": uuid::Uuid::new_v4(), "kind": "opened", "ago_ms": 0,
            "data": { "inputs": 5 } }),
        ];
        for item in items.iter().map(|at| &self.pitch["items"][*at]) {
            events.push(
                json!({ "id": uuid::Uuid::new_v4(), "kind": "page_viewed", "item": item["id"],
                    "page": 1, "active_ms": 9_000, "ago_ms": 0 }),
            );
        }
        let answer: Value = reqwest::Client::new()
            .post(format!("{}/p/{}/events", self.server.base, self.token))
            .header(
                "user-agent",
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            )
            .json(&json!({ "visit": visit, "events": events }))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        assert_eq!(answer["accepted"], events.len(), "{answer}");
        visit
    }

    /// The same pitch through another link, with these settings.
    async fn through(self, settings: Value) -> Self {
        let links = format!("{}/links", self.pitch_path());
        let mut wanted = json!({ "recipients": [{}] });
        wanted
            .as_object_mut()
            .unwrap()
            .extend(settings.as_object().unwrap().clone());
        let link = self.rep.post(&links, &wanted).await.ok()["items"][0].clone();
        let url = link["url"].as_str().unwrap();
        Self {
            token: url.rsplit('/').next().unwrap().to_owned(),
            link: link["id"].as_str().unwrap().parse().unwrap(),
            ..self
        }
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        reqwest::get(format!("{}/p/{}{path}", self.server.base, self.token))
            .await
            .unwrap()
    }
}

#[actix_web::test]
async fn the_trial_sees_what_leaves_while_it_may() {
    let sent = Sent::new(None, "pdf").await;
    let leaks: Vec<String> = sent
        .every_answer()
        .await
        .into_iter()
        .filter(|(_, _, body)| String::from_utf8_lossy(body).contains(MARKER))
        .map(|(what, _, _)| what)
        .collect();
    for part in ["/pages/", "/text", "/download/", "/search?q=first"] {
        assert!(leaks.iter().any(|what| what.contains(part)), "{leaks:?}");
    }
}

#[actix_web::test]
async fn what_becomes_internal_leaves_through_no_address_of_the_prospect_s() {
    for (page, format) in [(None, "pdf"), (Some(2), "pdf"), (None, "mp4")] {
        let sent = Sent::new(page, format).await;
        sent.becomes_internal().await;
        sent.nothing_leaves().await;
        let page = sent.get("").await;
        assert_eq!(page.status(), 200, "the rest of the pitch stays");
        assert!(page.text().await.unwrap().contains("Overview"));
    }
}

#[actix_web::test]
async fn nor_does_a_new_version_of_it() {
    let sent = Sent::new(None, "pdf").await;
    sent.becomes_internal().await;
    sent.gets_a_new_version().await;
    sent.nothing_leaves().await;
}

#[actix_web::test]
async fn it_is_not_added_to_a_pitch_as_a_whole_or_as_a_page() {
    let sent = Sent::new(None, "pdf").await;
    let internal = sent.server.content(secret(true)).await;
    for page in [Value::Null, json!(1)] {
        let new = json!({ "opportunity_id": sent.deal.opportunity,
            "items": [{ "asset_id": internal, "page_number": page }] });
        let refused = sent.rep.post("/api/v1/pitches", &new).await;
        assert_eq!(refused.code(), "invalid");
    }
}

#[actix_web::test]
async fn it_is_not_added_by_an_edit_nor_as_a_replacement() {
    let sent = Sent::new(None, "pdf").await;
    let internal = sent.server.content(secret(true)).await;
    let edit = json!({ "title": "T", "message": "", "items": [{ "asset_id": internal }] });
    let edited = sent
        .rep
        .edit(Method::PUT, &sent.pitch_path(), 1, &edit)
        .await;
    assert_eq!(edited.code(), "invalid");
    let path = format!("{}/replacements", sent.pitch_path());
    let instead = json!({ "item_id": sent.item(), "asset_id": internal });
    let replaced = sent.rep.edit(Method::POST, &path, 1, &instead).await;
    assert_eq!(replaced.code(), "invalid");
}

#[actix_web::test]
async fn another_page_of_what_became_internal_is_not_added_either() {
    let sent = Sent::new(Some(2), "pdf").await;
    sent.becomes_internal().await;
    let edit = json!({ "title": "T", "message": "", "items": [
        { "asset_id": sent.asset, "page_number": 2 }, { "asset_id": sent.asset, "page_number": 1 },
    ] });
    let edited = sent
        .rep
        .edit(Method::PUT, &sent.pitch_path(), 1, &edit)
        .await;
    assert_eq!(edited.body["errors"][0]["field"], "items[1].asset_id");
}

#[actix_web::test]
async fn no_link_is_made_to_a_pitch_that_holds_it() {
    let sent = Sent::new(None, "pdf").await;
    sent.becomes_internal().await;
    let path = format!("{}/links", sent.pitch_path());
    let refused = sent.rep.post(&path, &json!({ "recipients": [{}] })).await;
    assert_eq!(refused.code(), "conflict");
}

#[actix_web::test]
async fn a_share_by_a_reader_gives_a_link_without_it() {
    let sent = Sent::new(None, "pdf").await;
    sent.becomes_internal().await;
    let shared: Value = reqwest::Client::new()
        .post(format!("{}/p/{}/share", sent.server.base, sent.token))
        .json(&json!({ "name": "Ola" }))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let url = shared["url"].as_str().unwrap();
    let token = url.rsplit('/').next().unwrap().to_owned();
    Sent { token, ..sent }.nothing_leaves().await;
}

#[actix_web::test]
async fn the_preview_shows_what_the_prospect_sees_and_not_it() {
    let sent = Sent::new(None, "pdf").await;
    sent.becomes_internal().await;
    let preview = sent.pitch["preview_url"].as_str().unwrap();
    let html = sent.rep.get(preview).await.ok();
    let html = html.as_str().unwrap();
    assert!(html.contains("Overview") && !html.contains(MARKER));
    for part in ["pages/ITEM/1", "pages/ITEM/1/text", "video/ITEM"] {
        let path = format!("{preview}/{}", part.replace("ITEM", sent.item()));
        assert_eq!(sent.rep.get(&path).await.status, StatusCode::NOT_FOUND);
    }
}

#[actix_web::test]
async fn the_picture_for_chat_tools_is_not_of_it() {
    let sent = Sent::new(None, "pdf").await;
    // What stands for a page's picture in these tests is none.
    sent.paint().await;
    let color = async || {
        let answer = sent.get("/cover.jpg").await;
        assert_eq!(answer.status(), StatusCode::OK);
        let bytes = answer.bytes().await.unwrap();
        let picture = image::load_from_memory(&bytes).unwrap().to_rgb8();
        let pixel = *picture.get_pixel(32, 18);
        if pixel.0[1] > pixel.0[0] {
            "green"
        } else {
            "red"
        }
    };
    let html = sent.get("").await.text().await.unwrap();
    assert!(
        html.contains(&format!("/p/{}/cover.jpg\"", sent.token)),
        "{html}"
    );
    assert_eq!(color().await, "green");
    sent.becomes_internal().await;
    assert_eq!(color().await, "red", "the cover is of what is still shown");
}

#[actix_web::test]
async fn beacons_about_it_are_not_taken_and_the_rep_is_told() {
    let sent = Sent::new(None, "pdf").await;
    sent.becomes_internal().await;
    let app = &sent.server.app;
    let then = app.clock.now() - chrono::TimeDelta::seconds(60);
    let visit = begin_visit(&app.keys, sent.link, then).token;
    let event = json!({ "id": uuid::Uuid::new_v4(), "kind": "page_viewed", "item": sent.item(), "page": 1,
        "active_ms": 5000, "ago_ms": 0 });
    let answer: Value = reqwest::Client::new()
        .post(format!("{}/p/{}/events", sent.server.base, sent.token))
        .json(&json!({ "visit": visit, "events": [event] }))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(answer["accepted"], 0);
    assert_eq!(answer["dropped"].as_array().unwrap().len(), 1);
    let shown = sent.rep.get(&sent.pitch_path()).await.ok();
    assert_eq!(
        shown["items"][0]["problems"],
        json!(["For internal use only; it cannot leave in a pitch."])
    );
}

#[actix_web::test]
async fn inside_the_house_it_is_read_by_reps_and_figures_are_not_for_prospects() {
    let sent = Sent::new(None, "pdf").await;
    let internal = sent.server.content(secret(true)).await;
    let path = format!("/api/v1/assets/{internal}");
    let asset = sent.rep.get(&path).await.ok();
    let version = asset["current_version"]["id"].as_str().unwrap();
    sent.rep
        .get(&format!("/api/v1/versions/{version}/pages/1/image"))
        .await
        .ok();
    for path in [
        path,
        format!("/api/v1/versions/{version}/file"),
        "/api/v1/analytics/content?format=csv".to_owned(),
        "/api/v1/search?q=quietharbour".to_owned(),
    ] {
        let answer = reqwest::Client::new()
            .get(format!("{}{path}", sent.server.base))
            .bearer_auth(&sent.token)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 401, "{path}");
    }
}
