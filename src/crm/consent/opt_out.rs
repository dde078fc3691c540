//! A recipient says by themselves that they want no more mail.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _};
use serde_json::json;

use crate::audit::{self, Actor, Entry};
use crate::entities::{Channel, RestrictionKind, contact_restriction};
use crate::error::Result;
use crate::ids::{ContactId, RestrictionId};

/// What they said.
#[derive(Clone, Debug)]
pub struct OptOut<'a> {
    /// Their address. It need not be a contact's.
    pub address: &'a str,
    /// The contact whom the mail was for, if it is known.
    pub contact: Option<ContactId>,
    /// How it came, in words.
    pub reason: &'a str,
}

/// Keeps an opt-out from mail. Says whether it is news.
pub async fn opt_out<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    said: OptOut<'_>,
) -> Result<bool> {
    let address = said.address.to_lowercase();
    let id = RestrictionId::new(now);
    let row = contact_restriction::ActiveModel {
        id: Set(id),
        contact_id: Set(said.contact),
        address: Set(Some(address.clone())),
        kind: Set(RestrictionKind::OptOut),
        channel: Set(Channel::Email),
        reason: Set(said.reason.to_owned()),
        until: Set(None),
        set_by: Set(None),
        set_at: Set(now),
        lifted_at: Set(None),
        lifted_by: Set(None),
        lift_reason: Set(None),
        dedupe_key: Set(Some(format!("opt_out:{address}"))),
    };
    let written = contact_restriction::Entity::insert(row)
        .on_conflict(
            OnConflict::column(contact_restriction::Column::DedupeKey)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    if written == 0 {
        return Ok(false);
    }
    let entry = Entry {
        actor: Actor::Recipient,
        action: "opted_out",
        subject: ("restriction", Some(id.0)),
        detail: json!({ "address": address, "channel": Channel::Email, "contact_id": said.contact }),
    };
    audit::record(tx, now, entry).await?;
    Ok(true)
}
