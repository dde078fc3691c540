//! Mail that came back: recorded once per report, by the mail service's webhook or by hand, and cleared by hand.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde::Deserialize;
use serde_json::json;

use super::contact::{ContactDetail, load_contact};
use crate::audit::{self, Actor, Entry};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{BounceKind, bounce, contact};
use crate::error::{Code, Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::{BounceId, ContactId, MailId, UserId};

const LONGEST_REASON: usize = 500;

/// A mail that came back.
#[derive(Clone, Debug)]
pub struct NewBounce {
    /// To which address; made lower case.
    pub address: String,
    /// For good, or for now.
    pub kind: BounceKind,
    /// What the other side said.
    pub reason: String,
    /// As the mail service named the message.
    pub message_id: Option<String>,
    /// The mail of ours, if it is known.
    pub mail: Option<MailId>,
    /// The colleague who says so; the mail service, where absent.
    pub recorded_by: Option<UserId>,
}

/// Records a bounce, and where it is for good marks the contacts of the address. Says whether it is news: the same report
/// again changes nothing.
pub async fn record_bounce<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    new: NewBounce,
) -> Result<bool> {
    let address = new.address.trim().to_lowercase();
    let reason: String = new.reason.trim().chars().take(LONGEST_REASON).collect();
    let told = match (&new.message_id, new.recorded_by) {
        (Some(message), _) => format!("message:{message}"),
        (None, Some(_)) => format!("hand:{}", now.timestamp_micros()),
        (None, None) => format!("day:{}:{reason}", now.date_naive()),
    };
    let key = blake3::hash(format!("{address}\n{}\n{told}", new.kind).as_bytes()).to_hex();
    let row = bounce::ActiveModel {
        id: Set(BounceId::new(now)),
        address: Set(address.clone()),
        kind: Set(new.kind),
        reason: Set(reason),
        message_id: Set(new.message_id),
        mail_id: Set(new.mail),
        recorded_by: Set(new.recorded_by),
        dedupe_key: Set(key.to_string()),
        at: Set(now),
        cleared_at: Set(None),
        cleared_by: Set(None),
    };
    let written = bounce::Entity::insert(row)
        .on_conflict(
            OnConflict::column(bounce::Column::DedupeKey)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    if written == 0 {
        return Ok(false);
    }
    if new.kind == BounceKind::Hard {
        mark(tx, now, &address, true).await?;
    }
    Ok(true)
}

/// Says on the contacts of an address whether mail comes back from it.
async fn mark<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    address: &str,
    bounced: bool,
) -> Result<()> {
    contact::Entity::update_many()
        .col_expr(contact::Column::Bounced, Expr::value(bounced))
        .col_expr(contact::Column::UpdatedAt, Expr::value(now))
        .filter(contact::Column::Email.eq(address))
        .filter(contact::Column::Bounced.eq(!bounced))
        .exec(tx)
        .await?;
    Ok(())
}

/// Those of these addresses from which mail came back for good, with the latest reason and when.
pub(super) async fn hard_bounced<C: ConnectionTrait>(
    db: &C,
    addresses: impl IntoIterator<Item = String>,
) -> Result<HashMap<String, (String, DateTime<Utc>)>> {
    let addresses: Vec<String> = addresses.into_iter().collect();
    if addresses.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = bounce::Entity::find()
        .filter(bounce::Column::Address.is_in(addresses))
        .filter(bounce::Column::Kind.eq(BounceKind::Hard))
        .filter(bounce::Column::ClearedAt.is_null())
        .order_by_asc(bounce::Column::At)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.address, (row.reason, row.at)))
        .collect())
}

/// All addresses from which mail came back for good.
pub(in crate::crm) async fn hard_bounced_addresses<C: ConnectionTrait>(
    db: &C,
) -> Result<Vec<String>> {
    Ok(bounce::Entity::find()
        .select_only()
        .column(bounce::Column::Address)
        .distinct()
        .filter(bounce::Column::Kind.eq(BounceKind::Hard))
        .filter(bounce::Column::ClearedAt.is_null())
        .into_tuple()
        .all(db)
        .await?)
}

/// A bounce that a colleague knows of.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContactBounce {
    /// For good (`hard`), or for now (`soft`).
    pub kind: BounceKind,
    /// How they know.
    #[serde(default)]
    pub reason: String,
}

/// Note by hand that mail to a contact came back.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/bounces", tag = "contacts", params(ContactId),
    request_body = NewContactBounce, responses(
    (status = 201, body = ContactDetail), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn add_bounce(
    principal: Principal,
    id: web::Path<ContactId>,
    new: web::Json<NewContactBounce>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let (new, now) = (new.into_inner(), clock.now());
    if new.reason.chars().count() > LONGEST_REASON {
        return Err(Error::field(
            "reason",
            format!("A reason has {LONGEST_REASON} characters at the most."),
        ));
    }
    let tx = db.begin().await?;
    let contact = find_contact(&tx, *id).await?;
    let address = address_of(&contact)?;
    record_bounce(
        &tx,
        now,
        NewBounce {
            address: address.clone(),
            kind: new.kind,
            reason: new.reason.clone(),
            message_id: None,
            mail: None,
            recorded_by: Some(principal.user_id),
        },
    )
    .await?;
    let entry = Entry {
        actor: Actor::User(principal.user_id),
        action: "bounce_recorded",
        subject: ("contact", Some(contact.id.0)),
        detail: json!({ "address": address, "kind": new.kind, "reason": new.reason }),
    };
    audit::record(&tx, now, entry).await?;
    let view = load_contact(&tx, contact.id, now).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(view))
}

/// Note that a contact's address works again.
#[utoipa::path(delete, path = "/api/v1/contacts/{id}/bounces", tag = "contacts", params(ContactId), responses(
    (status = 200, body = ContactDetail), (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn clear_bounces(
    principal: Principal,
    id: web::Path<ContactId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<ContactDetail>> {
    let now = clock.now();
    let tx = db.begin().await?;
    let contact = find_contact(&tx, *id).await?;
    let address = address_of(&contact)?;
    bounce::Entity::update_many()
        .col_expr(bounce::Column::ClearedAt, Expr::value(now))
        .col_expr(bounce::Column::ClearedBy, Expr::value(principal.user_id))
        .filter(bounce::Column::Address.eq(&address))
        .filter(bounce::Column::ClearedAt.is_null())
        .exec(&tx)
        .await?;
    mark(&tx, now, &address, false).await?;
    let entry = Entry {
        actor: Actor::User(principal.user_id),
        action: "bounces_cleared",
        subject: ("contact", Some(contact.id.0)),
        detail: json!({ "address": address }),
    };
    audit::record(&tx, now, entry).await?;
    let view = load_contact(&tx, contact.id, now).await?;
    tx.commit().await?;
    Ok(web::Json(view))
}

/// The contact; whoever sees customers sees all contacts.
pub(super) async fn find_contact<C: ConnectionTrait>(
    db: &C,
    id: ContactId,
) -> Result<contact::Model> {
    contact::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("contact"))
}

fn address_of(contact: &contact::Model) -> Result<String> {
    contact
        .email
        .as_ref()
        .map(|address| address.to_lowercase())
        .ok_or_else(|| Error::new(Code::Conflict, "No address of this contact is known."))
}
