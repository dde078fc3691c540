//! Changing the settings of a link that is out already. What was shared on from it follows, so that nobody who got it from
//! a reader may more than the reader.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
};
use serde::Serialize;

use super::gates::{LinkSettings, Settings, policy_for};
use super::links::{parents_in, with_descendants};
use super::load::link_view;
use super::reads::link_reads;
use super::scope::{find_link, require_may_change};
use super::sending::attach_mails;
use super::views::LinkView;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entities::{pitch_link, terms, terms_acceptance};
use crate::error::{Code, Error, Result};
use crate::http::{IfMatch, Principal, Problem, with_etag};
use crate::ids::{LinkId, TermsId};
use crate::keys::Keys;

/// Change the settings of a link; what is not said stays. A changed passcode, list or terms asks every reader again. Links
/// that were shared on from it follow.
#[utoipa::path(patch, path = "/api/v1/links/{id}", tag = "pitches",
    params(LinkId, ("If-Match" = String, Header, description = "The revision that is edited")), request_body = LinkSettings, responses(
    (status = 200, body = LinkView), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem),
))]
pub async fn edit_link(
    principal: Principal,
    id: web::Path<LinkId>,
    if_match: IfMatch,
    body: web::Json<LinkSettings>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let sent = body.into_inner().hashed().await?;
    let tx = db.begin().await?;
    let (link, pitch) = find_link(&tx, &principal, *id).await?;
    require_may_change(&tx, &principal, &pitch).await?;
    if_match.require(link.revision)?;
    if link.revoked_at.is_some() {
        return Err(Error::new(
            Code::Conflict,
            "This link was taken back. Make a new one.",
        ));
    }
    let policy = policy_for(&tx, principal.user_id).await?;
    let before = Settings::of(&link);
    let after = before.clone().changed(&tx, sent, &policy, now).await?;
    if link.parent_link_id.is_some() {
        refuse_wider(&before, &after)?;
    }
    let again = after.asks_again_after(&before);
    let parents = parents_in(&tx, pitch.id).await?;
    let family = with_descendants(link.id, &parents);
    for chunk in family.chunks(500) {
        let rows = pitch_link::Entity::find()
            .filter(pitch_link::Column::Id.is_in(chunk.iter().copied()))
            .all(&tx)
            .await?;
        for row in rows {
            let mut settings = after.clone();
            if row.id != link.id {
                settings.expires_at =
                    following(row.expires_at, before.expires_at, after.expires_at);
            }
            let gates_revision = row.gates_revision + i64::from(again);
            let revision = row.revision + 1;
            let mut active = row.into_active_model();
            settings.write(&mut active);
            active.revision = Set(revision);
            active.gates_revision = Set(gates_revision);
            active.update(&tx).await?;
        }
    }
    let (link, _) = find_link(&tx, &principal, link.id).await?;
    let reads = link_reads(&tx, &[pitch.id]).await?;
    let mut view = link_view(&config, &keys, now, &reads, link);
    attach_mails(&tx, std::slice::from_mut(&mut view)).await?;
    tx.commit().await?;
    Ok(with_etag(&view, view.revision))
}

/// A link that a reader made has its gates from the link it was made from; only its time may be made shorter.
fn refuse_wider(before: &Settings, after: &Settings) -> Result<()> {
    let shorter = match (before.expires_at, after.expires_at) {
        (Some(before), Some(after)) => after <= before,
        (None, _) => true,
        (Some(_), None) => false,
    };
    let mut same = after.clone();
    same.expires_at = before.expires_at;
    if shorter && same == *before {
        return Ok(());
    }
    Err(Error::new(
        Code::Conflict,
        "A reader shared this link on from another. Change that one, and this one follows; here the time can only be made \
         shorter.",
    ))
}

/// When a link that was shared on ends after its parent's end was changed: with it, or earlier if it was to end earlier.
fn following(
    own: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
    after: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    if own == before {
        return after;
    }
    match (own, after) {
        (Some(own), Some(after)) => Some(own.min(after)),
        (own, after) => own.or(after),
    }
}

/// Who accepted which terms on a link.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Acceptances {
    /// The latest first.
    pub items: Vec<Acceptance>,
}

/// Somebody accepted terms.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Acceptance {
    /// On which link: this one, or one that was shared on from it.
    pub link_id: LinkId,
    /// The terms.
    pub terms_id: TermsId,
    /// What they are called.
    pub title: String,
    /// Which wording.
    pub version: i32,
    /// The confirmed address, where the link asks for one.
    pub email: Option<String>,
    /// What the browser calls itself; empty where its user was not to be known, or has had it erased.
    pub user_agent: String,
    /// The network, cut short; empty as well.
    pub network: String,
    /// When.
    pub accepted_at: DateTime<Utc>,
}

/// Who accepted the terms of a link, and of those that were shared on from it.
#[utoipa::path(get, path = "/api/v1/links/{id}/acceptances", tag = "pitches", params(LinkId), responses(
    (status = 200, body = Acceptances), (status = 404, body = Problem),
))]
pub async fn list_acceptances(
    principal: Principal,
    id: web::Path<LinkId>,
    db: web::Data<Db>,
) -> Result<web::Json<Acceptances>> {
    let (link, pitch) = find_link(db.read(), &principal, *id).await?;
    let parents = parents_in(db.read(), pitch.id).await?;
    let items = acceptances(db.read(), &with_descendants(link.id, &parents)).await?;
    Ok(web::Json(Acceptances { items }))
}

async fn acceptances<C: ConnectionTrait>(db: &C, links: &[LinkId]) -> Result<Vec<Acceptance>> {
    let rows = terms_acceptance::Entity::find()
        .filter(terms_acceptance::Column::LinkId.is_in(links.iter().copied().take(1_000)))
        .order_by_desc(terms_acceptance::Column::Id)
        .find_also_related(terms::Entity)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(row, terms)| Acceptance {
            link_id: row.link_id,
            terms_id: row.terms_id,
            title: terms.map(|terms| terms.title).unwrap_or_default(),
            version: row.version,
            email: row.email,
            user_agent: row.user_agent,
            network: row.network,
            accepted_at: row.accepted_at,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_shared_on_ends_with_its_parent_or_earlier() {
        let at = |day: i64| DateTime::from_timestamp(day * 86_400, 0);
        assert_eq!(following(at(5), at(5), at(9)), at(9), "it follows");
        assert_eq!(following(at(3), at(5), at(9)), at(3), "it was shorter");
        assert_eq!(following(at(3), at(5), at(2)), at(2), "never longer");
        assert_eq!(following(None, at(5), at(2)), at(2), "never longer");
        assert_eq!(following(at(5), at(5), None), None);
    }
}
