//! The terms that a link asks for, and that somebody accepted them.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait, EntityTrait as _};

use crate::entities::{pitch_link, terms, terms_acceptance, terms_version};
use crate::error::{Error, Result};
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

/// Who accepts terms, as far as it is to be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcceptedBy {
    /// The confirmed address, where the link asks for one.
    pub email: Option<String>,
    /// What the browser calls itself; empty where its user is not to be known.
    pub user_agent: String,
    /// The network, cut short; empty as well.
    pub network: String,
}

/// Keeps that somebody accepted these terms: which wording, when, and who, as far as that is to be kept.
pub async fn accept_terms<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    link: &pitch_link::Model,
    asked: &TermsAsked,
    by: AcceptedBy,
) -> Result<AcceptanceId> {
    let id = AcceptanceId::new(now);
    terms_acceptance::ActiveModel {
        id: Set(id),
        link_id: Set(link.id),
        terms_id: Set(asked.id),
        version: Set(asked.version),
        email: Set(by.email),
        user_agent: Set(by.user_agent),
        network: Set(by.network),
        accepted_at: Set(now),
    }
    .insert(db)
    .await?;
    Ok(id)
}
