//! The page itself, for the prospect and as a preview.

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;

use super::audience::{Audience, Sender};
use super::browser::{is_prefetch, meet};
use super::closed::explain;
use super::content::{Addresses, Entry, Item, PageText, contents, load_items};
use super::render::{Frames, html};
use super::words::{Piece, pieces};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::engagement::{Fetch, Ingest, begin_visit};
use crate::error::{Error, Result};
use crate::http::Principal;
use crate::ids::PitchId;
use crate::keys::Keys;
use crate::pitches::{Layout, ShownItem, shown_items};

#[derive(Template)]
#[template(path = "page.html")]
struct PitchPage {
    title: String,
    sender: Sender,
    sent_on: String,
    message: Vec<Piece>,
    contents: Vec<Entry>,
    items: Vec<Item>,
    /// How many pages there are, in words; the script says which one is in view.
    count: String,
    /// What chat tools show beside the link.
    card: Card,
    /// The last day of the link.
    until: Option<String>,
    /// Absent in a preview, which reports nothing and makes no links.
    recording: Option<Recording>,
}

/// What chat tools show of a link. Asking for it counts as nothing.
struct Card {
    description: String,
    /// Absent in a preview, and where there is no page to show.
    image: Option<CardImage>,
}

struct CardImage {
    url: String,
    width: i32,
    height: i32,
}

impl Card {
    /// Longer descriptions are cut by whoever shows them, in the middle of a word.
    const LONGEST: usize = 180;

    fn new(message: &str, otherwise: String, image: Option<CardImage>) -> Self {
        let words: Vec<&str> = message.split_whitespace().collect();
        let mut description = words.join(" ");
        if description.is_empty() {
            description = otherwise;
        }
        if description.chars().count() > Self::LONGEST {
            let cut: String = description.chars().take(Self::LONGEST).collect();
            let whole = cut
                .rsplit_once(' ')
                .map_or(cut.as_str(), |(whole, _)| whole);
            description = format!("{whole}\u{2026}");
        }
        Self { description, image }
    }
}

/// What the page reports and shares with.
struct Recording {
    /// The path of the link.
    base: String,
    /// The visit token.
    visit: String,
}

/// The page behind a link. Every load of it begins a visit, which counts for nothing until the page reports.
pub async fn page(
    request: HttpRequest,
    token: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
    ingest: web::Data<Ingest>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let audience = match Audience::by_token(db.read(), &token, now).await {
        Ok(audience) => audience,
        Err(error) => return explain(&request, db.read(), &token, now, error).await,
    };
    let shown = shown_items(db.read(), audience.pitch.id).await?;
    let (seen, cookie) = meet(&request);
    let visit = audience.link.as_ref().map(|link| {
        let start = begin_visit(&keys, link.id, now);
        ingest.note_fetched(Fetch {
            visit: start.visit,
            link: link.id,
            layout: &Layout::of(&shown),
            seen,
            head: request.method() == Method::HEAD,
            prefetch: is_prefetch(&request),
        });
        start.token
    });
    let page = draw(db.read(), &config, audience, shown, visit).await?;
    let mut response = html(&request, StatusCode::OK, &page, Frames::Never)?;
    if let Some(cookie) = cookie {
        response.add_cookie(&cookie).map_err(Error::internal)?;
    }
    Ok(response)
}

/// The same page for the rep, with recording off.
pub async fn preview(
    request: HttpRequest,
    principal: Principal,
    id: web::Path<PitchId>,
    db: web::Data<Db>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let audience = Audience::by_preview(db.read(), &principal, *id).await?;
    let shown = shown_items(db.read(), audience.pitch.id).await?;
    let page = draw(db.read(), &config, audience, shown, None).await?;
    html(&request, StatusCode::OK, &page, Frames::Own)
}

async fn draw<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    audience: Audience,
    shown: Vec<ShownItem>,
    visit: Option<String>,
) -> Result<PitchPage> {
    let Audience { pitch, link, base } = audience;
    let addresses = Addresses {
        base: &base,
        downloads: link.as_ref().is_some_and(|link| link.download_allowed),
        visit: visit.as_deref(),
    };
    let items = load_items(db, &pitch, shown, addresses).await?;
    let total = items
        .iter()
        .map(|item| item.pages.len() + usize::from(item.video.is_some()))
        .sum();
    let sent_at = link
        .as_ref()
        .map_or(pitch.updated_at, |link| link.created_at);
    let sender = Sender::of(db, &pitch).await?;
    let count = match total {
        1 => "1 page".to_owned(),
        _ => format!("{total} pages"),
    };
    let image = recording_base(visit.as_ref(), &base)
        .zip(items.iter().flat_map(|item| &item.pages).next())
        .map(|(base, page)| CardImage {
            url: format!("{}{base}/cover.jpg", config.public_url()),
            width: page.width.min(960),
            height: page.height * page.width.min(960) / page.width.max(1),
        });
    let from = format!("{count} from {}", sender.name);
    Ok(PitchPage {
        sender,
        card: Card::new(&pitch.message, from, image),
        sent_on: day(sent_at),
        message: pieces(&pitch.message),
        contents: contents(&items),
        count,
        until: link.and_then(|link| link.expires_at).map(day),
        recording: visit.map(|visit| Recording { base, visit }),
        title: pitch.title,
        items,
    })
}

/// The path of the link, where the page is one's and no preview.
fn recording_base<'a>(visit: Option<&String>, base: &'a str) -> Option<&'a str> {
    visit.map(|_| base)
}

/// A day as the page writes it.
fn day(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y").to_string()
}
