//! The look of a team on the prospect's page: let in by its hash, readable whatever was chosen, and never the file that
//! was sent.

use base64::Engine as _;
use lastmile::entities::Role;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::Desk;

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    image::RgbaImage::from_pixel(width, height, image::Rgba([200, 30, 30, 255]))
        .write_to(&mut file, image::ImageFormat::Png)
        .unwrap();
    file.into_inner()
}

fn scope(list: &Value, team: &str) -> Value {
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["team"] == team)
        .unwrap()
        .clone()
}

#[actix_web::test]
async fn a_teams_colour_and_logo_dress_its_pages_under_a_policy_without_unsafe_inline() {
    let desk = Desk::new(json!({})).await;
    let boss = desk
        .server
        .person_named(Role::Manager, "Boss", Some("North"))
        .await;
    let url = desk.send().await;
    let plain = reqwest::get(&url).await.unwrap().text().await.unwrap();
    assert!(!plain.contains("class=\"logo\"") && !plain.contains("--accent:#9c"));

    let north = scope(&boss.get("/api/v1/brands").await.ok(), "North");
    let path = format!("/api/v1/brands/{}", north["scope"].as_str().unwrap());
    let edit = json!({ "name": "Frostline", "accent": "#ffd400" });
    let saved = boss.edit(Method::PUT, &path, 0, &edit).await.ok();
    assert_eq!(
        saved["palette"]["light"]["adapted"], true,
        "yellow on white cannot be read"
    );
    assert_eq!(saved["palette"]["dark"]["adapted"], false);
    assert_eq!(
        boss.edit(Method::PUT, &path, 0, &edit).await.code(),
        "stale"
    );
    let logo = |file: Vec<u8>, name: &'static str| {
        let form = reqwest::multipart::Form::new().part(
            "file",
            reqwest::multipart::Part::bytes(file).file_name(name),
        );
        let request = boss
            .request(Method::PUT, &format!("{path}/logo"))
            .multipart(form);
        async move { crate::support::Reply::read(request.send().await.unwrap()).await }
    };
    let with_logo = logo(png(300, 80), "logo.png").await.ok();

    let response = reqwest::get(&url).await.unwrap();
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    let page = response.text().await.unwrap();
    let style = page
        .split("<style>")
        .nth(1)
        .unwrap()
        .split("</style>")
        .next()
        .unwrap();
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style));
    assert!(
        policy.contains(&format!("style-src 'sha256-{hash}'")),
        "{policy}"
    );
    let light = saved["palette"]["light"]["accent"].as_str().unwrap();
    assert!(style.contains(&format!(":root{{--accent:{light}")));
    let logo_url = with_logo["logo_url"].as_str().unwrap();
    assert!(page.contains(&format!(
        "src=\"{logo_url}\" width=\"300\" height=\"80\" alt=\"Frostline\""
    )));
    let picture = reqwest::get(format!("{}{logo_url}", desk.server.base))
        .await
        .unwrap();
    assert_eq!(picture.headers()["content-type"], "image/webp");
    assert!(
        picture.headers()["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );

    let preview = desk
        .rep
        .get(desk.pitch["preview_url"].as_str().unwrap())
        .await
        .ok();
    assert!(
        preview.as_str().unwrap().contains(logo_url),
        "the preview is dressed too"
    );

    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60"><script>alert(1)</script><rect width="200" height="60" fill="teal"/></svg>"#;
    let drawn = logo(svg.to_vec(), "logo.svg").await.ok();
    let url = format!(
        "{}{}",
        desk.server.base,
        drawn["logo_url"].as_str().unwrap()
    );
    let bytes = reqwest::get(&url).await.unwrap().bytes().await.unwrap();
    assert!(bytes.starts_with(b"RIFF"), "drawn anew, not served");

    for (file, name) in [
        (b"%PDF-1.7 nothing".to_vec(), "logo.png"),
        (b"<script>alert(1)</script>".to_vec(), "logo.png"),
        (png(40, 400), "high.png"),
        (Vec::new(), "empty.png"),
    ] {
        let refused = logo(file, name).await;
        assert!(refused.status.is_client_error(), "{name}: {}", refused.body);
    }
    assert_eq!(boss.delete(&path).await.status, 204);
    let bare = reqwest::get(&url).await.unwrap();
    assert_eq!(bare.status(), 404, "a logo that nobody uses is gone");
}

#[actix_web::test]
async fn what_a_team_has_not_chosen_is_the_houses() {
    let desk = Desk::new(json!({})).await;
    let admin = desk.server.person(Role::Admin).await;
    let house = json!({ "name": "The house", "accent": "#4b1d8f" });
    let saved = admin
        .edit(Method::PUT, "/api/v1/brands/house", 0, &house)
        .await
        .ok();
    let url = desk.send().await;
    let page = reqwest::get(&url).await.unwrap().text().await.unwrap();
    let light = saved["palette"]["light"]["accent"].as_str().unwrap();
    assert_eq!(light, "#4b1d8f");
    assert!(page.contains(&format!("--accent:{light}")));
    assert_eq!(
        admin
            .edit(
                Method::PUT,
                "/api/v1/brands/house",
                1,
                &json!({ "accent": "red" })
            )
            .await
            .body["errors"][0]["field"],
        "accent"
    );
}

#[actix_web::test]
async fn managers_dress_their_own_team_and_nobody_else_any() {
    let desk = Desk::new(json!({})).await;
    let boss = desk
        .server
        .person_named(Role::Manager, "Boss", Some("South"))
        .await;
    let list = boss.get("/api/v1/brands").await.ok();
    assert_eq!(scope(&list, "North")["may_edit"], false);
    assert_eq!(scope(&list, "South")["may_edit"], true);
    let north = scope(&list, "North")["scope"].as_str().unwrap().to_owned();
    for path in [
        format!("/api/v1/brands/{north}"),
        "/api/v1/brands/house".to_owned(),
    ] {
        let refused = boss
            .edit(Method::PUT, &path, 0, &json!({ "name": "X" }))
            .await;
        assert_eq!(refused.status, 403);
        assert_eq!(boss.delete(&path).await.status, 403);
    }
    assert_eq!(desk.rep.get("/api/v1/brands").await.status, 403);
}
