//! Watermarks: burnt into the pictures that are served, for each viewer, kept within a bound, and not to be gone around.

use bytes::Bytes;
use lastmile::entities::page;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _};
use serde_json::json;

use super::{House, marked};
use crate::support::TestServer;

/// A page with something on it, as WebP.
fn picture(shade: u8, width: u32) -> Bytes {
    let height = width * 9 / 16;
    let pixels: Vec<u8> = (0..width * height)
        .flat_map(|at| {
            if (at / 40) % 2 == 0 {
                [shade, 250, 250]
            } else {
                [250, shade, 250]
            }
        })
        .collect();
    let encoded = webp::Encoder::from_rgb(&pixels, width, height).encode(80.0);
    Bytes::copy_from_slice(&encoded)
}

/// A pitch whose pages have real pictures.
async fn house(cache: u64) -> House {
    let server = TestServer::start_with(|config| config.watermark_cache = cache).await;
    House::on(server, async |server| {
        let deck = server.content(marked("pdf")).await;
        let video = server.content(marked("mp4")).await;
        for row in page::Entity::find()
            .all(server.app.db.read())
            .await
            .unwrap()
        {
            let shade = u8::try_from(row.number).unwrap() * 40;
            let mut row = row.into_active_model();
            let blobs = &server.app.blobs;
            row.image_480 =
                sea_orm::ActiveValue::Set(blobs.put(picture(shade, 480)).await.unwrap());
            row.image_960 =
                sea_orm::ActiveValue::Set(blobs.put(picture(shade, 960)).await.unwrap());
            row.image_1600 =
                sea_orm::ActiveValue::Set(blobs.put(picture(shade, 1600)).await.unwrap());
            let tx = server.app.db.begin().await.unwrap();
            row.update(&tx).await.unwrap();
            tx.commit().await.unwrap();
        }
        vec![json!({ "asset_id": deck }), json!({ "asset_id": video })]
    })
    .await
}

async fn bytes(visitor: &super::Visitor<'_>, path: &str) -> Vec<u8> {
    let request = visitor.request(reqwest::Method::GET, path);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    assert_eq!(response.headers()["content-type"], "image/webp");
    response.bytes().await.unwrap().to_vec()
}

#[actix_web::test]
async fn every_viewer_gets_pictures_of_their_own_in_every_size() {
    let house = house(64 << 20).await;
    let plain = house.visitor(json!({})).await;
    let noor = house.visitor(json!({ "watermark": true })).await;
    let mut ann = house
        .visitor(json!({ "watermark": true, "email_required": true }))
        .await;
    ann.confirm("ann@northwind.example").await;
    for width in [480, 960, 1600] {
        let path = format!("{}?w={width}", plain.picture());
        let original = bytes(&plain, &path).await;
        let hers = bytes(&noor, &path).await;
        let anns = bytes(&ann, &path).await;
        assert_ne!(original, hers);
        assert_ne!(hers, anns);
        assert_eq!(hers, bytes(&noor, &path).await, "it is kept");
    }
    // The browser asks each time, and is told when nothing changed.
    let request = noor.request(reqwest::Method::GET, &noor.picture());
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["cache-control"], "private, no-cache");
    let etag = response.headers()["etag"].clone();
    let again = noor.request(reqwest::Method::GET, &noor.picture());
    let again = again.header("if-none-match", etag).send().await.unwrap();
    assert_eq!(again.status(), 304);
}

#[actix_web::test]
async fn what_is_kept_has_a_bound_and_nothing_of_it_is_on_disk() {
    let bound = 60_000;
    let house = house(bound).await;
    let app = &house.server.app;
    let before = files_in(&app.config.data_dir);
    for _ in 0..4 {
        let visitor = house
            .visitor(json!({ "watermark": true, "recipients": [{ "name": uuid::Uuid::new_v4().to_string() }] }))
            .await;
        for page in [1, 2] {
            for width in [480, 960] {
                let path = format!("/pages/{}/{page}?w={width}", house.item(0));
                bytes(&visitor, &path).await;
            }
        }
        let kept = app.watermarks.bytes().await;
        assert!(kept <= bound, "{kept} bytes are kept");
    }
    assert!(app.watermarks.bytes().await > 0);
    let after: Vec<_> = files_in(&app.config.data_dir)
        .into_iter()
        .filter(|file| {
            !before.contains(file) && !file.contains("lastmile.db") && !file.contains("index")
        })
        .collect();
    assert!(after.is_empty(), "{after:?}");
}

fn files_in(folder: &std::path::Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.display().to_string());
            }
        }
    }
    found.sort();
    found
}

#[actix_web::test]
async fn files_and_videos_do_not_go_around_the_watermark() {
    let house = house(64 << 20).await;
    let mut visitor = house.visitor(json!({ "watermark": true })).await;
    let (deck, video) = (house.item(0), house.item(1));
    for path in [
        format!("/download/{deck}"),
        format!("/download/{video}"),
        format!("/video/{video}"),
    ] {
        let refused = visitor.get(&path).await;
        assert_eq!(refused.status, 409, "{path}");
        assert!(refused.text.contains("watermark"), "{}", refused.text);
    }
    let page = visitor.get("").await;
    assert!(!page.text.contains("<video") && !page.text.contains("Download "));
    assert!(page.text.contains("a video cannot") && !page.text.contains("og:image"));
    let refused = house
        .edit(visitor.link, &json!({ "download": "pdf" }))
        .await;
    assert_eq!(refused.body["errors"][0]["field"], "download");
}
