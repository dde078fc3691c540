//! Every address of the prospect's in the table of routes, before each gate, after the end, after the link was taken back,
//! and with what belongs to another link: not a byte of content comes out.
//!
//! The rows are read from the table, so a new one is tried without being named here, and fails if it answers anything but a
//! refusal to whoever was not admitted.

use chrono::TimeDelta;
use lastmile::engagement::begin_visit;
use lastmile::entities::{asset, caption, pitch_link};
use lastmile::http::{Access, Route};
use lastmile::ids::{CaptionId, LinkId};
use lastmile::routes;
use reqwest::{Method, StatusCode};
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _};
use serde_json::{Value, json};

use super::{House, MARKER, PASSCODE, Seen, Visitor, with_form};

/// What asks, and takes the answers: pages that anybody with the token may see, and that show nothing.
const DOORS: &[(&str, &str)] = &[("GET", "/p/{token}"), ("POST", "/p/{token}/gate")];

/// A row with everything filled in.
struct Try {
    what: String,
    method: Method,
    /// After the token.
    path: String,
    is_door: bool,
}

/// Every row of the table with every item and query.
fn tries(house: &House, caption: CaptionId) -> Vec<Try> {
    let mut all = Vec::new();
    let rows: Vec<Route> = routes::table()
        .into_iter()
        .filter(|route| route.access == Access::LinkToken)
        .collect();
    assert!(rows.len() >= 11, "the table lost its prospects");
    for route in rows {
        for index in [0, 1] {
            let rest = route.path.strip_prefix("/p/{token}").unwrap_or_else(|| {
                panic!("{route:?} does not begin with the token; say here how it is reached")
            });
            let mut path = String::new();
            let mut rest = rest;
            while let Some((before, after)) = rest.split_once('{') {
                path.push_str(before);
                let (name, after) = after.split_once('}').unwrap();
                path.push_str(&match name {
                    "item" => house.item(index).to_owned(),
                    "n" | "page" => "1".to_owned(),
                    "id" | "caption" => caption.to_string(),
                    // Whatever else there is gets an id that nothing has: it must be refused before it is looked up.
                    _ => "01890000-0000-7000-8000-000000000000".to_owned(),
                });
                rest = after;
            }
            path.push_str(rest);
            let method = route.method.as_str();
            for query in ["", "?w=480", "?q=quietharbour"] {
                all.push(Try {
                    what: format!("{method} {}{query}", route.path),
                    method: Method::from_bytes(method.as_bytes()).unwrap(),
                    path: format!("{path}{query}"),
                    is_door: DOORS.contains(&(method, route.path)),
                });
            }
        }
    }
    all
}

/// One try, as a script would do it that knows the page: with a visit of this link, as JSON and as a form.
async fn attempt(visitor: &mut Visitor<'_>, one: &Try) -> Vec<Seen> {
    if one.method == Method::GET {
        let request = visitor.request(Method::GET, &one.path);
        let head = visitor.request(Method::HEAD, &one.path);
        return vec![visitor.send(request).await, visitor.send(head).await];
    }
    let app = &visitor.house.server.app;
    let then = app.clock.now() - TimeDelta::seconds(30);
    let visit = begin_visit(&app.keys, visitor.link, then).token;
    let item = visitor.house.item(0).to_owned();
    let event = json!({ "id": uuid::Uuid::new_v4(), "kind": "opened", "ago_ms": 0 });
    let body = json!({ "visit": visit, "events": [event], "name": "Ola", "email": "ola@example.com", "item": item,
        "page": 1, "text": "What is this?", "question": "What is this?", "step": "", "done": true });
    let form = [
        ("visit", visit.as_str()),
        ("name", "Ola"),
        ("text", "What is this?"),
        ("step", "none"),
    ];
    let json = visitor.request(one.method.clone(), &one.path).json(&body);
    let form = with_form(visitor.request(one.method.clone(), &one.path), &form);
    vec![visitor.send(json).await, visitor.send(form).await]
}

async fn nothing_comes_out(visitor: &Visitor<'_>, tries: &[Try], when: &str) {
    let links = count_links(visitor).await;
    for one in tries {
        // Each try begins anew: an answer must not help the next.
        for seen in attempt(&mut visitor.clone(), one).await {
            let what = format!("{when}: {}", one.what);
            assert!(
                !seen.everything().contains(MARKER),
                "{what} tells {}",
                seen.everything()
            );
            assert!(
                !seen.everything().contains("picture of"),
                "{what} gives a picture"
            );
            if !one.is_door {
                assert!(
                    matches!(seen.status.as_u16(), 400 | 403 | 404 | 410 | 415 | 422),
                    "{what} answered {} to somebody who was not admitted: begin it with Audience::admit",
                    seen.status
                );
            }
        }
    }
    assert_eq!(count_links(visitor).await, links, "{when}: a link was made");
}

async fn count_links(visitor: &Visitor<'_>) -> u64 {
    let db = visitor.house.server.app.db.read();
    pitch_link::Entity::find().count(db).await.unwrap()
}

/// Captions of the video, with the marker in them.
async fn add_captions(house: &House) -> CaptionId {
    let app = &house.server.app;
    let id: lastmile::ids::AssetId = house.pitch["items"][1]["asset_id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let asset = asset::Entity::find_by_id(id)
        .one(app.db.read())
        .await
        .unwrap()
        .unwrap();
    let caption = CaptionId::new(app.clock.now());
    let tx = app.db.begin().await.unwrap();
    caption::Model {
        id: caption,
        version_id: asset.current_version_id.unwrap(),
        language: "en".to_owned(),
        label: "English".to_owned(),
        vtt: format!("WEBVTT\n\n00:00.000 --> 00:01.000\n{MARKER}\n"),
        text: MARKER.to_owned(),
        created_by: None,
        created_at: app.clock.now(),
    }
    .into_active_model()
    .reset_all()
    .insert(&tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    caption
}

/// The gates, alone and together, each with what passes it.
fn gates(terms: &Value) -> Vec<(&'static str, Value)> {
    let terms = &terms["id"];
    vec![
        ("passcode", json!({ "passcode": PASSCODE })),
        ("e-mail", json!({ "email_required": true })),
        ("allow", json!({ "allow": ["northwind.example"] })),
        ("deny", json!({ "deny": ["rival.example"] })),
        ("terms", json!({ "terms_id": terms })),
        (
            "passcode and terms",
            json!({ "passcode": PASSCODE, "terms_id": terms }),
        ),
        (
            "all",
            json!({ "passcode": PASSCODE, "email_required": true, "allow": ["northwind.example"],
                "deny": ["rival.example"], "terms_id": terms }),
        ),
    ]
}

/// Passes everything that the settings ask for.
async fn pass_all(visitor: &mut Visitor<'_>, settings: &Value) {
    let has = |name: &str| !settings[name].is_null();
    if has("passcode") {
        visitor.passcode().await;
    }
    if has("email_required") || has("allow") || has("deny") {
        visitor.confirm("noor@northwind.example").await;
    }
    if has("terms_id") {
        visitor.accept("1").await;
    }
}

fn with_download(settings: &Value) -> Value {
    let mut settings = settings.clone();
    settings["download"] = json!("original");
    settings
}

#[actix_web::test]
async fn the_trial_sees_what_comes_out_once_the_gates_are_passed() {
    let house = House::new().await;
    let caption = add_captions(&house).await;
    let terms = house.terms("Keep it to yourself.").await;
    let settings = with_download(&gates(&terms).last().unwrap().1);
    let mut visitor = house.visitor(settings.clone()).await;
    pass_all(&mut visitor, &settings).await;
    let mut telling = Vec::new();
    for one in tries(&house, caption) {
        for seen in attempt(&mut visitor, &one).await {
            if seen.everything().contains(MARKER) {
                telling.push(one.what.clone());
            }
        }
    }
    for part in [
        "GET /p/{token}",
        "/pages/{item}/{n}",
        "/text",
        "/video/",
        "/captions/",
        "/download/",
    ] {
        assert!(
            telling.iter().any(|what| what.contains(part)),
            "{part}: {telling:?}"
        );
    }
}

#[actix_web::test]
async fn before_each_gate_not_a_byte_comes_out() {
    let house = House::new().await;
    let tries = tries(&house, add_captions(&house).await);
    let terms = house.terms("Keep it to yourself.").await;
    for (name, settings) in gates(&terms) {
        let visitor = house.visitor(with_download(&settings)).await;
        nothing_comes_out(&visitor, &tries, &format!("before {name}")).await;
    }
    // Half way is not in.
    let (_, settings) = gates(&terms).pop().unwrap();
    let mut visitor = house.visitor(with_download(&settings)).await;
    visitor.passcode().await;
    nothing_comes_out(&visitor, &tries, "after the passcode alone").await;
    visitor
        .pass(&[("step", "email"), ("email", "noor@northwind.example")])
        .await;
    nothing_comes_out(&visitor, &tries, "before the code").await;
    let code = visitor.code().await;
    visitor.pass(&[("step", "code"), ("code", &code)]).await;
    nothing_comes_out(&visitor, &tries, "before the terms").await;
    visitor.accept("1").await;
    assert!(visitor.is_in().await);
}

#[actix_web::test]
async fn after_the_end_and_after_a_link_was_taken_back_not_a_byte_comes_out() {
    let house = House::new().await;
    let tries = tries(&house, add_captions(&house).await);
    let terms = house.terms("Keep it to yourself.").await;
    let mut all = gates(&terms);
    all.push(("nothing", json!({})));
    for (name, settings) in all {
        let mut visitor = house.visitor(with_download(&settings)).await;
        pass_all(&mut visitor, &settings).await;
        assert!(visitor.is_in().await, "{name}");
        let then = house.server.app.clock.now() - TimeDelta::seconds(1);
        house
            .change(visitor.link, |link| link.expires_at = Some(then))
            .await;
        // What the node remembers of a link for beacons.
        tokio::time::sleep(std::time::Duration::from_millis(550)).await;
        assert_eq!(visitor.get("").await.status, StatusCode::GONE, "{name}");
        nothing_comes_out(&visitor, &tries, &format!("{name}, after the end")).await;
        house
            .change(visitor.link, |link| link.expires_at = None)
            .await;
        assert!(visitor.is_in().await, "{name}");
        house.revoke(visitor.link).await;
        tokio::time::sleep(std::time::Duration::from_millis(550)).await;
        assert_eq!(visitor.get("").await.status, StatusCode::GONE, "{name}");
        nothing_comes_out(&visitor, &tries, &format!("{name}, taken back")).await;
    }
}

#[actix_web::test]
async fn the_token_or_the_pass_of_another_link_brings_not_a_byte() {
    let house = House::new().await;
    let tries = tries(&house, add_captions(&house).await);
    let terms = house.terms("Keep it to yourself.").await;
    let other = house.other_pitch().await;
    for (name, settings) in gates(&terms) {
        let settings = with_download(&settings);
        let target = house.visitor(settings.clone()).await;
        let mut sibling = house.visitor(settings.clone()).await;
        pass_all(&mut sibling, &settings).await;
        assert!(sibling.is_in().await);
        let with_pass = Visitor {
            cookie: sibling.cookie.clone(),
            ..target.clone()
        };
        nothing_comes_out(&with_pass, &tries, &format!("{name}, with another's pass")).await;
        // A forged pass, and one that was cut.
        for forged in ["lastmile_pass=e30.AAAA", "lastmile_pass="] {
            let cookie = Some(forged.to_owned());
            let with_forged = Visitor {
                cookie,
                ..target.clone()
            };
            nothing_comes_out(&with_forged, &tries, &format!("{name}, with {forged}")).await;
        }
    }
    // An open link of another pitch: its page is its own, and nothing of this pitch lies under its address.
    let mut stranger = house
        .visitor_of(&other, json!({ "download": "original" }))
        .await;
    for one in &tries {
        for seen in attempt(&mut stranger, one).await {
            assert!(
                !seen.everything().contains(MARKER),
                "another pitch's token: {}",
                one.what
            );
        }
    }
    let unknown = Visitor {
        token: "nosuchtokennosuchtokennosuc".to_owned(),
        link: LinkId::new(house.server.app.clock.now()),
        ..stranger
    };
    nothing_comes_out(&unknown, &tries, "an unknown token").await;
}
