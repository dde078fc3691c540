//! Telling readers that pages they read have changed: one mail each, in the name of the pitch's owner.

use std::collections::HashSet;

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
};
use serde::{Deserialize, Serialize};

use super::find::{Found, Reader, find, telling};
use super::route::{address, default_message, name, points, status, url};
use super::views::ReaderStatus;
use crate::clock::Clock;
use crate::config::Config;
use crate::crm;
use crate::db::Db;
use crate::entities::{asset, change_telling, pitch_link};
use crate::error::{Code, Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::{AssetId, LinkId, MailId};
use crate::library::find_asset;
use crate::mail::{
    self, Button, LINK_TOKEN, Letter, NewMail, OPT_OUT_TOKEN, Recipient, opt_out_path,
};
use crate::pitches::{LinkState, may_change_pitches_of};

const MOST_READERS: usize = 200;
const LONGEST_MESSAGE: usize = 4_000;

/// Whom to tell, and how.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TellReaders {
    /// The readers' links.
    pub link_ids: Vec<LinkId>,
    /// The words above the list of pages; a short standard text where not said.
    pub message: Option<String>,
    /// The rep tells them in their own way: no mail goes out, but it is noted that they know.
    #[serde(default)]
    pub by_hand: bool,
}

/// Who was told.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct Told {
    /// They were told now.
    pub told: Vec<LinkId>,
    /// They were not, and why.
    pub not_told: Vec<NotTold>,
}

/// Somebody who was not told.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct NotTold {
    /// Their link.
    pub link_id: LinkId,
    /// Why.
    pub reason: String,
}

/// Tell readers that pages they read have changed. Each change is told once, however often this is asked for.
#[utoipa::path(post, path = "/api/v1/assets/{id}/superseded/tell", tag = "engagement", params(AssetId),
    request_body = TellReaders, responses(
    (status = 200, body = Told), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn tell_readers(
    principal: Principal,
    id: web::Path<AssetId>,
    body: web::Json<TellReaders>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    config: web::Data<Config>,
) -> Result<web::Json<Told>> {
    let wanted = checked(body.into_inner())?;
    let asset = find_asset(db.read(), &principal, *id).await?;
    // Comparing pages takes a while; it is done before the writer is taken.
    let mut found = find(db.read(), &asset, crm::visible_opportunities(&principal)).await?;
    let now = clock.now();
    let tx = db.begin().await?;
    // Whoever opted out a moment ago is not written to.
    found.look_up_standings(&tx, now).await?;
    let mut outcome = Told::default();
    for link in &wanted.link_ids {
        let reader = found.readers.iter().find(|reader| reader.link.id == *link);
        let letter = Telling {
            asset: &asset,
            found: &found,
            wanted: &wanted,
            config: &config,
            now,
        };
        match letter.tell(&tx, &principal, reader).await {
            Ok(()) => outcome.told.push(*link),
            Err(error) if error.code == Code::Internal => return Err(error),
            Err(error) => outcome.not_told.push(NotTold {
                link_id: *link,
                reason: error.detail,
            }),
        }
    }
    tx.commit().await?;
    Ok(web::Json(outcome))
}

fn checked(mut wanted: TellReaders) -> Result<TellReaders> {
    let mut seen = HashSet::new();
    wanted.link_ids.retain(|link| seen.insert(*link));
    if wanted.link_ids.is_empty() || wanted.link_ids.len() > MOST_READERS {
        return Err(Error::field(
            "link_ids",
            format!("Say whom to tell: 1 to {MOST_READERS} readers."),
        ));
    }
    wanted.message = wanted
        .message
        .map(|message| message.trim().replace('\0', ""))
        .filter(|message| !message.is_empty());
    let is_too_long = |message: &String| message.chars().count() > LONGEST_MESSAGE;
    if wanted.message.as_ref().is_some_and(is_too_long) {
        return Err(Error::field(
            "message",
            format!("A message has {LONGEST_MESSAGE} characters at the most."),
        ));
    }
    Ok(wanted)
}

/// What one telling is made of.
struct Telling<'a> {
    asset: &'a asset::Model,
    found: &'a Found,
    wanted: &'a TellReaders,
    config: &'a Config,
    now: DateTime<Utc>,
}

impl Telling<'_> {
    /// Tells one reader, or says why not.
    async fn tell<C: ConnectionTrait>(
        &self,
        tx: &C,
        principal: &Principal,
        reader: Option<&Reader>,
    ) -> Result<()> {
        let reader = reader.ok_or_else(|| {
            Error::new(
                Code::NotFound,
                "They have read no page that has changed, or you may not see it.",
            )
        })?;
        let owner = reader.owner.as_ref();
        if !owner.is_some_and(|owner| may_change_pitches_of(principal, owner)) {
            return Err(Error::new(
                Code::Forbidden,
                "This pitch belongs to somebody else; its owner or their manager can tell them.",
            ));
        }
        let (status, detail) = status(reader, self.found, self.now);
        let by_hand = self.wanted.by_hand
            && matches!(status, ReaderStatus::NoAddress | ReaderStatus::Bounced);
        if status != ReaderStatus::CanBeTold && !by_hand {
            return Err(Error::new(Code::Conflict, detail));
        }
        // A link that was taken back a moment ago is told nothing.
        let link = pitch_link::Entity::find_by_id(reader.link.id)
            .filter(pitch_link::Column::RevokedAt.is_null())
            .one(tx)
            .await?;
        if link.is_none_or(|link| LinkState::of(&link, self.now) != LinkState::Active) {
            return Err(Error::new(Code::Gone, "Their link no longer opens."));
        }
        let mail = if self.wanted.by_hand {
            None
        } else {
            Some(self.queue_mail(tx, reader).await?)
        };
        self.note(tx, principal, reader, mail).await
    }

    /// Notes of what they were told; if all of it was noted already, somebody else was quicker.
    async fn note<C: ConnectionTrait>(
        &self,
        tx: &C,
        principal: &Principal,
        reader: &Reader,
        mail: Option<MailId>,
    ) -> Result<()> {
        let rows = reader.stale.iter().map(|stale| {
            let (link_id, version_id, page_number, became) = telling(reader.link.id, stale);
            change_telling::ActiveModel {
                link_id: Set(link_id),
                version_id: Set(version_id),
                page_number: Set(page_number),
                became: Set(became),
                told_by: Set(principal.user_id),
                mail_id: Set(mail),
                told_at: Set(self.now),
            }
        });
        let written = change_telling::Entity::insert_many(rows)
            .on_conflict(
                OnConflict::columns([
                    change_telling::Column::LinkId,
                    change_telling::Column::VersionId,
                    change_telling::Column::PageNumber,
                    change_telling::Column::Became,
                ])
                .do_nothing()
                .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
        if written == 0 {
            return Err(Error::new(Code::Conflict, "They were told already."));
        }
        Ok(())
    }

    async fn queue_mail<C: ConnectionTrait>(&self, tx: &C, reader: &Reader) -> Result<MailId> {
        let address = address(reader).unwrap_or_default();
        let to = Recipient::parse(name(reader), address)
            .map_err(|reason| Error::new(Code::Invalid, reason))?;
        let owner = reader.owner.as_ref();
        let link = format!("{}/p/{LINK_TOKEN}", self.config.public_url());
        let subject = format!("Updated since you read it: {}", self.asset.title);
        let message = self.wanted.message.clone();
        let sender = owner.map(|owner| owner.name.as_str());
        let letter = Letter {
            greeting: match name(reader) {
                Some(name) => format!("Hello {name},"),
                None => "Hello,".to_owned(),
            },
            paragraphs: vec![message.unwrap_or_else(|| default_message(&self.asset.title))],
            points: points(reader, self.found, &link),
            button: Some(Button {
                label: "See what is new".to_owned(),
                url: url(reader, self.found, &link),
            }),
            signature: sender.unwrap_or_default().to_owned(),
            footer: format!(
                "You get this because you read these pages in \u{201c}{}\u{201d}. \
                 The link is yours alone; please do not pass this mail on.",
                reader.context.pitch_title
            ),
            opt_out: Some(format!(
                "{}{}",
                self.config.public_url(),
                opt_out_path(OPT_OUT_TOKEN)
            )),
            ..Letter::default()
        };
        let new = NewMail {
            to,
            from_name: sender,
            reply_to: owner
                .and_then(|owner| Recipient::parse(Some(&owner.name), &owner.email).ok()),
            subject: &subject,
            letter,
            link: Some(reader.link.id),
            purpose: "changed_page",
            about: Some(("asset", self.asset.id.0)),
            dedupe_key: &dedupe_key(reader),
        };
        mail::queue(tx, self.now, new).await
    }
}

/// One mail per reader and set of changes.
fn dedupe_key(reader: &Reader) -> String {
    let mut hasher = blake3::Hasher::new();
    for stale in &reader.stale {
        let (_, version, page, became) = telling(reader.link.id, stale);
        hasher.update(format!("{version} {page} {became}\n").as_bytes());
    }
    format!(
        "changed_page:{}:{}",
        reader.link.id,
        hasher.finalize().to_hex()
    )
}
