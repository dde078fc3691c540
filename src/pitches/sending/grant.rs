//! A manager's word that a link may be sent although its recipient is not to be contacted.

use actix_web::{HttpResponse, web};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
use serde::Deserialize;
use serde_json::json;

use super::send::obstacles;
use super::state::attach_mails;
use crate::audit::{self, Actor, Entry};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entities::send_override;
use crate::error::{Code, Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::{LinkId, OverrideId};
use crate::keys::Keys;
use crate::pitches::load::link_view;
use crate::pitches::reads::link_reads;
use crate::pitches::scope::{find_link, require_may_change};
use crate::pitches::views::LinkView;

const LONGEST_REASON: usize = 500;

/// Why a link may be sent all the same.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOverride {
    /// Why.
    pub reason: String,
}

/// Let a link be sent although its recipient is not to be contacted; for managers. It stands for this link and against what
/// is known today, and it is in the audit log.
#[utoipa::path(post, path = "/api/v1/links/{id}/override", tag = "pitches", params(LinkId), request_body = NewOverride, responses(
    (status = 201, body = LinkView), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub async fn grant_override(
    principal: Principal,
    id: web::Path<LinkId>,
    body: web::Json<NewOverride>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let reason = body.into_inner().reason.trim().replace('\0', "");
    let length = reason.chars().count();
    if length == 0 || length > LONGEST_REASON {
        return Err(Error::field(
            "reason",
            format!("Say why, in 1 to {LONGEST_REASON} characters."),
        ));
    }
    let tx = db.begin().await?;
    let (link, pitch) = find_link(&tx, &principal, *id).await?;
    require_may_change(&tx, &principal, &pitch).await?;
    let against = obstacles(&tx, now, &link).await?;
    if let Some(immovable) = against.iter().find(|one| !one.may_be_overridden) {
        return Err(immovable.refusal());
    }
    if against.is_empty() {
        return Err(Error::new(
            Code::Conflict,
            "Nothing stands against sending this link.",
        ));
    }
    let id = OverrideId::new(now);
    send_override::ActiveModel {
        id: Set(id),
        link_id: Set(link.id),
        reason: Set(reason.clone()),
        granted_by: Set(principal.user_id),
        granted_at: Set(now),
    }
    .insert(&tx)
    .await?;
    let entry = Entry {
        actor: Actor::User(principal.user_id),
        action: "send_override_granted",
        subject: ("link", Some(link.id.0)),
        detail: json!({
            "reason": reason,
            "pitch_id": pitch.id,
            "contact_id": link.contact_id,
            "address": link.recipient_email,
            "against": against.iter().map(|one| &one.detail).collect::<Vec<_>>(),
        }),
    };
    audit::record(&tx, now, entry).await?;
    let reads = link_reads(&tx, &[pitch.id]).await?;
    let mut view = link_view(&config, &keys, now, &reads, link);
    attach_mails(&tx, std::slice::from_mut(&mut view)).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(view))
}
