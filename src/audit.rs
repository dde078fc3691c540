//! The audit log: who did what to what, for acts that somebody may have to answer for.
//!
//! It knows no feature: whoever does such a thing records it here, in the transaction of the act. It is shown to
//! administrators (`admin`). It is no event store: nothing is derived from it.
//!
//! Invariant: entries are written once; there is no function that changes or deletes one.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait};
use serde_json::Value;
use uuid::Uuid;

use crate::entities::audit_entry;
use crate::error::Result;
use crate::ids::{AuditId, UserId};

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who signs in.
    User(UserId),
    /// A recipient, through an address of theirs.
    Recipient,
    /// Another program, with a secret of ours.
    Webhook,
    /// This program by itself.
    System,
}

impl Actor {
    /// The two columns: what sort of actor, and which user.
    const fn columns(self) -> (&'static str, Option<UserId>) {
        match self {
            Self::User(id) => ("user", Some(id)),
            Self::Recipient => ("recipient", None),
            Self::Webhook => ("webhook", None),
            Self::System => ("system", None),
        }
    }
}

/// What is to be recorded.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Who.
    pub actor: Actor,
    /// Did what, as a word that programs filter by: `contact_restricted`, ...
    pub action: &'a str,
    /// To what sort of thing, and to which, where it has an id.
    pub subject: (&'a str, Option<Uuid>),
    /// What else is to be known: an object of plain values.
    pub detail: Value,
}

/// Records an act, in the caller's transaction.
pub async fn record<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    entry: Entry<'_>,
) -> Result<()> {
    let (actor, actor_id) = entry.actor.columns();
    audit_entry::ActiveModel {
        id: Set(AuditId::new(now)),
        actor: Set(actor.to_owned()),
        actor_id: Set(actor_id),
        action: Set(entry.action.to_owned()),
        subject_kind: Set(entry.subject.0.to_owned()),
        subject_id: Set(entry.subject.1),
        detail: Set(entry.detail),
        at: Set(now),
    }
    .insert(tx)
    .await?;
    Ok(())
}
