//! The page itself, for the prospect and as a preview.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;

use super::audience::{Audience, Sender};
use super::browser::{is_prefetch, meet};
use super::closed::explain;
use super::content::{Addresses, Item, PageText, Window, load_items, page_total};
use super::contents::{Entry, Length, contents};
use super::gate::ask;
use super::kept::{Kept, Pages};
use super::render::{Extras, Frames, Prepared, dressed};
use super::steps::{Step, load_steps};
use super::{MESSAGE_STYLE, STEPS_SCRIPT, STEPS_STYLE};
use crate::brands::{Logo, look_of};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::engagement::{Before, Fetch, Ingest, begin_visit, go_on};
use crate::entities::DownloadMode;
use crate::error::{Code, Error, Result};
use crate::http::Principal;
use crate::ids::PitchId;
use crate::keys::Keys;
use crate::markdown::{Piece, message_html, message_words};
use crate::pitches::{Layout, ShownItem, download_mode, shown_items};

/// How many pages stand on the first page. The others come when it is shown, or by a link without script.
pub(super) const FIRST_PAGES: usize = 4;

#[derive(Template)]
#[template(path = "page.html")]
struct PitchPage {
    title: String,
    sender: Sender,
    sent_on: String,
    /// Safe HTML.
    message: String,
    contents: Vec<Entry>,
    items: Vec<Item>,
    steps: Vec<Step>,
    logo: Option<Logo>,
    /// How many pages there are; the script says which one is in view.
    total: usize,
    /// The path of the link or of the preview.
    base: String,
    /// What chat tools show beside the link.
    card: Card,
    /// The last day of the link.
    until: Option<String>,
    /// Whether what is shown may be printed.
    printable: bool,
    /// The visit token. Absent in a preview, which reports nothing and makes no links.
    visit: Option<String>,
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
        let plain = message_words(message);
        let words: Vec<&str> = plain.split_whitespace().collect();
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

impl PitchPage {
    /// The place of the first page that does not stand here.
    fn more(&self) -> Option<usize> {
        (self.total > FIRST_PAGES).then_some(FIRST_PAGES + 1)
    }
}

/// Stands for the visit token while a page is kept. No text that people type can hold it: it is not text.
const MARK: &str = "\u{1}visit\u{1}";

/// The page behind a link. A load of it begins a visit, unless the same browser is in the midst of one; it counts for
/// nothing until the page reports.
pub async fn page(
    request: HttpRequest,
    token: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
    ingest: web::Data<Ingest>,
    pages: web::Data<Pages>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let kept = match pages.get(&token, now, db.read_mark()).await {
        Some(kept) => kept,
        None => match draw_once(&request, &db, &config, &pages, &token, now).await {
            Ok(kept) => kept,
            // Chat tools that ask for a preview read the neutral title of the gate only if it comes as a page.
            Err(error) if error.code == Code::Gated => {
                return ask(&request, db.read(), &token, now, StatusCode::OK, None).await;
            }
            Err(error) => return explain(&request, db.read(), &token, now, error).await,
        },
    };
    let (seen, cookie) = meet(&request, &keys, kept.link);
    // A browser that has no name yet was never here.
    let mut before = match (&cookie, seen.browser_id.as_str()) {
        (None, name) if !name.is_empty() => ingest.before(kept.link, name).await?,
        _ => Before::default(),
    };
    // Who entered the code from the mail is known, whatever was known before, unless they do not want to be.
    if kept.email.is_some() && !seen.unnamed {
        before.verified.clone_from(&kept.email);
    }
    let start = match before.going_on {
        Some(visit) => go_on(&keys, kept.link, visit),
        None => begin_visit(&keys, kept.link, now),
    };
    if kept.is_worth_a_note() {
        ingest.note_fetched(Fetch {
            visit: start.visit,
            link: kept.link,
            layout: &kept.layout,
            seen,
            head: request.method() == Method::HEAD,
            prefetch: is_prefetch(&request),
            before,
        });
    } else {
        Ingest::leave_out_fetch();
    }
    let mut response = kept.page.reply(&request, &start.token)?;
    if let Some(cookie) = cookie {
        response.add_cookie(&cookie).map_err(Error::internal)?;
    }
    Ok(response)
}

/// The page of a token, drawn by one for all who come at once.
async fn draw_once(
    request: &HttpRequest,
    db: &Db,
    config: &Config,
    pages: &Pages,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Arc<Kept>> {
    let _turn = pages.turn(token).await;
    match pages.get(token, now, db.read_mark()).await {
        Some(kept) => Ok(kept),
        None => prepare(request, db, config, pages, token, now).await,
    }
}

/// Draws the page of a token and keeps it for those who come next, if there is nothing before it.
async fn prepare(
    request: &HttpRequest,
    db: &Db,
    config: &Config,
    pages: &Pages,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Arc<Kept>> {
    let mark = db.read_mark();
    let audience = Audience::admit(request, db.read(), token, now).await?;
    let link = audience
        .link
        .clone()
        .ok_or_else(|| Error::internal("a reader without a link"))?;
    let gated = audience.gated;
    let email = audience.email.clone();
    let shown = shown_items(db.read(), audience.pitch.id).await?;
    let layout = Layout::of(&shown);
    let visit = Some(MARK.to_owned());
    let (page, extras) = draw(db.read(), config, audience, &shown, now, visit).await?;
    let mut body = page.render().map_err(Error::internal)?;
    let policy = extras.put_into(&mut body, Frames::Never);
    let mut page = Prepared::of(body, MARK, policy);
    if let Some(before) = pages.before(token).await {
        page = page.packed_as(&before.page);
    }
    let kept = Arc::new(Kept {
        link: link.id,
        expires_at: link.expires_at,
        layout,
        page,
        noted: AtomicU32::new(0),
        email,
        mark,
    });
    // Whoever comes next may not have passed the gates.
    if !gated {
        pages.keep(token, Arc::clone(&kept)).await;
    }
    Ok(kept)
}

/// The same page for the rep, with recording off.
pub async fn preview(
    request: HttpRequest,
    principal: Principal,
    id: web::Path<PitchId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let audience = Audience::by_preview(db.read(), &principal, *id).await?;
    let shown = shown_items(db.read(), audience.pitch.id).await?;
    let (page, extras) = draw(db.read(), &config, audience, &shown, clock.now(), None).await?;
    dressed(&request, StatusCode::OK, &page, Frames::Own, &extras)
}

async fn draw<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    audience: Audience,
    shown: &[ShownItem],
    now: DateTime<Utc>,
    visit: Option<String>,
) -> Result<(PitchPage, Extras)> {
    let watermarked = audience.is_watermarked();
    let Audience {
        pitch,
        link,
        base,
        gated,
        ..
    } = audience;
    // What stands behind a gate is not shown in chats, and neither is a picture with somebody's address in it.
    let shows_image = !gated && !watermarked;
    let downloads = link.as_ref().map_or(DownloadMode::Off, download_mode);
    let total = page_total(shown);
    let notes = shown
        .iter()
        .map(|shown| shown.item.note.len() + shown.item.section.len());
    let window = Window {
        first: 1,
        last: FIRST_PAGES,
        room: room_for_text(pitch.message.len() + notes.sum::<usize>()),
    };
    let addresses = Addresses {
        base: &base,
        downloads,
        watermarked,
    };
    let items = load_items(db, shown, window, addresses).await?;
    let sent_at = link
        .as_ref()
        .map_or(pitch.updated_at, |link| link.created_at);
    let sender = Sender::of(db, &pitch).await?;
    let look = look_of(db, sender.team).await?;
    let steps = load_steps(db, pitch.id, &sender.name, now.date_naive()).await?;
    let can_tick = visit.is_some() && steps.iter().any(|step| step.theirs);
    let count = match total {
        1 => "1 page".to_owned(),
        _ => format!("{total} pages"),
    };
    let image = recording_base(visit.as_ref(), &base)
        .filter(|_| shows_image)
        .zip(items.iter().flat_map(|item| &item.pages).next())
        .map(|(base, page)| CardImage {
            url: format!("{}{base}/cover.jpg", config.public_url()),
            width: page.width.min(960),
            height: page.height * page.width.min(960) / page.width.max(1),
        });
    let from = format!("{count} from {}", sender.name);
    let page = PitchPage {
        steps,
        logo: look.logo.clone(),
        sender,
        card: Card::new(&pitch.message, from, image),
        sent_on: day(sent_at),
        message: message_html(&pitch.message),
        contents: contents(db, shown, &base, 1..=FIRST_PAGES, Length::Short).await?,
        total,
        until: link.as_ref().and_then(|link| link.expires_at).map(day),
        // Whoever previews sees what they could print anyway.
        printable: link.is_none() || downloads != DownloadMode::Off,
        visit,
        title: pitch.title,
        base,
        items,
    };
    let mut extras = Extras::of(&look);
    if !page.message.is_empty() {
        extras.style.push_str(MESSAGE_STYLE);
    }
    if !page.steps.is_empty() {
        extras.style.push_str(STEPS_STYLE);
    }
    if can_tick {
        extras.script = STEPS_SCRIPT;
    }
    Ok((page, extras))
}

/// The path of the link, where the page is one's and no preview.
fn recording_base<'a>(visit: Option<&String>, base: &'a str) -> Option<&'a str> {
    visit.map(|_| base)
}

/// How many bytes of the pages' text stand in the page itself. The page may weigh 6 KB packed; what its script, style
/// and pictures' addresses and the sender's words leave of that is for text.
fn room_for_text(words: usize) -> usize {
    const ROOM: usize = 740;
    ROOM.saturating_sub(words)
}

/// A day as the page writes it.
pub(super) fn day(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y").to_string()
}
