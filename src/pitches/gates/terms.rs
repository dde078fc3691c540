//! The terms that a link asks for, and that somebody accepted them.

use actix_web::HttpRequest;
use actix_web::http::header;
use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait, EntityTrait as _};

use crate::entities::{pitch_link, terms, terms_acceptance, terms_version};
use crate::error::{Error, Result};
use crate::http::network;
use crate::ids::{AcceptanceId, TermsId};

/// The wording that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsAsked {
    /// The terms.
    pub id: TermsId,
    /// Which wording.
    pub version: i32,
    /// What they are called.
    pub title: String,
    /// The wording: plain text in paragraphs.
    pub text: String,
}

/// What `link` asks its readers to accept.
pub async fn terms_asked<C: ConnectionTrait>(
    db: &C,
    link: &pitch_link::Model,
) -> Result<Option<TermsAsked>> {
    let Some(id) = link.terms_id else {
        return Ok(None);
    };
    let Some(terms) = terms::Entity::find_by_id(id).one(db).await? else {
        return Ok(None);
    };
    let version = terms_version::Entity::find_by_id((id, terms.version))
        .one(db)
        .await?
        .ok_or_else(|| Error::internal("terms without their wording"))?;
    Ok(Some(TermsAsked {
        id,
        version: version.number,
        title: terms.title,
        text: version.text,
    }))
}

/// Keeps that whoever sent the request accepted these terms; `email` is their confirmed address.
pub async fn accept_terms<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    request: &HttpRequest,
    link: &pitch_link::Model,
    asked: &TermsAsked,
    email: Option<&str>,
) -> Result<()> {
    let user_agent = request
        .headers()
        .get(header::USER_AGENT)
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .unwrap_or_default();
    terms_acceptance::ActiveModel {
        id: Set(AcceptanceId::new(now)),
        link_id: Set(link.id),
        terms_id: Set(asked.id),
        version: Set(asked.version),
        email: Set(email.map(str::to_owned)),
        user_agent: Set(user_agent.chars().take(300).collect()),
        network: Set(network(request)),
        accepted_at: Set(now),
    }
    .insert(db)
    .await?;
    Ok(())
}
