//! The rows: a message is written once for every webhook that wants it, with the job that delivers it.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::deliver::DELIVER;
use crate::entities::{DeliveryState, WebhookFormat, webhook, webhook_delivery};
use crate::error::Result;
use crate::ids::{DeliveryId, TeamId, WebhookId};
use crate::jobs::{NewJob, enqueue_for};

/// What may happen, for those who choose what to be told.
pub const EVENT_TYPES: &[&str] = &[
    "signal.created",
    "signal.withdrawn",
    "signal.restored",
    "visit.reclassified",
    "visit.erased",
    "score.sales_ready",
    "score.cooled",
];

/// The message that only tries whether a webhook listens.
pub const PING: &str = "ping";

/// How many things are asked for in one statement.
pub(super) const CHUNK: usize = 500;

/// How often a worker may die over one try.
const ATTEMPTS: i32 = 20;

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// One of [`EVENT_TYPES`].
    pub kind: &'static str,
    /// The team it concerns.
    pub team: Option<TeamId>,
    /// The signal, visit or opportunity that it tells of.
    pub about: Option<Uuid>,
    /// What was told before of the same: a webhook from which all of that was held back is not told this either.
    pub follows: Option<Follows>,
    /// What it is, for programs.
    pub data: Value,
}

/// Messages that another one follows.
#[derive(Clone, Debug)]
pub struct Follows {
    /// Of this kind.
    pub kind: &'static str,
    /// About these.
    pub about: Vec<Uuid>,
}

/// What the job needs to know.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct DeliverPayload {
    pub(super) delivery: DeliveryId,
    pub(super) round: i32,
    pub(super) tries: i32,
}

/// Writes these events to every webhook that wants them, in the caller's transaction; says how many messages that made.
pub async fn publish<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    events: &[Event],
) -> Result<usize> {
    if events.is_empty() {
        return Ok(0);
    }
    let listening = webhook::Entity::find()
        .filter(webhook::Column::DisabledAt.is_null())
        .filter(webhook::Column::Format.eq(WebhookFormat::Standard))
        .order_by_asc(webhook::Column::Id)
        .all(tx)
        .await?;
    if listening.is_empty() {
        return Ok(0);
    }
    let before = sent_before(tx, events).await?;
    let mut written = 0;
    for event in events {
        let wanting = listening.iter().filter(|webhook| {
            wants(webhook, event.kind)
                && (webhook.team_id.is_none() || webhook.team_id == event.team)
                && before.allows(webhook.id, event.follows.as_ref())
        });
        for webhook in wanting {
            let body = body(event.kind, now, &event.data);
            publish_to(tx, now, webhook.id, event.kind, event.about, body).await?;
            written += 1;
        }
    }
    Ok(written)
}

/// Which messages were written before to whom, and whether they were held back.
struct Before(HashMap<(WebhookId, String, Uuid), bool>);

impl Before {
    fn allows(&self, webhook: WebhookId, follows: Option<&Follows>) -> bool {
        let Some(follows) = follows else {
            return true;
        };
        let kind = || follows.kind.to_owned();
        let mut written = follows
            .about
            .iter()
            .filter_map(|about| self.0.get(&(webhook, kind(), *about)))
            .peekable();
        written.peek().is_none() || written.any(|held_back| !held_back)
    }
}

async fn sent_before<C: ConnectionTrait>(tx: &C, events: &[Event]) -> Result<Before> {
    let about: BTreeSet<Uuid> = events
        .iter()
        .filter_map(|event| event.follows.as_ref())
        .flat_map(|follows| follows.about.iter().copied())
        .collect();
    let mut before = HashMap::new();
    for chunk in about.into_iter().collect::<Vec<_>>().chunks(CHUNK) {
        let rows: Vec<(WebhookId, String, Uuid, DeliveryState)> = webhook_delivery::Entity::find()
            .select_only()
            .column(webhook_delivery::Column::WebhookId)
            .column(webhook_delivery::Column::EventType)
            .column(webhook_delivery::Column::About)
            .column(webhook_delivery::Column::State)
            .filter(webhook_delivery::Column::About.is_in(chunk.iter().copied()))
            .into_tuple()
            .all(tx)
            .await?;
        for (webhook, kind, about, state) in rows {
            let held_back = state == DeliveryState::Cancelled;
            before
                .entry((webhook, kind, about))
                .and_modify(|all: &mut bool| *all &= held_back)
                .or_insert(held_back);
        }
    }
    Ok(Before(before))
}

/// Writes one message to one webhook.
pub async fn publish_to<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    webhook: WebhookId,
    event_type: &str,
    about: Option<Uuid>,
    body: String,
) -> Result<webhook_delivery::Model> {
    let row = webhook_delivery::Model {
        id: DeliveryId::new(now),
        webhook_id: webhook,
        event_type: event_type.to_owned(),
        about,
        body,
        state: DeliveryState::Pending,
        tries: 0,
        round: 1,
        next_try_at: Some(now),
        created_at: now,
        finished_at: None,
    };
    let row = row.into_active_model().reset_all().insert(tx).await?;
    enqueue_try(tx, now, now, &row).await?;
    Ok(row)
}

/// Begins to deliver a message again, under the same id: who has it already can tell.
pub async fn replay<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    delivery: webhook_delivery::Model,
) -> Result<webhook_delivery::Model> {
    let round = delivery.round + 1;
    let mut row = delivery.into_active_model();
    row.state = Set(DeliveryState::Pending);
    row.round = Set(round);
    row.tries = Set(0);
    row.next_try_at = Set(Some(now));
    row.finished_at = Set(None);
    let row = row.update(tx).await?;
    enqueue_try(tx, now, now, &row).await?;
    Ok(row)
}

/// The job of the next try.
pub(super) async fn enqueue_try<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    at: DateTime<Utc>,
    delivery: &webhook_delivery::Model,
) -> Result<()> {
    let job = NewJob {
        kind: DELIVER,
        subject: ("webhook_delivery", delivery.id.0),
        priority: 5,
        max_attempts: ATTEMPTS,
    };
    let payload = DeliverPayload {
        delivery: delivery.id,
        round: delivery.round,
        tries: delivery.tries,
    };
    enqueue_for(tx, now, at, job, &payload).await?;
    Ok(())
}

/// The body as Standard Webhooks recommend it.
pub(super) fn body(kind: &str, at: DateTime<Utc>, data: &Value) -> String {
    let at = at.to_rfc3339_opts(SecondsFormat::Millis, true);
    json!({ "type": kind, "timestamp": at, "data": data }).to_string()
}

fn wants(webhook: &webhook::Model, kind: &str) -> bool {
    match webhook.event_types.as_array() {
        Some(kinds) if !kinds.is_empty() => kinds.iter().any(|one| one.as_str() == Some(kind)),
        _ => true,
    }
}

/// A message that tries whether a webhook listens, in the form that it takes.
pub async fn ping<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    webhook: &webhook::Model,
) -> Result<webhook_delivery::Model> {
    let chat = super::ChatMessage {
        title: "Lastmile can write to this channel".to_owned(),
        ..super::ChatMessage::default()
    };
    let body = chat
        .body(webhook.format)
        .unwrap_or_else(|| body(PING, now, &json!({ "webhook_id": webhook.id })));
    publish_to(tx, now, webhook.id, PING, None, body).await
}
