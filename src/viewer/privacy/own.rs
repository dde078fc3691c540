//! What is one's own of a link: what was done by this browser, in this visit, or by whoever confirmed this address.
//!
//! It is about what can be shown to be theirs. Whoever only holds the link, forwarded to them as it may be, has nothing
//! here: neither whom it was made for, nor what others asked through it or whom they passed it on to.
//!
//! Invariant: a browser is known by its cookie, a visit by its signed token, an address by the code that was sent to it;
//! what is tied to none of them is nobody's.

use actix_web::HttpRequest;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _,
};

use super::super::audience::Audience;
use crate::engagement::{Seen, Whose, read_visit_token, shared_in, visits_of};
use crate::entities::{contact, link_code, pitch_link, question, terms, terms_acceptance};
use crate::error::{Error, Result};
use crate::ids::VisitId;
use crate::keys::Keys;

/// What belongs to whoever asks.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) link: pitch_link::Model,
    /// The address that they confirmed.
    pub(super) email: Option<String>,
    /// Whom the link was made for, where the address they confirmed is that one's.
    pub(super) recipient: Option<Recipient>,
    pub(super) visits: Vec<VisitId>,
    pub(super) questions: Vec<question::Model>,
    /// The links that they made for colleagues.
    pub(super) shared: Vec<pitch_link::Model>,
    /// What they accepted, each with the terms.
    pub(super) acceptances: Vec<(terms_acceptance::Model, Option<terms::Model>)>,
    /// The codes that were sent to their address.
    pub(super) codes: Vec<link_code::Model>,
}

/// Whom a link was made for, by its sender.
#[derive(Debug)]
pub(super) struct Recipient {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
}

impl Own {
    /// Looks it up for whoever sent the request and was admitted.
    pub(super) async fn of<C: ConnectionTrait>(
        db: &C,
        request: &HttpRequest,
        keys: &Keys,
        audience: &Audience,
        visit_token: &str,
    ) -> Result<Self> {
        let link = audience
            .link
            .clone()
            .ok_or_else(|| Error::internal("a reader without a link"))?;
        let email = audience.email.clone();
        let claim = read_visit_token(keys, visit_token).filter(|claim| claim.link == link.id);
        let whose = Whose {
            browser_id: Seen::of(request).browser_id,
            visit: claim.map(|claim| claim.visit),
            email: email.clone(),
        };
        let visits = visits_of(db, link.id, &whose).await?;
        let questions = question::Entity::find()
            .filter(question::Column::LinkId.eq(link.id))
            .order_by_asc(question::Column::AskedAt)
            .all(db)
            .await?
            .into_iter()
            .filter(|row| {
                let asked_in = row.visit_id;
                asked_in.is_some_and(|visit| whose.visit == Some(visit) || visits.contains(&visit))
                    || is_same(row.asker_email.as_deref(), email.as_deref())
            })
            .collect();
        let shared = pitch_link::Entity::find()
            .filter(pitch_link::Column::ParentLinkId.eq(link.id))
            .filter(pitch_link::Column::Id.is_in(shared_in(db, link.id, &visits).await?))
            .order_by_asc(pitch_link::Column::Id)
            .all(db)
            .await?;
        Ok(Self {
            recipient: recipient(db, &link, email.as_deref()).await?,
            acceptances: acceptances(db, audience, &link).await?,
            codes: codes(db, &link, email.as_deref()).await?,
            link,
            email,
            visits,
            questions,
            shared,
        })
    }
}

/// Whether both are known and the same address.
fn is_same(one: Option<&str>, other: Option<&str>) -> bool {
    one.zip(other)
        .is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
}

async fn recipient<C: ConnectionTrait>(
    db: &C,
    link: &pitch_link::Model,
    email: Option<&str>,
) -> Result<Option<Recipient>> {
    let contact = match link.contact_id {
        Some(id) if email.is_some() => contact::Entity::find_by_id(id).one(db).await?,
        _ => None,
    };
    let (name, address) = contact.map_or((None, None), |one| (Some(one.name), one.email));
    let made_for = Recipient {
        name: link.recipient_name.clone().or(name),
        email: link.recipient_email.clone().or(address),
    };
    Ok(is_same(made_for.email.as_deref(), email).then_some(made_for))
}

async fn acceptances<C: ConnectionTrait>(
    db: &C,
    audience: &Audience,
    link: &pitch_link::Model,
) -> Result<Vec<(terms_acceptance::Model, Option<terms::Model>)>> {
    let mut theirs = Condition::any();
    if let Some(record) = audience.accepted {
        theirs = theirs.add(terms_acceptance::Column::Id.eq(record));
    }
    if let Some(email) = &audience.email {
        theirs = theirs.add(terms_acceptance::Column::Email.eq(email.as_str()));
    }
    if theirs.is_empty() {
        return Ok(Vec::new());
    }
    Ok(terms_acceptance::Entity::find()
        .filter(terms_acceptance::Column::LinkId.eq(link.id))
        .filter(theirs)
        .order_by_asc(terms_acceptance::Column::Id)
        .find_also_related(terms::Entity)
        .all(db)
        .await?)
}

async fn codes<C: ConnectionTrait>(
    db: &C,
    link: &pitch_link::Model,
    email: Option<&str>,
) -> Result<Vec<link_code::Model>> {
    let Some(email) = email else {
        return Ok(Vec::new());
    };
    Ok(link_code::Entity::find()
        .filter(link_code::Column::LinkId.eq(link.id))
        .filter(link_code::Column::Email.eq(email))
        .order_by_asc(link_code::Column::Id)
        .all(db)
        .await?)
}
