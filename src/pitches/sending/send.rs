//! Sending one link to its recipient.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _,
};
use serde::Deserialize;

use super::letter::{Matter, Words};
use super::state::attach_mails;
use crate::clock::Clock;
use crate::config::Config;
use crate::crm::{Obstacle, Standings};
use crate::db::Db;
use crate::entities::{contact, link_send, pitch, pitch_link, send_override, user};
use crate::error::{Code, Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::{LinkId, UserId};
use crate::keys::Keys;
use crate::mail::{self, NewMail, Recipient};
use crate::pitches::links::refuse_flagged;
use crate::pitches::load::link_view;
use crate::pitches::placeholders::refuse_unfilled_words;
use crate::pitches::reads::link_reads;
use crate::pitches::scope::{find_link, require_may_change};
use crate::pitches::views::{LinkState, LinkView};

/// A link to be sent by mail.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSend {
    /// What mail programs list; the pitch's title, where not said.
    pub subject: Option<String>,
    /// The personal words above the link; the pitch's message, where not said.
    pub message: Option<String>,
    /// How many mails with this link the sender knows of: 0 sends the first. Where there is one more already, nothing is
    /// sent again, so that a second click is no second mail.
    #[serde(default)]
    pub after: i32,
}

/// Send a link to its recipient by mail, in the name of the pitch's owner. It is refused where the recipient must not be
/// contacted (`contact_refused`) or their address is known not to exist (`address_bounced`).
#[utoipa::path(post, path = "/api/v1/links/{id}/send", tag = "pitches", params(LinkId), request_body = NewSend, responses(
    (status = 202, body = LinkView, description = "It is in the outbox"),
    (status = 200, body = LinkView, description = "It was sent already"),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 410, body = Problem), (status = 422, body = Problem),
))]
pub async fn send_link(
    principal: Principal,
    id: web::Path<LinkId>,
    body: web::Json<NewSend>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let tx = db.begin().await?;
    let (link, pitch) = find_link(&tx, &principal, *id).await?;
    require_may_change(&tx, &principal, &pitch).await?;
    let new = body.into_inner();
    let sent = send(&tx, &config, now, &link, &pitch, principal.user_id, new).await?;
    let reads = link_reads(&tx, &[pitch.id]).await?;
    let mut view = link_view(&config, &keys, now, &reads, link);
    attach_mails(&tx, std::slice::from_mut(&mut view)).await?;
    tx.commit().await?;
    Ok(if sent {
        HttpResponse::Accepted().json(view)
    } else {
        HttpResponse::Ok().json(view)
    })
}

/// Writes the mail and the note that the link was sent, by a sender who may change the pitch. Says whether it is news.
pub async fn send<C: ConnectionTrait>(
    tx: &C,
    config: &Config,
    now: DateTime<Utc>,
    link: &pitch_link::Model,
    pitch: &pitch::Model,
    sent_by: UserId,
    new: NewSend,
) -> Result<bool> {
    let sends = link_send::Entity::find()
        .filter(link_send::Column::LinkId.eq(link.id))
        .count(tx)
        .await?;
    let sends = i32::try_from(sends).map_err(Error::internal)?;
    if sends > new.after {
        return Ok(false);
    }
    if !LinkState::of(link, now).is_worth_giving() {
        return Err(Error::new(
            Code::Gone,
            "This link no longer opens. Make a new one before you send it.",
        ));
    }
    refuse_flagged(tx, now, pitch.id).await?;
    let to = recipient(link)?;
    if let Some(obstacle) = obstacles(tx, now, link).await?.first() {
        return Err(obstacle.refusal());
    }
    let owner = user::Entity::find_by_id(pitch.owner_id)
        .one(tx)
        .await?
        .ok_or_else(|| Error::internal("a pitch without its owner"))?;
    let matter = Matter::load(tx, pitch, &owner).await?;
    let words = Words::of(new.subject, new.message, matter.default_words())?;
    refuse_unfilled_words(&[("subject", &words.subject), ("message", &words.message)])?;
    let number = sends + 1;
    let mail = NewMail {
        to,
        from_name: Some(&owner.name),
        reply_to: Recipient::parse(Some(&owner.name), &owner.email).ok(),
        subject: &words.subject,
        letter: matter.letter(config, now, link, &words),
        link: Some(link.id),
        purpose: "pitch",
        about: Some(("pitch", pitch.id.0)),
        dedupe_key: &format!("pitch:{}:{number}", link.id),
    };
    let mail_id = mail::queue(tx, now, mail).await?;
    let row = link_send::ActiveModel {
        link_id: Set(link.id),
        number: Set(number),
        mail_id: Set(mail_id),
        sent_by: Set(sent_by),
        at: Set(now),
    };
    let written = link_send::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([link_send::Column::LinkId, link_send::Column::Number])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(written > 0)
}

/// Whom the mail goes to.
pub(super) fn recipient(link: &pitch_link::Model) -> Result<Recipient> {
    let address = link.recipient_email.as_deref().ok_or_else(|| {
        Error::new(
            Code::Conflict,
            "No address is known for this link. Copy it, or make one for somebody with an address.",
        )
    })?;
    Recipient::parse(link.recipient_name.as_deref(), address)
        .map_err(|reason| Error::new(Code::Invalid, reason))
}

/// What stands against sending this link today, a manager's word for it taken into account.
pub(super) async fn obstacles<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    link: &pitch_link::Model,
) -> Result<Vec<Obstacle>> {
    let contact = match link.contact_id {
        Some(id) => contact::Entity::find_by_id(id).one(db).await?,
        None => None,
    };
    // A contact's address may have been corrected since; the one that mail goes to is the link's.
    let bounced = contact
        .as_ref()
        .is_some_and(|contact| contact.bounced && contact.email == link.recipient_email);
    let person = (link.contact_id, link.recipient_email.clone());
    let standings = Standings::load(db, now.date_naive(), [person]).await?;
    let found = standings.of(link.contact_id, link.recipient_email.as_deref(), bounced);
    let granted = send_override::Entity::find()
        .filter(send_override::Column::LinkId.eq(link.id))
        .order_by_desc(send_override::Column::GrantedAt)
        .one(db)
        .await?;
    Ok(found
        .into_iter()
        .filter(|obstacle| !is_overridden(obstacle, granted.as_ref()))
        .collect())
}

/// Whether a manager's word stands against it: given after it was there.
pub(super) fn is_overridden(obstacle: &Obstacle, granted: Option<&send_override::Model>) -> bool {
    let Some(granted) = granted else {
        return false;
    };
    obstacle.may_be_overridden
        && obstacle
            .since
            .is_some_and(|since| since <= granted.granted_at)
}
