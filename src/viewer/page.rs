//! The page itself, for the prospect and as a preview.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;

use super::audience::{Audience, Sender};
use super::closed::explain;
use super::content::{Addresses, Entry, Item, PageText, contents, load_items};
use super::render::{Frames, html};
use super::words::{Piece, pieces};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::error::Result;
use crate::http::Principal;
use crate::ids::PitchId;

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
    /// The picture that chat tools show beside the link.
    image: Option<String>,
    /// The last day of the link.
    until: Option<String>,
    visit: Option<String>,
    link: Option<LinkForms>,
}

/// What only a prospect's page has.
struct LinkForms {
    base: String,
    visit: String,
}

/// The page behind a link.
pub async fn page(
    token: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let audience = match Audience::by_token(db.read(), &token, now).await {
        Ok(audience) => audience,
        Err(error) => return explain(db.read(), &token, now, error).await,
    };
    let page = draw(db.read(), &config, audience, None).await?;
    html(StatusCode::OK, &page, Frames::Never)
}

/// The same page for the rep, with recording off.
pub async fn preview(
    principal: Principal,
    id: web::Path<PitchId>,
    db: web::Data<Db>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let audience = Audience::by_preview(db.read(), &principal, *id).await?;
    let page = draw(db.read(), &config, audience, None).await?;
    html(StatusCode::OK, &page, Frames::Own)
}

async fn draw<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    audience: Audience,
    visit: Option<String>,
) -> Result<PitchPage> {
    let Audience { pitch, link, base } = audience;
    let addresses = Addresses {
        base: &base,
        downloads: link.as_ref().is_some_and(|link| link.download_allowed),
        visit: visit.as_deref(),
    };
    let items = load_items(db, &pitch, addresses).await?;
    let total = items
        .iter()
        .map(|item| item.pages.len() + usize::from(item.video.is_some()))
        .sum();
    let sent_at = link
        .as_ref()
        .map_or(pitch.updated_at, |link| link.created_at);
    Ok(PitchPage {
        sender: Sender::of(db, &pitch).await?,
        sent_on: day(sent_at),
        message: pieces(&pitch.message),
        contents: contents(&items),
        count: match total {
            1 => "1 page".to_owned(),
            _ => format!("{total} pages"),
        },
        image: items
            .iter()
            .flat_map(|item| &item.pages)
            .next()
            .map(|page| format!("{}{}", config.public_url(), page.src)),
        until: link.as_ref().and_then(|link| link.expires_at).map(day),
        link: link.map(|_| LinkForms {
            base: base.clone(),
            visit: visit.clone().unwrap_or_default(),
        }),
        title: pitch.title,
        visit,
        items,
    })
}

/// A day as the page writes it.
fn day(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y").to_string()
}
