//! The gates in front of links: what each asks for, what it lets through, and that nothing goes around them.

mod codes;
mod limits;
mod matrix;
mod own;
mod passing;
mod policy;
mod revoke;
mod settings;
mod watermark;

use lastmile::entities::{Role, link_code, pitch_link};
use lastmile::ids::{AssetId, LinkId};
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Method, StatusCode};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _,
};
use serde_json::{Value, json};

use crate::support::{Content, Deal, Person, Reply, TestServer};

/// Stands in everything that a pitch of these tests shows, and nowhere else.
const MARKER: &str = "quietharbour";
const PASSCODE: &str = "blue lantern";

/// A server with a pitch that is full of the marker.
struct House {
    server: TestServer,
    rep: Person,
    admin: Person,
    deal: Deal,
    pitch: Value,
}

impl House {
    async fn new() -> Self {
        let server = TestServer::start().await;
        Self::on(server, async |server| {
            let deck = server.content(marked("pdf")).await;
            let video = server.content(marked("mp4")).await;
            vec![
                json!({ "asset_id": deck, "note": MARKER }),
                json!({ "asset_id": video }),
            ]
        })
        .await
    }

    async fn on(server: TestServer, items: impl AsyncFnOnce(&TestServer) -> Vec<Value>) -> Self {
        let rep = server
            .person_named(Role::Rep, "Sam-Rivera", Some("North"))
            .await;
        let admin = server.person(Role::Admin).await;
        let deal = server.deal(rep.id).await;
        let items = items(&server).await;
        let pitch = rep
            .post(
                "/api/v1/pitches",
                &json!({ "opportunity_id": deal.opportunity, "title": format!("{MARKER} title"),
                    "message": format!("{MARKER} message"), "items": items }),
            )
            .await
            .ok();
        Self {
            server,
            rep,
            admin,
            deal,
            pitch,
        }
    }

    /// Another pitch, without the marker.
    async fn other_pitch(&self) -> Value {
        let asset: AssetId = self.server.content(Content::default()).await;
        let new = json!({ "opportunity_id": self.deal.opportunity, "title": "Another", "items": [{ "asset_id": asset }] });
        self.rep.post("/api/v1/pitches", &new).await.ok()
    }

    fn item(&self, index: usize) -> &str {
        self.pitch["items"][index]["id"].as_str().unwrap()
    }

    async fn ask_for_link(&self, pitch: &Value, settings: Value) -> Reply {
        let mut wanted = json!({ "recipients": [{ "contact_id": self.deal.contact }] });
        let all = wanted.as_object_mut().unwrap();
        all.extend(settings.as_object().unwrap().clone());
        let path = format!("/api/v1/pitches/{}/links", pitch["id"].as_str().unwrap());
        self.rep.post(&path, &wanted).await
    }

    /// A visitor of a new link with these settings.
    async fn visitor(&self, settings: Value) -> Visitor<'_> {
        self.visitor_of(&self.pitch, settings).await
    }

    async fn visitor_of(&self, pitch: &Value, settings: Value) -> Visitor<'_> {
        let link = self.ask_for_link(pitch, settings).await.ok()["items"][0].clone();
        self.open(&link)
    }

    fn open(&self, link: &Value) -> Visitor<'_> {
        Visitor {
            house: self,
            token: link["url"]
                .as_str()
                .unwrap()
                .rsplit('/')
                .next()
                .unwrap()
                .to_owned(),
            link: link["id"].as_str().unwrap().parse().unwrap(),
            cookie: None,
            network: "203.0.113.7".to_owned(),
        }
    }

    /// Terms with the text, ready to be asked for.
    async fn terms(&self, text: &str) -> Value {
        let new = json!({ "title": "Confidentiality", "text": text });
        self.admin.post("/api/v1/terms", &new).await.ok()
    }

    async fn row(&self, link: LinkId) -> pitch_link::Model {
        pitch_link::Entity::find_by_id(link)
            .one(self.server.app.db.read())
            .await
            .unwrap()
            .unwrap()
    }

    /// Changes a link behind everybody's back.
    async fn change(&self, link: LinkId, change: impl FnOnce(&mut pitch_link::Model)) {
        let mut model = self.row(link).await;
        change(&mut model);
        let tx = self.server.app.db.begin().await.unwrap();
        model
            .into_active_model()
            .reset_all()
            .update(&tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    async fn edit(&self, link: LinkId, settings: &Value) -> Reply {
        let revision = self.row(link).await.revision;
        let path = format!("/api/v1/links/{link}");
        self.rep
            .edit(Method::PATCH, &path, revision, settings)
            .await
    }

    async fn revoke(&self, link: LinkId) {
        let path = format!("/api/v1/links/{link}/revoke");
        self.rep.post(&path, &json!({})).await.ok();
    }
}

/// The request with a form, as a page without script sends it.
fn with_form(request: reqwest::RequestBuilder, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    request
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body)
}

/// Content with the marker in everything that it is made of.
fn marked(format: &'static str) -> Content {
    Content {
        title: "quietharbour deck",
        format,
        file: format!("%PDF-1.7 the {MARKER} original").into_bytes(),
        pages: vec![
            (format!("{MARKER} one"), format!("{MARKER} first text")),
            (format!("{MARKER} two"), format!("{MARKER} second text")),
        ],
        ..Content::default()
    }
}

/// A browser that has a link.
#[derive(Clone)]
struct Visitor<'a> {
    house: &'a House,
    token: String,
    link: LinkId,
    cookie: Option<String>,
    network: String,
}

/// What a browser got.
struct Seen {
    status: StatusCode,
    headers: reqwest::header::HeaderMap,
    text: String,
}

impl Seen {
    /// Headers and body, for looking for what must not be in either.
    fn everything(&self) -> String {
        format!("{:?} {}", self.headers, self.text).to_lowercase()
    }
}

impl Visitor<'_> {
    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let url = format!("{}/p/{}{path}", self.house.server.base, self.token);
        let request = client
            .request(method, url)
            .header("x-forwarded-for", &self.network);
        match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        }
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Seen {
        let response = request.send().await.unwrap();
        if let Some(cookie) = response
            .headers()
            .get_all(SET_COOKIE)
            .iter()
            .find_map(|set| {
                let set = set.to_str().unwrap();
                set.starts_with("lastmile_pass=")
                    .then(|| set.split(';').next().unwrap().to_owned())
            })
        {
            self.cookie = Some(cookie);
        }
        Seen {
            status: response.status(),
            headers: response.headers().clone(),
            text: String::from_utf8_lossy(&response.bytes().await.unwrap()).into_owned(),
        }
    }

    async fn get(&mut self, path: &str) -> Seen {
        let request = self.request(Method::GET, path);
        self.send(request).await
    }

    /// Answers a gate.
    async fn answer(&mut self, form: &[(&str, &str)]) -> Seen {
        let request = with_form(self.request(Method::POST, "/gate"), form);
        self.send(request).await
    }

    /// Answers a gate rightly.
    async fn pass(&mut self, form: &[(&str, &str)]) {
        let seen = self.answer(form).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{form:?} {}", seen.text);
        assert_eq!(seen.headers[LOCATION], format!("/p/{}", self.token));
    }

    async fn passcode(&mut self) {
        self.pass(&[("step", "passcode"), ("passcode", PASSCODE)])
            .await;
    }

    /// The code that was sent last.
    async fn code(&self) -> String {
        let row = link_code::Entity::find()
            .filter(link_code::Column::LinkId.eq(self.link))
            .order_by_desc(link_code::Column::Id)
            .one(self.house.server.app.db.read())
            .await
            .unwrap()
            .unwrap();
        self.house.server.app.keys.one_time_code(row.id)
    }

    async fn confirm(&mut self, email: &str) {
        self.pass(&[("step", "email"), ("email", email)]).await;
        let code = self.code().await;
        self.pass(&[("step", "code"), ("code", &code)]).await;
    }

    async fn accept(&mut self, version: &str) {
        self.pass(&[("step", "terms"), ("accept", "yes"), ("version", version)])
            .await;
    }

    async fn is_in(&mut self) -> bool {
        let page = self.get("").await;
        page.status == StatusCode::OK && page.text.contains(MARKER)
    }

    fn picture(&self) -> String {
        format!("/pages/{}/1", self.house.item(0))
    }
}
