//! Whoever got a mail says that they want no more: a page that asks, and the one request that does it.
//!
//! Mail programs send that request by themselves when their reader presses "unsubscribe" (RFC 8058). Scanners follow every
//! address in a mail, so looking at the page changes nothing.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use super::closed::unknown;
use super::render::{Frames, html};
use crate::clock::Clock;
use crate::crm::{self, OptOut};
use crate::db::Db;
use crate::entities::{mail, pitch, pitch_link};
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::mail::{mail_of_opt_out, opt_out_path};
use crate::notices::{self, Notice, Subject};

#[derive(Template)]
#[template(path = "opt_out.html")]
struct Page {
    address: String,
    /// Who sent the mail, if it is known.
    sender: Option<String>,
    /// Whom to write to.
    reply_to: Option<String>,
    done: bool,
    action: String,
}

/// Asks whether they want no more mail.
pub async fn opt_out_page(
    request: HttpRequest,
    token: web::Path<String>,
    db: web::Data<Db>,
    keys: web::Data<Keys>,
) -> Result<HttpResponse> {
    match find_mail(db.read(), &keys, &token).await {
        Ok(mail) => html(
            &request,
            StatusCode::OK,
            &page(mail, &token, false),
            Frames::Never,
        ),
        Err(error) => unknown(&request, error),
    }
}

/// They want no more mail. Whatever the form says is the same; asked again, nothing happens.
pub async fn opt_out(
    request: HttpRequest,
    token: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let tx = db.begin().await?;
    let mail = match find_mail(&tx, &keys, &token).await {
        Ok(mail) => mail,
        Err(error) => return unknown(&request, error),
    };
    let found = match mail.link_id {
        Some(link) => {
            pitch_link::Entity::find()
                .find_also_related(pitch::Entity)
                .filter(pitch_link::Column::Id.eq(link))
                .one(&tx)
                .await?
        }
        None => None,
    };
    let said = OptOut {
        address: &mail.to_address,
        contact: found.as_ref().and_then(|(link, _)| link.contact_id),
        reason: "They said so through the address in a mail.",
    };
    if crm::opt_out(&tx, now, said).await?
        && let Some((link, Some(pitch))) = &found
    {
        tell_owner(&tx, now, &mail, link, pitch).await?;
    }
    tx.commit().await?;
    html(
        &request,
        StatusCode::OK,
        &page(mail, &token, true),
        Frames::Never,
    )
}

async fn find_mail<C: ConnectionTrait>(db: &C, keys: &Keys, token: &str) -> Result<mail::Model> {
    let id = mail_of_opt_out(keys, token).ok_or_else(|| Error::not_found("mail"))?;
    mail::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("mail"))
}

fn page(mail: mail::Model, token: &str, done: bool) -> Page {
    Page {
        address: mail.to_address,
        sender: mail.from_name,
        reply_to: mail.reply_to_address,
        done,
        action: opt_out_path(token),
    }
}

/// Tells the owner of the pitch, who would otherwise wonder why nothing can be sent.
async fn tell_owner<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    mail: &mail::Model,
    link: &pitch_link::Model,
    pitch: &pitch::Model,
) -> Result<()> {
    let name = link.recipient_name.as_deref().unwrap_or(&mail.to_address);
    let notice = Notice {
        user: pitch.owner_id,
        kind: "opted_out",
        title: format!("{name} wants no more mail"),
        body: "They said so through a mail. Mail to them is refused from now on; their link still opens.".to_owned(),
        opportunity: Some(pitch.opportunity_id),
        visit: None,
        subject: Some(Subject::Pitch(pitch.id)),
        dedupe_key: format!("opted_out:{}", mail.id),
        at: now,
    };
    notices::write(tx, vec![notice]).await?;
    Ok(())
}
