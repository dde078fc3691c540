//! Setting and lifting reasons not to contact somebody. Whoever keeps customers may set one, a manager lifts it: a rep who
//! could lift what stops them would not be stopped.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::bounces::find_contact;
use super::contact::{ContactDetail, RestrictionView, load_contact, restriction_view};
use super::standing::in_force;
use crate::audit::{self, Actor, Entry};
use crate::auth::user_refs;
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{Channel, RestrictionKind, contact, contact_restriction};
use crate::error::{Code, Error, FieldError, Result};
use crate::http::{ListQuery, Principal, Problem, next_cursor};
use crate::ids::{ContactId, RestrictionId, UserId};

const LONGEST_REASON: usize = 500;

/// A reason not to contact somebody, to be kept.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRestriction {
    /// In which way.
    pub kind: RestrictionKind,
    /// What it is about; everything, where not said.
    pub channel: Option<Channel>,
    /// The first day on which it no longer holds. A day before which not to contact needs one; an opt-out may have one.
    pub until: Option<NaiveDate>,
    /// Why.
    pub reason: String,
}

/// Note that a contact must not be contacted before a day, or has opted out.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/restrictions", tag = "contacts", params(ContactId),
    request_body = NewRestriction, responses(
    (status = 201, body = ContactDetail), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn add_restriction(
    principal: Principal,
    id: web::Path<ContactId>,
    new: web::Json<NewRestriction>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let new = checked(new.into_inner(), now.date_naive())?;
    let tx = db.begin().await?;
    let contact = find_contact(&tx, *id).await?;
    restrict(&tx, now, &contact, principal.user_id, new).await?;
    let view = load_contact(&tx, contact.id, now).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(view))
}

fn checked(mut new: NewRestriction, today: NaiveDate) -> Result<NewRestriction> {
    let mut wrong = Vec::new();
    let mut note = |field: &str, detail: String| {
        wrong.push(FieldError {
            field: field.to_owned(),
            detail,
        });
    };
    new.reason = new.reason.trim().replace('\0', "");
    let length = new.reason.chars().count();
    if length == 0 || length > LONGEST_REASON {
        note(
            "reason",
            format!("Say why, in 1 to {LONGEST_REASON} characters."),
        );
    }
    if new.kind == RestrictionKind::DoNotContactBefore && new.until.is_none() {
        note(
            "until",
            "Say from which day on they may be contacted.".to_owned(),
        );
    }
    if new.until.is_some_and(|until| until <= today) {
        note("until", "This day has come already.".to_owned());
    }
    if wrong.is_empty() {
        return Ok(new);
    }
    Err(Error::fields(wrong))
}

/// Keeps a restriction of `contact`, said by `by`.
pub async fn restrict<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    contact: &contact::Model,
    by: UserId,
    new: NewRestriction,
) -> Result<RestrictionId> {
    let id = RestrictionId::new(now);
    let channel = new.channel.unwrap_or(Channel::All);
    let detail = json!({
        "contact_id": contact.id, "kind": new.kind, "channel": channel, "until": new.until, "reason": new.reason,
    });
    contact_restriction::ActiveModel {
        id: Set(id),
        contact_id: Set(Some(contact.id)),
        address: Set(contact.email.as_ref().map(|address| address.to_lowercase())),
        kind: Set(new.kind),
        channel: Set(channel),
        reason: Set(new.reason),
        until: Set(new.until),
        set_by: Set(Some(by)),
        set_at: Set(now),
        lifted_at: Set(None),
        lifted_by: Set(None),
        lift_reason: Set(None),
        dedupe_key: Set(None),
    }
    .insert(tx)
    .await?;
    let entry = Entry {
        actor: Actor::User(by),
        action: "contact_restricted",
        subject: ("restriction", Some(id.0)),
        detail,
    };
    audit::record(tx, now, entry).await?;
    Ok(id)
}

/// Why a restriction no longer holds.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lift {
    /// Why.
    pub reason: String,
}

/// Lift a restriction, with a reason. It stays in the contact's history.
#[utoipa::path(post, path = "/api/v1/restrictions/{id}/lift", tag = "contacts", params(RestrictionId),
    request_body = Lift, responses(
    (status = 200, body = RestrictionView), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn lift_restriction(
    principal: Principal,
    id: web::Path<RestrictionId>,
    lift: web::Json<Lift>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<RestrictionView>> {
    let now = clock.now();
    let reason = lift.into_inner().reason.trim().replace('\0', "");
    let length = reason.chars().count();
    if length == 0 || length > LONGEST_REASON {
        return Err(Error::field(
            "reason",
            format!("Say why, in 1 to {LONGEST_REASON} characters."),
        ));
    }
    let tx = db.begin().await?;
    let (row, contact) = contact_restriction::Entity::find_by_id(*id)
        .find_also_related(contact::Entity)
        .one(&tx)
        .await?
        .ok_or_else(|| Error::not_found("restriction"))?;
    if row.lifted_at.is_some() {
        return Err(Error::new(Code::Conflict, "This was lifted already."));
    }
    let mut lifted = row.into_active_model();
    lifted.lifted_at = Set(Some(now));
    lifted.lifted_by = Set(Some(principal.user_id));
    lifted.lift_reason = Set(Some(reason.clone()));
    // Whoever opts out again is to be heard again.
    lifted.dedupe_key = Set(None);
    let row = lifted.update(&tx).await?;
    let entry = Entry {
        actor: Actor::User(principal.user_id),
        action: "restriction_lifted",
        subject: ("restriction", Some(row.id.0)),
        detail: json!({ "contact_id": row.contact_id, "address": row.address, "reason": reason }),
    };
    audit::record(&tx, now, entry).await?;
    let people = user_refs(&tx, [row.set_by, row.lifted_by].into_iter().flatten()).await?;
    tx.commit().await?;
    let name = contact.map(|contact| contact.name);
    Ok(web::Json(restriction_view(
        row,
        name,
        &people,
        now.date_naive(),
    )))
}

/// Which restrictions to list.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RestrictionQuery {
    /// Also those that no longer hold.
    #[serde(default)]
    pub all: bool,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

/// One page of the restrictions.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RestrictionPage {
    /// The latest first.
    pub items: Vec<RestrictionView>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

/// Everybody who must not be contacted, contacts and mere addresses.
#[utoipa::path(get, path = "/api/v1/restrictions", tag = "contacts", params(RestrictionQuery), responses(
    (status = 200, body = RestrictionPage),
))]
pub async fn list_restrictions(
    query: web::Query<RestrictionQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<RestrictionPage>> {
    let query = query.into_inner();
    let today = clock.now().date_naive();
    let list = ListQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    let mut select = contact_restriction::Entity::find()
        .find_also_related(contact::Entity)
        .order_by_desc(contact_restriction::Column::Id)
        .limit(list.limit() + 1);
    if !query.all {
        select = select.filter(in_force(today));
    }
    if let Some(before) = list.position::<RestrictionId>()? {
        select = select.filter(contact_restriction::Column::Id.lt(before));
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, list.limit(), |(row, _)| row.id)?;
    let people = rows
        .iter()
        .flat_map(|(row, _)| [row.set_by, row.lifted_by])
        .flatten();
    let people: HashMap<_, _> = user_refs(db.read(), people).await?;
    let items = rows
        .into_iter()
        .map(|(row, contact)| {
            restriction_view(row, contact.map(|contact| contact.name), &people, today)
        })
        .collect();
    Ok(web::Json(RestrictionPage { items, next_cursor }))
}
