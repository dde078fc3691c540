//! Reading on: the pages behind the first ones, the places of words and links, search, and the second script.

use lastmile::documents::{Area, LinkTarget, PageLayout, PageLine, PageLink};
use lastmile::entities::{Role, asset, page_layout};
use reqwest::header::{CACHE_CONTROL, CONTENT_TYPE};
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _, QueryOrder as _};
use serde_json::{Value, json};

use crate::library::upload_and_convert;
use crate::support::{Content, TestServer};
use crate::viewer::{Sent, attribute};

async fn long(pages: usize) -> Sent {
    Sent::new(
        async |server| {
            let content = Content {
                pages: Content::pages(pages),
                ..Content::default()
            };
            vec![
                json!({ "asset_id": server.content(content).await, "section": "First" }),
                json!({ "asset_id": server.content(Content::default()).await, "note": "A note." }),
            ]
        },
        json!({}),
    )
    .await
}

#[actix_web::test]
async fn every_page_can_be_read_without_script() {
    let sent = long(47).await;
    let mut read = Vec::new();
    let mut next = Some(sent.path());
    while let Some(path) = next {
        let html = sent.get(&path).await.text().await.unwrap();
        for figure in html.split("<figure id=\"p").skip(1) {
            let (ordinal, rest) = figure.split_once('"').unwrap();
            read.push(ordinal.parse::<usize>().unwrap());
            assert_eq!(sent.get(attribute(rest, "src")).await.status(), 200);
            assert!(rest.contains("The sentence of page") || rest.contains("/text\""));
        }
        next = html.rsplit("href=\"").find_map(|part| {
            let (href, label) = part.split_once("\">")?;
            let on = label.starts_with("Pages from") || label.starts_with("Pages 5 to");
            on.then(|| href.to_owned())
        });
    }
    assert_eq!(read, (1..=50).collect::<Vec<_>>());
    let last = sent.get(&format!("{}/pages?from=46", sent.path())).await;
    let html = last.text().await.unwrap();
    assert!(html.contains("46 to 50 of 50") && html.contains("A note."));
    assert!(html.contains("Pages before") && !html.contains("Pages from"));
    assert!(html.contains("href=\"#p48\"") && html.contains("/pages?from=1#p1"));
    sent.events(lastmile::entities::EventKind::Fetched, 1).await;
}

#[actix_web::test]
async fn the_rest_comes_in_one_piece_that_goes_on_where_the_page_ended() {
    let sent = long(30).await;
    let first = sent.page().await;
    assert_eq!(first.matches("<figure ").count(), 4);
    let rest = sent
        .get(&format!("{}/pages?from=5&rest=true", sent.path()))
        .await;
    let html = rest.text().await.unwrap();
    assert_eq!(html.matches("<figure ").count(), 29);
    assert!(!html.contains("<html") && !html.contains("<script") && !html.contains("First"));
    assert_eq!(
        html.matches(&format!("data-i=\"{}\"", sent.item(0)))
            .count(),
        1
    );
    assert!(html.contains("id=\"p33\" data-n=\"3\"") && html.contains("A note."));
}

#[actix_web::test]
async fn the_preview_reads_on_as_well() {
    let sent = long(10).await;
    let base = sent.pitch["preview_url"].as_str().unwrap().to_owned();
    for part in [
        "/pages?from=5".to_owned(),
        "/search?q=sentence".to_owned(),
        format!("/pages/{}/1/layout", sent.item(0)),
    ] {
        let path = format!("{base}{part}");
        assert_eq!(sent.rep.get(&path).await.status, 200, "{path}");
        let other = sent.server.person(Role::Rep).await;
        assert_eq!(other.get(&path).await.status, 404, "{path}");
    }
}

#[actix_web::test]
async fn the_second_script_is_the_same_for_everybody_and_kept() {
    let sent = long(3).await;
    let html = sent.page().await;
    let script = sent.get(attribute(&html, "data-r")).await;
    assert_eq!(script.status(), 200);
    assert!(
        script.headers()[CONTENT_TYPE]
            .to_str()
            .unwrap()
            .starts_with("text/javascript")
    );
    assert!(
        script.headers()[CACHE_CONTROL]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    assert_eq!(
        sent.get("/viewer/reader-0000000000000000.js")
            .await
            .status(),
        404
    );
}

async fn found(sent: &Sent, words: &str) -> Vec<u64> {
    let path = format!("{}/search?data=true&q={words}", sent.path());
    let reply: Value = sent.get(&path).await.json().await.unwrap();
    let hits = reply["hits"].as_array().unwrap();
    hits.iter()
        .map(|hit| hit["page"].as_u64().unwrap())
        .collect()
}

#[actix_web::test]
async fn words_are_found_on_the_pages_of_the_pitch_and_on_no_others() {
    let sent = Sent::new(
        async |server| {
            let page = |text: &str| ("Title".to_owned(), text.to_owned());
            let content = Content {
                pages: vec![
                    page("Depot \u{dc}bersicht"),
                    page("secret depot"),
                    page("nothing"),
                ],
                ..Content::default()
            };
            let asset = server.content(content).await;
            server
                .content(Content {
                    pages: vec![page("another depot")],
                    ..Content::default()
                })
                .await;
            vec![
                json!({ "asset_id": server.content(Content::default()).await }),
                json!({ "asset_id": asset, "page_number": 1 }),
            ]
        },
        json!({}),
    )
    .await;
    assert_eq!(found(&sent, "DEPOT").await, [4]);
    assert_eq!(found(&sent, "depot%20ubersicht").await, [4]);
    assert_eq!(found(&sent, "sentence%20page").await, [1, 2, 3]);
    assert!(found(&sent, "secret").await.is_empty());
    assert!(found(&sent, "").await.is_empty());
    let html = sent
        .get(&format!("{}/search?q=ubersicht", sent.path()))
        .await;
    let html = html.text().await.unwrap();
    assert!(html.contains("One page has them.") && html.contains("<mark>\u{dc}bersicht</mark>"));
    let hostile = sent
        .get(&format!("{}/search?q=%3Cscript%3E", sent.path()))
        .await;
    assert!(!hostile.text().await.unwrap().contains("<script"));
}

#[actix_web::test]
async fn links_inside_a_document_lead_only_to_pages_of_the_pitch() {
    let sent = Sent::new(
        async |server| {
            let asset = server.content(Content::default()).await;
            let row = asset::Entity::find_by_id(asset)
                .one(server.app.db.read())
                .await;
            let version = row.unwrap().unwrap().current_version_id.unwrap();
            let area = Area(100, 200, 300, 400);
            let layout = PageLayout {
                lines: vec![PageLine(area, "\u{5e9}\u{5dc}\u{5d5}\u{5dd} 42".to_owned())],
                links: vec![
                    PageLink(area, LinkTarget::Page(2)),
                    PageLink(area, LinkTarget::Page(3)),
                    PageLink(area, LinkTarget::Url("https://example.org/".to_owned())),
                ],
            };
            let tx = server.app.db.begin().await.unwrap();
            for number in [2, 3] {
                page_layout::Model {
                    version_id: version,
                    number,
                    layout: serde_json::to_string(&layout).unwrap(),
                }
                .into_active_model()
                .reset_all()
                .insert(&tx)
                .await
                .unwrap();
            }
            tx.commit().await.unwrap();
            vec![
                json!({ "asset_id": server.content(Content::default()).await }),
                json!({ "asset_id": asset, "page_number": 2 }),
            ]
        },
        json!({}),
    )
    .await;
    let layout = |item: usize, page: i32| {
        let path = format!("{}/pages/{}/{page}/layout", sent.path(), sent.item(item));
        async { sent.get(&{ path }).await }
    };
    let told: Value = layout(1, 2).await.json().await.unwrap();
    assert_eq!(
        told["lines"],
        json!([[[100, 200, 300, 400], "\u{5e9}\u{5dc}\u{5d5}\u{5dd} 42"]])
    );
    assert_eq!(
        told["links"],
        json!([[[100, 200, 300, 400], { "page": 4 }], [[100, 200, 300, 400], { "url": "https://example.org/" }]])
    );
    assert_eq!(layout(1, 3).await.status(), 404);
    let none: Value = layout(0, 1).await.json().await.unwrap();
    assert_eq!(none, json!({ "lines": [], "links": [] }));
}

#[actix_web::test]
async fn links_lead_from_one_single_page_to_another_of_the_same_document() {
    let sent = Sent::new(
        async |server| {
            let content = Content {
                pages: Content::pages(5),
                ..Content::default()
            };
            let asset = server.content(content).await;
            let row = asset::Entity::find_by_id(asset)
                .one(server.app.db.read())
                .await;
            let version = row.unwrap().unwrap().current_version_id.unwrap();
            let area = Area(100, 200, 300, 400);
            let to = |page| PageLink(area, LinkTarget::Page(page));
            let layout = PageLayout {
                lines: Vec::new(),
                links: vec![to(5), to(4), to(3)],
            };
            let tx = server.app.db.begin().await.unwrap();
            page_layout::Model {
                version_id: version,
                number: 3,
                layout: serde_json::to_string(&layout).unwrap(),
            }
            .into_active_model()
            .reset_all()
            .insert(&tx)
            .await
            .unwrap();
            tx.commit().await.unwrap();
            let page = |number: i32| json!({ "asset_id": asset, "page_number": number });
            // Another document has a fifth page as well, and comes first.
            let other = Content {
                pages: Content::pages(5),
                ..Content::default()
            };
            let other = server.content(other).await;
            vec![json!({ "asset_id": other }), page(5), page(3), page(3)]
        },
        json!({}),
    )
    .await;
    for (item, own) in [(2, 7), (3, 8)] {
        let path = format!("{}/pages/{}/3/layout", sent.path(), sent.item(item));
        let told: Value = sent.get(&path).await.json().await.unwrap();
        let pages: Vec<u64> = told["links"]
            .as_array()
            .unwrap()
            .iter()
            .map(|link| link[1]["page"].as_u64().unwrap())
            .collect();
        assert_eq!(pages, [6, own], "page 4 was not sent");
    }
}

/// A PDF of two pages: the first leads to the second, to the web, and to what nobody may be led to.
fn linked_pdf() -> Vec<u8> {
    let mut file =
        String::from_utf8(crate::support::pdf(&["First page\nmore", "Second page"])).unwrap();
    let annots = "/Annots[\
        <</Type/Annot/Subtype/Link/Rect[60 500 300 530]/Dest[6 0 R/Fit]>>\
        <</Type/Annot/Subtype/Link/Rect[60 430 300 450]/A<</S/URI/URI(https://example.org/a)>>>>\
        <</Type/Annot/Subtype/Link/Rect[60 400 300 420]/A<</S/URI/URI(javascript:alert\\(1\\))>>>>\
        <</Type/Annot/Subtype/Link/Rect[60 380 300 390]/A<</S/Launch/F(a.exe)>>>>]";
    let at = file.find("/MediaBox").unwrap();
    // The table of places is wrong from here on; readers mend that.
    file.insert_str(at, annots);
    file.into_bytes()
}

#[actix_web::test]
async fn the_converter_says_where_words_and_links_stand() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let asset = upload_and_convert(&marketer, "linked.pdf", linked_pdf(), &json!({})).await;
    let rows = page_layout::Entity::find()
        .order_by_asc(page_layout::Column::Number)
        .all(server.app.db.read())
        .await
        .unwrap();
    assert_eq!(rows.len(), 2, "{asset}");
    let first: PageLayout = serde_json::from_str(&rows[0].layout).unwrap();
    let words: Vec<&str> = first.lines.iter().map(|line| line.1.as_str()).collect();
    assert_eq!(words, ["First page", "more"]);
    let Area(left, top, width, height) = first.lines[0].0;
    assert!(
        (600..650).contains(&left) && (200..350).contains(&top),
        "{left} {top}"
    );
    assert!(
        (1_000..2_000).contains(&width) && (400..700).contains(&height),
        "{width} {height}"
    );
    let targets: Vec<&LinkTarget> = first.links.iter().map(|link| &link.1).collect();
    assert_eq!(
        targets,
        [
            &LinkTarget::Page(2),
            &LinkTarget::Url("https://example.org/a".to_owned())
        ]
    );
}
