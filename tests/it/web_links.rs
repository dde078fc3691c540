//! Web links: a snapshot of a public address, fetched on request; nothing inside the house is ever fetched.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use actix_web::{App, HttpResponse, HttpServer, web};
use lastmile::entities::Role;
use serde_json::json;

use crate::library::converted;
use crate::support::{Person, TestServer};

/// A site of somebody else's.
struct Site {
    base: String,
    port: u16,
    page: Arc<Mutex<String>>,
    asked: Arc<AtomicUsize>,
}

impl Site {
    fn start() -> Self {
        let page = Arc::new(Mutex::new(String::new()));
        let asked = Arc::new(AtomicUsize::new(0));
        let (shown, count) = (Arc::clone(&page), Arc::clone(&asked));
        let server = HttpServer::new(move || {
            let (shown, count) = (Arc::clone(&shown), Arc::clone(&count));
            let loops = || async {
                HttpResponse::Found()
                    .insert_header(("location", "/loop"))
                    .finish()
            };
            let away = || async {
                HttpResponse::Found()
                    .insert_header(("location", "ftp://example.com/"))
                    .finish()
            };
            let large = || async {
                HttpResponse::Ok()
                    .content_type("text/html")
                    .body(vec![b'x'; 3 << 20])
            };
            let program =
                || async { HttpResponse::Ok().body(&b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0"[..]) };
            App::new()
                .route("/loop", web::get().to(loops))
                .route("/away", web::get().to(away))
                .route("/large", web::get().to(large))
                .route("/program", web::get().to(program))
                .route(
                    "/moved",
                    web::get().to(|| async {
                        HttpResponse::MovedPermanently()
                            .insert_header(("location", "/page"))
                            .finish()
                    }),
                )
                .route(
                    "/page",
                    web::get().to(move || {
                        count.fetch_add(1, Ordering::SeqCst);
                        let page = shown.lock().unwrap().clone();
                        async move {
                            // In an encoding that only the header tells.
                            let bytes: Vec<u8> = page
                                .chars()
                                .map(|c| u8::try_from(u32::from(c)).unwrap())
                                .collect();
                            HttpResponse::Ok()
                                .insert_header(("content-type", "text/html; charset=iso-8859-1"))
                                .body(bytes)
                        }
                    }),
                )
        })
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
        let port = server.addrs()[0].port();
        actix_web::rt::spawn(server.run());
        Self {
            base: format!("http://127.0.0.1:{port}"),
            port,
            page,
            asked,
        }
    }

    fn show(&self, sentence: &str) {
        *self.page.lock().unwrap() =
            format!("<!doctype html><title>Die Größe</title><h1>Die Größe</h1><p>{sentence}</p>");
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn add(person: &Person, url: &str) -> crate::support::Reply {
    person
        .post("/api/v1/web-links", &json!({ "url": url }))
        .await
}

#[actix_web::test]
async fn a_page_is_kept_as_a_snapshot_and_fetched_again_only_on_request() {
    let server = TestServer::start_with(|config| config.fetch_private_addresses = true).await;
    let marketer = server.person(Role::Marketer).await;
    let site = Site::start();
    site.show("The first state, with the word quillwort.");
    let url = format!("{}/page", site.base);
    let asset = add(&marketer, &url).await.ok();
    let id = asset["id"].as_str().unwrap().to_owned();
    assert_eq!(asset["source"]["url"], json!(url));
    let asset = converted(&marketer, &id).await;
    assert_eq!(
        asset["title"], "Die Größe",
        "in the encoding that the reply tells"
    );
    let version = asset["current_version"]["id"].as_str().unwrap();
    let pages = marketer
        .get(&format!("/api/v1/versions/{version}/pages"))
        .await
        .ok();
    assert!(
        pages["items"][0]["text"]
            .as_str()
            .unwrap()
            .contains("quillwort")
    );
    assert_eq!(site.asked(), 1);

    assert_eq!(add(&marketer, &url).await.code(), "duplicate");
    let again = format!("/api/v1/assets/{id}/fetch");
    let same = marketer.post(&again, &json!({})).await.ok();
    assert_eq!(same["versions"].as_array().unwrap().len(), 1);
    assert_ne!(same["source"]["fetched_at"], asset["source"]["fetched_at"]);
    site.show("The second state.");
    marketer.post(&again, &json!({})).await.ok();
    let asset = converted(&marketer, &id).await;
    assert_eq!(asset["current_version"]["number"], 2);
    assert_eq!(site.asked(), 3, "nothing is fetched that nobody asked for");

    let moved = add(&marketer, &format!("{}/moved", site.base)).await;
    assert_eq!(moved.status, 201, "a redirect is followed");
    let file = marketer
        .upload("/api/v1/assets", "a.md", "# A", &json!({}))
        .await
        .ok();
    let path = format!("/api/v1/assets/{}/fetch", file["id"].as_str().unwrap());
    assert_eq!(marketer.post(&path, &json!({})).await.code(), "conflict");
}

#[actix_web::test]
async fn what_cannot_be_shown_or_takes_too_much_is_refused_with_the_reason() {
    let server = TestServer::start_with(|config| {
        config.fetch_private_addresses = true;
        config.upload_limit = 1 << 20;
    })
    .await;
    let marketer = server.person(Role::Marketer).await;
    let site = Site::start();
    for (path, words) in [
        ("loop", "without end"),
        ("away", "http and https"),
        ("large", "more than"),
        ("program", "program"),
        ("nowhere", "404"),
    ] {
        let reply = add(&marketer, &format!("{}/{path}", site.base)).await;
        assert_eq!(reply.code(), "unfetchable", "{path}");
        let detail = reply.body["detail"].as_str().unwrap().to_lowercase();
        assert!(detail.contains(words), "{path}: {detail}");
    }
    assert_eq!(
        marketer.get("/api/v1/assets").await.ok()["items"],
        json!([])
    );
    let incoming = server.app.config.data_dir.join("incoming");
    assert_eq!(std::fs::read_dir(incoming).unwrap().count(), 0);
}

#[actix_web::test]
async fn nothing_inside_the_house_is_fetched() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let site = Site::start();
    let port = site.port;
    for url in [
        format!("http://127.0.0.1:{port}/page"),
        format!("http://127.1:{port}/page"),
        format!("http://2130706433:{port}/page"),
        format!("http://0x7f000001:{port}/page"),
        format!("http://[::ffff:127.0.0.1]:{port}/page"),
        format!("http://0.0.0.0:{port}/page"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://10.0.0.1/".to_owned(),
        "http://[fd00::1]/".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        let reply = add(&marketer, &url).await;
        assert_eq!(reply.code(), "invalid", "{url}");
    }
    // A name is looked up at the moment of connecting, and what it leads to is refused there.
    let reply = add(&marketer, &format!("http://localhost:{port}/page")).await;
    assert_eq!(reply.code(), "unfetchable");
    assert!(
        reply.body["detail"]
            .as_str()
            .unwrap()
            .contains("private network")
    );
    assert_eq!(site.asked(), 0, "not even a connection was used");
}
