//! The list of readers whose pages have changed.

use actix_web::web;
use chrono::{DateTime, Utc};

use super::find::{Found, Reader, find, telling};
use super::stale::Stale;
use super::views::{
    ChangedPage, PageNow, ReaderStatus, SupersededReader, SupersededVersion, SupersededView,
};
use crate::auth::UserRef;
use crate::clock::Clock;
use crate::config::Config;
use crate::crm::{self, ObstacleKind};
use crate::db::Db;
use crate::engagement::{VisitOpportunity, VisitPitch};
use crate::error::Result;
use crate::http::{Principal, Problem};
use crate::ids::{AssetId, VersionId};
use crate::keys::Keys;
use crate::library::{self, Became, find_asset};
use crate::pitches::{LinkState, link_url, may_change_pitches_of};

/// Who has read pages of an asset that have since changed. Reps see the readers of their own deals, marketers all.
#[utoipa::path(get, path = "/api/v1/assets/{id}/superseded", tag = "engagement", params(AssetId), responses(
    (status = 200, body = SupersededView), (status = 404, body = Problem),
))]
pub async fn superseded_pages(
    principal: Principal,
    id: web::Path<AssetId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
) -> Result<web::Json<SupersededView>> {
    let asset = find_asset(db.read(), &principal, *id).await?;
    let mut found = find(db.read(), &asset, crm::visible_opportunities(&principal)).await?;
    let now = clock.now();
    found.look_up_standings(db.read(), now).await?;
    let items = found
        .readers
        .iter()
        .map(|reader| {
            let mut view = view(reader, &found, &principal, now);
            let is_open = LinkState::of(&reader.link, now) == LinkState::Active;
            if view.may_tell && is_open {
                view.url = Some(url(
                    reader,
                    &found,
                    &link_url(&config, &keys, reader.link.id),
                ));
            }
            view
        })
        .collect();
    Ok(web::Json(SupersededView {
        asset_id: asset.id,
        items,
        left_out: found.left_out,
        message: default_message(&asset.title),
        current: found.current.map(|version| SupersededVersion {
            id: version.id,
            number: version.number,
            change_note: version.change_note,
        }),
    }))
}

/// What a mail says where nobody says otherwise.
pub(super) fn default_message(title: &str) -> String {
    format!(
        "Since you read \u{201c}{title}\u{201d}, we have updated it. \
         Below is what is new on the pages that you have seen, so that you have the current facts at hand."
    )
}

fn view(
    reader: &Reader,
    found: &Found,
    principal: &Principal,
    now: DateTime<Utc>,
) -> SupersededReader {
    let context = &reader.context;
    let (status, status_detail) = status(reader, found, now);
    SupersededReader {
        link_id: reader.link.id,
        name: name(reader).map(str::to_owned),
        email: address(reader).map(str::to_owned),
        account_name: context.account_name.clone(),
        opportunity: VisitOpportunity {
            id: context.opportunity_id,
            name: context.opportunity_name.clone(),
        },
        pitch: VisitPitch {
            id: context.pitch_id,
            title: context.pitch_title.clone(),
        },
        owner: reader.owner.as_ref().map(|owner| UserRef {
            id: owner.id,
            name: owner.name.clone(),
        }),
        read_at: reader
            .stale
            .iter()
            .map(|stale| stale.read.at)
            .max()
            .unwrap_or(reader.link.created_at),
        pages: reader
            .stale
            .iter()
            .map(|stale| changed_page(reader, stale, found))
            .collect(),
        status,
        status_detail,
        may_tell: reader
            .owner
            .as_ref()
            .is_some_and(|owner| may_change_pitches_of(principal, owner)),
        url: None,
    }
}

/// The name of the reader, as far as it is known.
pub(super) fn name(reader: &Reader) -> Option<&str> {
    let contact = reader.contact.as_ref().map(|contact| contact.name.as_str());
    reader.link.recipient_name.as_deref().or(contact)
}

/// The address of the reader, as far as it is known.
pub(super) fn address(reader: &Reader) -> Option<&str> {
    let contact = reader
        .contact
        .as_ref()
        .and_then(|contact| contact.email.as_deref());
    reader.link.recipient_email.as_deref().or(contact)
}

/// Whether and how a reader can be told.
pub(super) fn status(reader: &Reader, found: &Found, now: DateTime<Utc>) -> (ReaderStatus, String) {
    let tellings = reader
        .stale
        .iter()
        .map(|stale| telling(reader.link.id, stale));
    let told: Vec<_> = tellings.map(|key| found.told.get(&key).copied()).collect();
    if told.iter().all(Option::is_some) {
        return (ReaderStatus::Told, "They were told.".to_owned());
    }
    match LinkState::of(&reader.link, now) {
        LinkState::Active | LinkState::Scheduled => {}
        LinkState::Revoked => {
            return (
                ReaderStatus::Revoked,
                "Their link was taken back.".to_owned(),
            );
        }
        LinkState::Expired => {
            return (ReaderStatus::Expired, "Their link has run out.".to_owned());
        }
    }
    let shows_current = reader
        .stale
        .iter()
        .any(|stale| shows_current(reader, stale, found));
    if !shows_current {
        return (
            ReaderStatus::NotShown,
            "Their pitch does not show the new pages: it keeps an older version, or leaves them out."
                .to_owned(),
        );
    }
    if address(reader).is_none() {
        return (
            ReaderStatus::NoAddress,
            "No address is known; copy the message instead.".to_owned(),
        );
    }
    let bounced = reader
        .contact
        .as_ref()
        .is_some_and(|contact| contact.bounced);
    let against = found
        .standings
        .of(reader.link.contact_id, address(reader), bounced);
    match against.into_iter().next() {
        Some(obstacle) if obstacle.kind == ObstacleKind::Bounced => {
            return (
                ReaderStatus::Bounced,
                "Mail to this address came back; copy the message instead.".to_owned(),
            );
        }
        Some(obstacle) => return (ReaderStatus::Refused, obstacle.detail),
        None => {}
    }
    (ReaderStatus::CanBeTold, "They can be told.".to_owned())
}

/// Whether the reader's pitch shows what the page is now, or that it is gone.
fn shows_current(reader: &Reader, stale: &Stale, found: &Found) -> bool {
    match stale.became.page() {
        Some(page) => ordinal(reader, stale, page, found).is_some(),
        None => {
            let item = reader.layout.item(stale.read.item);
            item.is_some_and(|item| Some(item.version_id) == current(found))
        }
    }
}

fn current(found: &Found) -> Option<VersionId> {
    found.current.as_ref().map(|version| version.id)
}

fn ordinal(reader: &Reader, stale: &Stale, page: i32, found: &Found) -> Option<usize> {
    let item = reader.layout.item_showing(stale.read.item, page)?;
    if Some(item.version_id) != current(found) {
        return None;
    }
    reader.layout.ordinal(stale.read.item, page)
}

fn changed_page(reader: &Reader, stale: &Stale, found: &Found) -> ChangedPage {
    let title = |version: VersionId, page: i32| {
        let title = found.titles.get(&(version, page));
        title.cloned().unwrap_or_default()
    };
    let now = match (&stale.became, current(found)) {
        (
            Became::Changed {
                page,
                text,
                picture,
                ..
            },
            Some(current),
        ) => Some(PageNow {
            page_number: *page,
            title: title(current, *page),
            thumbnail_url: library::page_thumbnail_url(current, *page),
            text_changed: *text,
            picture_changed: *picture,
            ordinal: ordinal(reader, stale, *page, found),
        }),
        _ => None,
    };
    ChangedPage {
        item_id: stale.read.item,
        version_id: stale.read.version,
        version_number: stale.read.number,
        page_number: stale.read.page,
        title: title(stale.read.version, stale.read.page),
        thumbnail_url: library::page_thumbnail_url(stale.read.version, stale.read.page),
        now,
        read_at: stale.read.at,
        told_at: found.told.get(&telling(reader.link.id, stale)).copied(),
    }
}

/// The reader's link at the first page of which they were not told yet, or at its beginning.
pub(super) fn url(reader: &Reader, found: &Found, link: &str) -> String {
    let place = reader
        .stale
        .iter()
        .filter(|stale| !found.told.contains_key(&telling(reader.link.id, stale)))
        .find_map(|stale| ordinal(reader, stale, stale.became.page()?, found));
    match place {
        Some(place) => format!("{link}#p{place}"),
        None => link.to_owned(),
    }
}

/// The pages of which a reader has not been told, as lines of a mail.
pub(super) fn points(reader: &Reader, found: &Found, link: &str) -> Vec<crate::mail::Point> {
    reader
        .stale
        .iter()
        .filter(|stale| !found.told.contains_key(&telling(reader.link.id, stale)))
        .map(|stale| {
            let page = changed_page(reader, stale, found);
            let (title, detail, place) = match page.now {
                Some(now) => {
                    let detail = format!("Page {}", now.page_number);
                    (now.title, detail, now.ordinal)
                }
                None => (page.title, "This page is gone".to_owned(), None),
            };
            crate::mail::Point {
                title: if title.is_empty() {
                    format!("Page {}", stale.read.page)
                } else {
                    title
                },
                detail,
                url: place.map(|place| format!("{link}#p{place}")),
            }
        })
        .collect()
}
