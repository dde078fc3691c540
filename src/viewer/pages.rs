//! The pages behind the first ones: as pages of their own for who reads without script, and as a piece of the first
//! page for the script, which puts it where it belongs.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::audience::{Audience, Sender};
use super::closed::explain;
use super::content::{Addresses, Item, PageText, Window, load_items, page_total};
use super::contents::{Entry, Length, contents};
use super::render::{Frames, html};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::DownloadMode;
use crate::error::Result;
use crate::http::Principal;
use crate::ids::PitchId;
use crate::markdown::Piece;
use crate::pitches::{download_mode, shown_items};

/// How many pages stand on one page without script.
const AT_ONCE: usize = 20;

/// Which pages, and in which form.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct PagesQuery {
    /// The place of the first, from 1.
    #[serde(default = "first")]
    from: usize,
    /// All of the rest, as a piece of the page, for its script.
    #[serde(default)]
    rest: bool,
}

fn first() -> usize {
    1
}

#[derive(Template)]
#[template(path = "pages.html")]
struct PagesPage {
    title: String,
    sender: Sender,
    contents: Vec<Entry>,
    items: Vec<Item>,
    first: usize,
    last: usize,
    total: usize,
    base: String,
    printable: bool,
}

impl PagesPage {
    /// The place of the first page of what comes before, if anything does.
    fn before(&self) -> usize {
        self.first.saturating_sub(AT_ONCE).max(1)
    }
}

#[derive(Template)]
#[template(path = "rest.html")]
struct Rest {
    contents: Vec<Entry>,
    items: Vec<Item>,
}

/// Further pages, for whoever holds the link.
pub async fn pages(
    request: HttpRequest,
    token: web::Path<String>,
    query: web::Query<PagesQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let audience = match Audience::admit(&request, db.read(), &token, now).await {
        Ok(audience) => audience,
        Err(error) => return explain(&request, db.read(), &token, now, error).await,
    };
    draw(&request, &db, audience, *query, Frames::Never).await
}

/// Further pages, in a preview.
pub async fn preview_pages(
    request: HttpRequest,
    principal: Principal,
    id: web::Path<PitchId>,
    query: web::Query<PagesQuery>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let audience = Audience::by_preview(db.read(), &principal, *id).await?;
    draw(&request, &db, audience, *query, Frames::Own).await
}

async fn draw(
    request: &HttpRequest,
    db: &Db,
    audience: Audience,
    query: PagesQuery,
    frames: Frames,
) -> Result<HttpResponse> {
    let db = db.read();
    let watermarked = audience.is_watermarked();
    let Audience {
        pitch, link, base, ..
    } = audience;
    let shown = shown_items(db, pitch.id).await?;
    let total = page_total(&shown);
    let first = query.from.clamp(1, total.max(1));
    let last = if query.rest {
        total
    } else {
        total.min(first + AT_ONCE - 1)
    };
    let window = Window {
        first,
        last,
        // With script the text comes with its places.
        room: if query.rest { 0 } else { usize::MAX },
    };
    let downloads = link.as_ref().map_or(DownloadMode::Off, download_mode);
    let addresses = Addresses {
        base: &base,
        downloads,
        watermarked,
    };
    let items = load_items(db, &shown, window, addresses).await?;
    let drawn = if query.rest { 1..=total } else { first..=last };
    let contents = contents(db, &shown, &base, drawn, Length::Full).await?;
    if query.rest {
        return html(request, StatusCode::OK, &Rest { contents, items }, frames);
    }
    let page = PagesPage {
        sender: Sender::of(db, &pitch).await?,
        title: pitch.title,
        contents,
        items,
        first,
        last,
        total,
        printable: link.is_none() || downloads != DownloadMode::Off,
        base,
    };
    html(request, StatusCode::OK, &page, frames)
}
