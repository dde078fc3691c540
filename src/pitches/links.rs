//! Links to a pitch: one per recipient, and taking them back.

use std::collections::{HashMap, HashSet};

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::Serialize;

use super::gates::{HashedSettings, Settings, policy_for};
use super::input::{NewLinks, RecipientInput, check_recipients, fault, refuse};
use super::layout::layout;
use super::load::link_view;
use super::placeholders::refuse_unfilled;
use super::reads::link_reads;
use super::scope::{find_link, find_own_pitch, require_may_change};
use super::sending::attach_mails;
use super::token::{link_token, token_hash};
use super::views::LinkView;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entities::{asset, contact, opportunity, pitch, pitch_item, pitch_link};
use crate::error::{Code, Error, Result};
use crate::http::{Principal, Problem, with_etag};
use crate::ids::{ContactId, LinkId, PitchId, UserId};
use crate::keys::Keys;
use crate::library;

/// The links that were made.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LinkList {
    /// In the order of the recipients.
    pub items: Vec<LinkView>,
}

/// Make one link per recipient.
#[utoipa::path(post, path = "/api/v1/pitches/{id}/links", tag = "pitches", params(PitchId), request_body = NewLinks, responses(
    (status = 201, body = LinkList), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub async fn create_links(
    principal: Principal,
    id: web::Path<PitchId>,
    body: web::Json<NewLinks>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let NewLinks {
        recipients,
        settings,
    } = body.into_inner();
    let settings = settings.hashed().await?;
    let tx = db.begin().await?;
    let pitch = find_own_pitch(&tx, &principal, *id).await?;
    let maker = principal.user_id;
    let links = add_hashed(&tx, &keys, now, &pitch, maker, recipients, settings).await?;
    tx.commit().await?;
    let items = links
        .into_iter()
        .map(|link| link_view(&config, &keys, now, &HashMap::new(), link))
        .collect();
    Ok(HttpResponse::Created().json(LinkList { items }))
}

/// Writes one link per recipient, made by `maker`, who may change the pitch.
pub async fn add_links<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    now: DateTime<Utc>,
    pitch: &pitch::Model,
    maker: UserId,
    new: NewLinks,
) -> Result<Vec<pitch_link::Model>> {
    let settings = new.settings.hashed().await?;
    add_hashed(db, keys, now, pitch, maker, new.recipients, settings).await
}

async fn add_hashed<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    now: DateTime<Utc>,
    pitch: &pitch::Model,
    maker: UserId,
    recipients: Vec<RecipientInput>,
    settings: HashedSettings,
) -> Result<Vec<pitch_link::Model>> {
    let recipients = check_recipients(recipients)?;
    let policy = policy_for(db, maker).await?;
    let settings = Settings::by_policy(&policy, now)
        .changed(db, settings, &policy, now, now)
        .await?;
    refuse_flagged(db, now, pitch.id).await?;
    refuse_unfilled(db, pitch).await?;
    if layout(db, pitch.id).await?.items.is_empty() {
        return Err(Error::new(
            Code::Conflict,
            "There is nothing to see in this pitch yet. Add content before you make links.",
        ));
    }
    let recipients = known_recipients(db, pitch, recipients).await?;
    let mut links = Vec::with_capacity(recipients.len());
    for recipient in recipients {
        let link = NewLink {
            pitch_id: pitch.id,
            parent: None,
            recipient,
            created_by: Some(maker),
            settings: settings.clone(),
        };
        links.push(insert_link(db, keys, link, now).await?);
    }
    Ok(links)
}

/// Refuses to send what must not be sent any more: a link is a fresh promise.
pub(super) async fn refuse_flagged<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    pitch: PitchId,
) -> Result<()> {
    let items = pitch_item::Entity::find()
        .filter(pitch_item::Column::PitchId.eq(pitch))
        .order_by_asc(pitch_item::Column::Position)
        .find_also_related(asset::Entity)
        .all(db)
        .await?;
    let refused = items.into_iter().find_map(|(_, asset)| {
        let asset = asset?;
        let reason = library::may_be_pitched(&asset, now.date_naive()).err()?;
        Some((asset.title, reason))
    });
    match refused {
        Some((title, reason)) => Err(Error::new(
            Code::Conflict,
            format!(
                "\u{201c}{title}\u{201d} must not be sent. {reason} Replace or remove it before you make links."
            ),
        )),
        None => Ok(()),
    }
}

/// One link.
#[utoipa::path(get, path = "/api/v1/links/{id}", tag = "pitches", params(LinkId), responses(
    (status = 200, body = LinkView), (status = 404, body = Problem),
))]
pub async fn get_link(
    principal: Principal,
    id: web::Path<LinkId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let (link, pitch) = find_link(db.read(), &principal, *id).await?;
    let reads = link_reads(db.read(), &[pitch.id]).await?;
    let mut view = link_view(&config, &keys, clock.now(), &reads, link);
    attach_mails(db.read(), std::slice::from_mut(&mut view)).await?;
    Ok(with_etag(&view, view.revision))
}

/// Take a link back, and with it the links that were shared on from it. It stops at once.
#[utoipa::path(post, path = "/api/v1/links/{id}/revoke", tag = "pitches", params(LinkId), responses(
    (status = 200, body = LinkView), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn revoke_link(
    principal: Principal,
    id: web::Path<LinkId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
) -> Result<web::Json<LinkView>> {
    let now = clock.now();
    let tx = db.begin().await?;
    let (link, pitch) = find_link(&tx, &principal, *id).await?;
    require_may_change(&tx, &principal, &pitch).await?;
    hold_links(&tx, pitch.id).await?;
    let parents = parents_in(&tx, pitch.id).await?;
    for chunk in with_descendants(link.id, &parents).chunks(500) {
        pitch_link::Entity::update_many()
            .col_expr(pitch_link::Column::RevokedAt, Expr::value(now))
            .filter(pitch_link::Column::Id.is_in(chunk.iter().copied()))
            .filter(pitch_link::Column::RevokedAt.is_null())
            .exec(&tx)
            .await?;
    }
    let (link, _) = find_link(&tx, &principal, link.id).await?;
    let reads = link_reads(&tx, &[pitch.id]).await?;
    let mut view = link_view(&config, &keys, now, &reads, link);
    attach_mails(&tx, std::slice::from_mut(&mut view)).await?;
    tx.commit().await?;
    Ok(web::Json(view))
}

/// Lets nobody else share, change or take back a link of the pitch until the transaction ends: what is shared on while its
/// parent is taken back would stay open.
pub(super) async fn hold_links<C: ConnectionTrait>(db: &C, pitch: PitchId) -> Result<()> {
    pitch::Entity::find_by_id(pitch)
        .select_only()
        .column(pitch::Column::Id)
        .lock_exclusive()
        .into_tuple::<PitchId>()
        .one(db)
        .await?;
    Ok(())
}

/// Every link of a pitch with the one it was shared on from.
pub(super) async fn parents_in<C: ConnectionTrait>(
    db: &C,
    pitch: PitchId,
) -> Result<Vec<(LinkId, Option<LinkId>)>> {
    Ok(pitch_link::Entity::find()
        .select_only()
        .column(pitch_link::Column::Id)
        .column(pitch_link::Column::ParentLinkId)
        .filter(pitch_link::Column::PitchId.eq(pitch))
        .into_tuple()
        .all(db)
        .await?)
}

/// A link to be written.
#[derive(Clone, Debug)]
pub(super) struct NewLink {
    pub(super) pitch_id: PitchId,
    pub(super) parent: Option<LinkId>,
    pub(super) recipient: RecipientInput,
    pub(super) created_by: Option<UserId>,
    pub(super) settings: Settings,
}

/// Writes one link.
pub(super) async fn insert_link<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    new: NewLink,
    now: DateTime<Utc>,
) -> Result<pitch_link::Model> {
    let id = LinkId::new(now);
    let mut row = pitch_link::ActiveModel {
        id: Set(id),
        pitch_id: Set(new.pitch_id),
        parent_link_id: Set(new.parent),
        contact_id: Set(new.recipient.contact_id),
        recipient_name: Set(new.recipient.name),
        recipient_email: Set(new.recipient.email),
        token_hash: Set(token_hash(&link_token(keys, id))),
        created_by: Set(new.created_by),
        created_at: Set(now),
        revoked_at: Set(None),
        revision: Set(1),
        gates_revision: Set(1),
        ..Default::default()
    };
    new.settings.write(&mut row);
    Ok(row.insert(db).await?)
}

/// Fills in the names of contacts, finds typed addresses among the account's contacts, and refuses contacts of other
/// accounts.
async fn known_recipients<C: ConnectionTrait>(
    db: &C,
    pitch: &pitch::Model,
    recipients: Vec<RecipientInput>,
) -> Result<Vec<RecipientInput>> {
    let opportunity = opportunity::Entity::find_by_id(pitch.opportunity_id)
        .one(db)
        .await?
        .ok_or_else(|| Error::internal("a pitch without its opportunity"))?;
    let asked = sea_orm::Condition::any()
        .add(contact::Column::Id.is_in(recipients.iter().filter_map(|one| one.contact_id)))
        .add(contact::Column::Email.is_in(recipients.iter().filter_map(|one| one.email.clone())));
    let contacts = contact::Entity::find()
        .filter(contact::Column::AccountId.eq(opportunity.account_id))
        .filter(asked)
        .all(db)
        .await?;
    let by_id: HashMap<ContactId, &contact::Model> =
        contacts.iter().map(|one| (one.id, one)).collect();
    let by_email: HashMap<&str, &contact::Model> = contacts
        .iter()
        .filter_map(|one| Some((one.email.as_deref()?, one)))
        .collect();

    let mut faults = Vec::new();
    let known = recipients
        .into_iter()
        .enumerate()
        .map(|(index, recipient)| {
            let found = match recipient.contact_id {
                Some(id) => by_id.get(&id).copied(),
                None => recipient
                    .email
                    .as_deref()
                    .and_then(|email| by_email.get(email).copied()),
            };
            if recipient.contact_id.is_some() && found.is_none() {
                faults.push(fault(
                    &format!("recipients[{index}].contact_id"),
                    "This is not a contact of the opportunity's account.",
                ));
            }
            match found {
                Some(contact) => RecipientInput {
                    contact_id: Some(contact.id),
                    name: Some(contact.name.clone()),
                    email: contact.email.clone(),
                },
                None => recipient,
            }
        })
        .collect();
    refuse(faults)?;
    Ok(known)
}

/// A link and all that were shared on from it.
pub(super) fn with_descendants(root: LinkId, links: &[(LinkId, Option<LinkId>)]) -> Vec<LinkId> {
    let mut found = vec![root];
    let mut seen = HashSet::from([root]);
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        let children = links
            .iter()
            .filter(|(_, of)| *of == Some(parent))
            .map(|(id, _)| *id);
        found.extend(children.filter(|id| seen.insert(*id)));
        next += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taking_a_link_back_reaches_all_that_were_shared_from_it() {
        let ids: Vec<LinkId> = (0..5).map(|_| LinkId(uuid::Uuid::new_v4())).collect();
        let links = [
            (ids[0], None),
            (ids[1], Some(ids[0])),
            (ids[2], Some(ids[1])),
            (ids[3], None),
            (ids[4], Some(ids[3])),
        ];
        assert_eq!(with_descendants(ids[0], &links), [ids[0], ids[1], ids[2]]);
        assert_eq!(with_descendants(ids[2], &links), [ids[2]]);
    }
}
