//! One contact, with everything that is for and against contacting them.

use actix_web::web;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde::Serialize;

use super::standing::{Obstacle, Standings, sentence};
use crate::auth::{UserRef, user_refs};
use crate::clock::Clock;
use crate::crm::contacts::AccountRef;
use crate::db::Db;
use crate::entities::{
    BounceKind, Channel, RestrictionKind, account, bounce, contact, contact_restriction,
};
use crate::error::{Error, Result};
use crate::http::Problem;
use crate::ids::{BounceId, ContactId, RestrictionId};

/// How much of a contact's past is shown.
const SHOWN: u64 = 50;

/// A contact with what is for and against contacting them.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ContactDetail {
    /// The contact.
    pub id: ContactId,
    /// The name.
    pub name: String,
    /// The address, if known.
    pub email: Option<String>,
    /// The telephone number, if known.
    pub phone: Option<String>,
    /// What the contact does there.
    pub job_title: Option<String>,
    /// Which of our personas that is.
    pub persona: Option<String>,
    /// Where.
    pub account: AccountRef,
    /// Mail to the address came back for good.
    pub bounced: bool,
    /// What is against sending them mail today.
    pub obstacles: Vec<Obstacle>,
    /// Days before which not to contact them, and opt-outs, also those that are over; the latest first.
    pub restrictions: Vec<RestrictionView>,
    /// Mail to the address that came back, the latest first.
    pub bounces: Vec<BounceView>,
}

/// A reason not to contact somebody.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RestrictionView {
    /// The restriction.
    pub id: RestrictionId,
    /// The contact, if it is one.
    pub contact_id: Option<ContactId>,
    /// The contact's name.
    pub contact_name: Option<String>,
    /// The address that it is about.
    pub address: Option<String>,
    /// In which way.
    pub kind: RestrictionKind,
    /// What it is about.
    pub channel: Channel,
    /// Why.
    pub reason: String,
    /// The whole of it in a sentence.
    pub detail: String,
    /// The first day on which it no longer holds.
    pub until: Option<NaiveDate>,
    /// Who said so; absent where they said so themselves.
    pub set_by: Option<UserRef>,
    /// When.
    pub set_at: DateTime<Utc>,
    /// When it was lifted.
    pub lifted_at: Option<DateTime<Utc>>,
    /// Who lifted it.
    pub lifted_by: Option<UserRef>,
    /// Why.
    pub lift_reason: Option<String>,
    /// Whether it holds today.
    pub in_force: bool,
}

/// A mail that came back.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BounceView {
    /// The bounce.
    pub id: BounceId,
    /// From which address.
    pub address: String,
    /// For good, or for now.
    pub kind: BounceKind,
    /// What the other side said.
    pub reason: String,
    /// Who noted it; absent where the mail service told.
    pub recorded_by: Option<UserRef>,
    /// When.
    pub at: DateTime<Utc>,
    /// When somebody said that the address works again.
    pub cleared_at: Option<DateTime<Utc>>,
}

/// One contact.
#[utoipa::path(get, path = "/api/v1/contacts/{id}", tag = "contacts", params(ContactId), responses(
    (status = 200, body = ContactDetail), (status = 404, body = Problem),
))]
pub async fn get_contact(
    id: web::Path<ContactId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<ContactDetail>> {
    Ok(web::Json(load_contact(db.read(), *id, clock.now()).await?))
}

/// The view of a contact.
pub(super) async fn load_contact<C: ConnectionTrait>(
    db: &C,
    id: ContactId,
    now: DateTime<Utc>,
) -> Result<ContactDetail> {
    let (row, account) = contact::Entity::find_by_id(id)
        .find_also_related(account::Entity)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("contact"))?;
    let account = account.ok_or_else(|| Error::internal("a contact without an account"))?;
    let address = row.email.as_ref().map(|address| address.to_lowercase());
    let theirs = Condition::any()
        .add(contact_restriction::Column::ContactId.eq(id))
        .add_option(
            address
                .as_ref()
                .map(|address| contact_restriction::Column::Address.eq(address)),
        );
    let restrictions = contact_restriction::Entity::find()
        .filter(theirs)
        .order_by_desc(contact_restriction::Column::SetAt)
        .order_by_desc(contact_restriction::Column::Id)
        .limit(SHOWN)
        .all(db)
        .await?;
    let bounces = match &address {
        Some(address) => {
            bounce::Entity::find()
                .filter(bounce::Column::Address.eq(address))
                .order_by_desc(bounce::Column::At)
                .order_by_desc(bounce::Column::Id)
                .limit(SHOWN)
                .all(db)
                .await?
        }
        None => Vec::new(),
    };
    let people = restrictions
        .iter()
        .flat_map(|row| [row.set_by, row.lifted_by])
        .chain(bounces.iter().map(|row| row.recorded_by))
        .flatten();
    let people = user_refs(db, people).await?;
    let today = now.date_naive();
    let standings = Standings::load(db, today, [(Some(id), address.clone())]).await?;
    Ok(ContactDetail {
        obstacles: standings.of(Some(id), address.as_deref(), row.bounced),
        restrictions: restrictions
            .into_iter()
            .map(|one| restriction_view(one, Some(row.name.clone()), &people, today))
            .collect(),
        bounces: bounces
            .into_iter()
            .map(|one| BounceView {
                id: one.id,
                address: one.address,
                kind: one.kind,
                reason: one.reason,
                recorded_by: one.recorded_by.and_then(|id| people.get(&id).cloned()),
                at: one.at,
                cleared_at: one.cleared_at,
            })
            .collect(),
        id: row.id,
        name: row.name,
        email: row.email,
        phone: row.phone,
        job_title: row.job_title,
        persona: row.persona,
        bounced: row.bounced,
        account: AccountRef {
            id: account.id,
            name: account.name,
        },
    })
}

/// A restriction as the API shows it; `people` are those who set and lifted it.
pub(super) fn restriction_view(
    row: contact_restriction::Model,
    contact_name: Option<String>,
    people: &std::collections::HashMap<crate::ids::UserId, UserRef>,
    today: NaiveDate,
) -> RestrictionView {
    let user = |id: Option<crate::ids::UserId>| id.and_then(|id| people.get(&id).cloned());
    RestrictionView {
        in_force: row.lifted_at.is_none() && row.until.is_none_or(|until| until > today),
        detail: sentence(&row),
        id: row.id,
        contact_id: row.contact_id,
        contact_name,
        address: row.address,
        kind: row.kind,
        channel: row.channel,
        reason: row.reason,
        until: row.until,
        set_by: user(row.set_by),
        set_at: row.set_at,
        lifted_at: row.lifted_at,
        lifted_by: user(row.lifted_by),
        lift_reason: row.lift_reason,
    }
}
