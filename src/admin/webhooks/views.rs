//! Webhooks and their messages as the API shows them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};

use crate::entities::{DeliveryState, WebhookFormat, webhook, webhook_delivery, webhook_try};
use crate::error::Result;
use crate::ids::{DeliveryId, TeamId, WebhookId};
use crate::keys::Keys;
use crate::webhooks::secret_text;

/// A webhook to be added.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// What to call it.
    pub name: String,
    /// Where it listens.
    pub url: String,
    /// How it is written to.
    pub format: WebhookFormat,
    /// What it is told; everything where none is named. Chat channels get alerts.
    #[serde(default)]
    pub event_types: Vec<String>,
    /// Only what concerns this team.
    #[serde(default)]
    pub team_id: Option<TeamId>,
}

/// A change of a webhook; what is left out stays.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookEdit {
    /// What to call it.
    pub name: Option<String>,
    /// Where it listens.
    pub url: Option<String>,
    /// What it is told.
    pub event_types: Option<Vec<String>>,
    /// Whether it is told anything.
    pub enabled: Option<bool>,
}

/// A webhook or chat channel.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct WebhookView {
    /// The webhook.
    pub id: WebhookId,
    /// What it is called.
    pub name: String,
    /// Where it listens.
    pub url: String,
    /// How it is written to.
    pub format: WebhookFormat,
    /// What it is told; everything where none is named.
    pub event_types: Vec<String>,
    /// Only what concerns this team.
    pub team_id: Option<TeamId>,
    /// The secret that messages are signed with; chat channels have none.
    pub secret: Option<String>,
    /// Until then, the secret before is used as well.
    pub old_secret_until: Option<DateTime<Utc>>,
    /// When it was switched off.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Why.
    pub disabled_reason: Option<String>,
    /// How many messages wait to be delivered.
    pub pending: i64,
    /// How many were given up.
    pub failed: i64,
    /// To be sent back with `If-Match`.
    pub revision: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

/// One message to a webhook.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DeliveryView {
    /// The message; on the wire it is `msg_` and these digits without dashes.
    pub id: DeliveryId,
    /// What it tells.
    pub event_type: String,
    /// How far it has come.
    pub state: DeliveryState,
    /// How often it was tried since it was last begun.
    pub tries: i32,
    /// How often it was begun.
    pub round: i32,
    /// When it is tried next.
    pub next_try_at: Option<DateTime<Utc>>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it came to its end.
    pub finished_at: Option<DateTime<Utc>>,
}

/// One message with its body and every try.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DeliveryDetail {
    /// As in the list.
    #[serde(flatten)]
    pub delivery: DeliveryView,
    /// What is sent, byte for byte.
    pub body: String,
    /// The tries, the latest first.
    pub attempts: Vec<DeliveryTry>,
}

/// One try to deliver a message.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DeliveryTry {
    /// Of which round.
    pub round: i32,
    /// The how manieth of it.
    pub number: i32,
    /// When.
    pub at: DateTime<Utc>,
    /// The answer's status, if there was one.
    pub status: Option<i32>,
    /// How long it took, in milliseconds.
    pub took_ms: i32,
    /// Why it does not count as delivered.
    pub failure: Option<String>,
    /// The first words of the answer.
    pub reply: String,
}

impl From<webhook_delivery::Model> for DeliveryView {
    fn from(row: webhook_delivery::Model) -> Self {
        Self {
            id: row.id,
            event_type: row.event_type,
            state: row.state,
            tries: row.tries,
            round: row.round,
            next_try_at: row.next_try_at,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}

impl From<webhook_try::Model> for DeliveryTry {
    fn from(row: webhook_try::Model) -> Self {
        Self {
            round: row.round,
            number: row.number,
            at: row.at,
            status: row.status,
            took_ms: row.took_ms,
            failure: row.failure,
            reply: row.reply,
        }
    }
}

/// Webhooks with the counts of their messages, in one more query.
pub(super) async fn views<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    rows: Vec<webhook::Model>,
) -> Result<Vec<WebhookView>> {
    let counted: Vec<(WebhookId, DeliveryState, i64)> = webhook_delivery::Entity::find()
        .select_only()
        .column(webhook_delivery::Column::WebhookId)
        .column(webhook_delivery::Column::State)
        .column_as(webhook_delivery::Column::Id.count(), "count")
        .filter(webhook_delivery::Column::WebhookId.is_in(rows.iter().map(|row| row.id)))
        .group_by(webhook_delivery::Column::WebhookId)
        .group_by(webhook_delivery::Column::State)
        .into_tuple()
        .all(db)
        .await?;
    let counts: HashMap<(WebhookId, DeliveryState), i64> = counted
        .into_iter()
        .map(|(id, state, count)| ((id, state), count))
        .collect();
    let count = |id, state| counts.get(&(id, state)).copied().unwrap_or(0);
    Ok(rows
        .into_iter()
        .map(|row| WebhookView {
            secret: (row.format == WebhookFormat::Standard).then(|| secret_text(keys, &row)),
            event_types: serde_json::from_value(row.event_types).unwrap_or_default(),
            pending: count(row.id, DeliveryState::Pending),
            failed: count(row.id, DeliveryState::Failed),
            id: row.id,
            name: row.name,
            url: row.url,
            format: row.format,
            team_id: row.team_id,
            old_secret_until: row.old_secret_until,
            disabled_at: row.disabled_at,
            disabled_reason: row.disabled_reason,
            revision: row.revision,
            created_at: row.created_at,
        })
        .collect())
}
