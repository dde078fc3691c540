//! The mail as its recipient will see it, for the sender's eyes; nothing is written.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use sea_orm::EntityTrait as _;
use serde::Deserialize;

use super::letter::{Matter, Words};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entities::user;
use crate::error::{Error, Result};
use crate::http::Principal;
use crate::ids::LinkId;
use crate::keys::Keys;
use crate::mail::{LINK_TOKEN, OPT_OUT_TOKEN};
use crate::pitches::scope::find_link;

/// Mail programs know no other styles than those in the elements, so this page has them too. Nothing in it can run or
/// leave.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'self'; sandbox";

/// What the sender has written so far.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct MailDraft {
    /// As in [`super::NewSend`].
    #[serde(default)]
    pub subject: String,
    /// As in [`super::NewSend`].
    #[serde(default)]
    pub message: String,
}

/// The mail that would go out, as a page of its own. It is asked for by a form, because words can be longer than addresses.
pub async fn preview_mail(
    principal: Principal,
    id: web::Path<LinkId>,
    draft: web::Form<MailDraft>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let (link, pitch) = find_link(db.read(), &principal, *id).await?;
    let owner = user::Entity::find_by_id(pitch.owner_id)
        .one(db.read())
        .await?
        .ok_or_else(|| Error::internal("a pitch without its owner"))?;
    let matter = Matter::load(db.read(), &pitch, &owner).await?;
    let draft = draft.into_inner();
    let words = Words::of(
        Some(draft.subject),
        Some(draft.message),
        matter.default_words(),
    )?;
    let letter = matter.letter(&config, clock.now(), &link, &words);
    let html = letter.html(&words.subject)?;
    // The picture is asked for where this page came from, whatever the outside calls it. Links lead nowhere: a click of the
    // sender's would be counted as a reader's.
    let token = keys.link_token(link.id);
    let picture = format!("{}/p/{LINK_TOKEN}/cover.jpg", config.public_url());
    let html = html
        .replace(&picture, &format!("/p/{token}/cover.jpg"))
        .replace(LINK_TOKEN, "\u{2026}")
        .replace(OPT_OUT_TOKEN, "\u{2026}");
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .body(html))
}
