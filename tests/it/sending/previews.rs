//! What chat tools and mail programs show of a link, and that their asking counts as nothing; the sender's own preview.

use bytes::Bytes;
use lastmile::entities::{page, visit};
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _};
use serde_json::json;

use super::{Desk, filled, id};

const AGENTS: [&str; 6] = [
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "WhatsApp/2.23.20.0",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "TelegramBot (like TwitterBot)",
];

/// Gives the pitch's pages a picture that is one.
async fn real_pictures(desk: &Desk) {
    let mut webp = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(96, 54, image::Rgb([11, 107, 99]))
        .write_to(&mut webp, image::ImageFormat::WebP)
        .unwrap();
    let blob = desk
        .server
        .app
        .blobs
        .put(Bytes::from(webp.into_inner()))
        .await
        .unwrap();
    let tx = desk.server.app.db.begin().await.unwrap();
    for mut row in page::Entity::find().all(&tx).await.unwrap() {
        row.image_960 = blob.clone();
        row.into_active_model()
            .reset_all()
            .update(&tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

#[actix_web::test]
async fn chat_tools_get_title_words_and_picture_and_count_as_nobody() {
    let desk = Desk::open().await;
    real_pictures(&desk).await;
    let link = desk.contact_link().await;
    let path = link["url"]
        .as_str()
        .unwrap()
        .strip_prefix("https://sales.example")
        .unwrap();
    let client = reqwest::Client::new();
    for agent in AGENTS {
        let url = format!("{}{path}", desk.server.base);
        let page = client
            .get(&url)
            .header("user-agent", agent)
            .send()
            .await
            .unwrap();
        let text = page.text().await.unwrap();
        for part in [
            "property=\"og:title\" content=\"Cold chain for Northwind\"",
            "property=\"og:description\" content=\"As promised: three pages. Best on a large screen.\"",
            &format!("property=\"og:image\" content=\"https://sales.example{path}/cover.jpg\""),
            "name=\"twitter:card\" content=\"summary_large_image\"",
        ] {
            assert!(text.contains(part), "{agent}: {part} is missing in {text}");
        }
        let cover = client
            .get(format!("{url}/cover.jpg"))
            .header("user-agent", agent)
            .send()
            .await
            .unwrap();
        assert_eq!(cover.headers()["content-type"], "image/jpeg");
        let picture = image::load_from_memory(&cover.bytes().await.unwrap()).unwrap();
        assert_eq!((picture.width(), picture.height()), (96, 54));
        client
            .head(&url)
            .header("user-agent", agent)
            .send()
            .await
            .unwrap();
    }
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let view = desk
        .rep
        .get(&format!("/api/v1/links/{}", id(&link)))
        .await
        .ok();
    assert_eq!(view["reads"], 0);
    let visits = visit::Entity::find()
        .all(desk.server.app.db.read())
        .await
        .unwrap();
    assert!(
        visits.iter().all(|visit| visit.level.as_str() == "fetched"),
        "{visits:?}"
    );
}

#[actix_web::test]
async fn the_cover_stops_with_the_link_and_leads_nowhere_without_a_token() {
    let desk = Desk::open().await;
    real_pictures(&desk).await;
    let link = desk.contact_link().await;
    let path = link["url"]
        .as_str()
        .unwrap()
        .strip_prefix("https://sales.example")
        .unwrap();
    let url = format!("{}{path}/cover.jpg", desk.server.base);
    let first = reqwest::get(&url).await.unwrap();
    assert_eq!(first.status(), 200);
    assert_eq!(first.headers()["cache-control"], "private, no-cache");
    let etag = first.headers()["etag"].clone();
    let known = reqwest::Client::new()
        .get(&url)
        .header("if-none-match", etag);
    assert_eq!(known.send().await.unwrap().status(), 304);
    desk.rep
        .post(&format!("/api/v1/links/{}/revoke", id(&link)), &json!({}))
        .await
        .ok();
    assert_eq!(reqwest::get(&url).await.unwrap().status(), 410);
    let unknown = format!("{}/p/nonsense/cover.jpg", desk.server.base);
    assert_eq!(reqwest::get(&unknown).await.unwrap().status(), 404);
}

#[actix_web::test]
async fn the_sender_previews_the_mail_without_a_way_to_count_as_its_reader() {
    let desk = Desk::open().await;
    let link = desk.contact_link().await;
    let path = format!("/preview/links/{}/mail", id(&link));
    let draft = [("subject", "Mine"), ("message", "Only <this>.")];
    let reply = filled(desk.rep.request(reqwest::Method::POST, &path), &draft)
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 200);
    let policy = reply.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("sandbox"),
        "{policy}"
    );
    let text = reply.text().await.unwrap();
    assert!(text.contains("<title>Mine</title>") && text.contains("Hello Noor Haddad,"));
    assert!(!text.contains("<this>"));
    let token = desk.server.app.keys.link_token(id(&link).parse().unwrap());
    assert_eq!(
        text.matches(&token).count(),
        1,
        "the picture's address alone has the token"
    );
    let stranger = desk.server.person(lastmile::entities::Role::Rep).await;
    let refused = filled(stranger.request(reqwest::Method::POST, &path), &draft)
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 404);
}
