//! Messages that are not out yet: held back or written anew when what they tell turns out not to be so, and sent after
//! all when it is so again.
//!
//! Invariant: what a worker has in hand is left alone; it goes out, and whoever recalls it has to tell on.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
};
use serde_json::Value;
use uuid::Uuid;

use super::deliver::DELIVER;
use super::publish::{CHUNK, body, replay};
use crate::entities::{DeliveryState, webhook, webhook_delivery};
use crate::error::Result;
use crate::jobs::hold;

/// The messages about something.
#[derive(Debug)]
pub struct Unsent {
    /// Those that are not out, kept back until the caller's transaction ends, with their webhooks.
    pub waiting: Vec<(webhook_delivery::Model, webhook::Model)>,
    /// There is no other: nobody was told.
    pub all: bool,
}

/// The messages of this kind about these that nobody has taken and no worker has in hand.
pub async fn unsent<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    event_type: &str,
    about: &[Uuid],
) -> Result<Unsent> {
    let mut unsent = Unsent {
        waiting: Vec::new(),
        all: true,
    };
    for chunk in about.chunks(CHUNK) {
        let find = || {
            webhook_delivery::Entity::find()
                .filter(webhook_delivery::Column::About.is_in(chunk.iter().copied()))
                .filter(webhook_delivery::Column::EventType.eq(event_type))
        };
        let pending = find()
            .filter(webhook_delivery::Column::State.eq(DeliveryState::Pending))
            .order_by_asc(webhook_delivery::Column::Id)
            .all(tx)
            .await?;
        let mut held = Vec::new();
        for row in pending {
            if hold(tx, now, DELIVER, row.id.0).await? {
                held.push(row.id);
            }
        }
        // What was delivered while it was being held is out.
        for (row, webhook) in find().find_also_related(webhook::Entity).all(tx).await? {
            match (row.state, webhook) {
                (DeliveryState::Pending, Some(webhook)) if held.contains(&row.id) => {
                    unsent.waiting.push((row, webhook));
                }
                (DeliveryState::Cancelled, _) => {}
                _ => unsent.all = false,
            }
        }
    }
    Ok(unsent)
}

/// Holds a message back for good.
pub async fn cancel<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    delivery: webhook_delivery::Model,
) -> Result<()> {
    let mut row = delivery.into_active_model();
    row.state = Set(DeliveryState::Cancelled);
    row.finished_at = Set(Some(now));
    row.next_try_at = Set(None);
    row.update(tx).await?;
    Ok(())
}

/// Holds all messages of this kind about these back that are not out.
pub async fn hold_back<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    event_type: &str,
    about: &[Uuid],
) -> Result<()> {
    for (delivery, _) in unsent(tx, now, event_type, about).await?.waiting {
        cancel(tx, now, delivery).await?;
    }
    Ok(())
}

/// Sends what was held back of this kind after all, under the same ids, saying what these say now.
pub async fn let_go<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    event_type: &str,
    about: &BTreeMap<Uuid, Value>,
) -> Result<()> {
    let ids: Vec<Uuid> = about.keys().copied().collect();
    for chunk in ids.chunks(CHUNK) {
        let held = webhook_delivery::Entity::find()
            .find_also_related(webhook::Entity)
            .filter(webhook_delivery::Column::About.is_in(chunk.iter().copied()))
            .filter(webhook_delivery::Column::EventType.eq(event_type))
            .filter(webhook_delivery::Column::State.eq(DeliveryState::Cancelled))
            .filter(webhook::Column::DisabledAt.is_null())
            .order_by_asc(webhook_delivery::Column::Id)
            .all(tx)
            .await?;
        for (delivery, _) in held {
            let delivery = match delivery.about.and_then(|id| about.get(&id)) {
                Some(data) => rewrite(tx, delivery, body(event_type, now, data)).await?,
                None => delivery,
            };
            replay(tx, now, delivery).await?;
        }
    }
    Ok(())
}

/// Lets a waiting message say something else.
pub async fn rewrite<C: ConnectionTrait>(
    tx: &C,
    delivery: webhook_delivery::Model,
    body: String,
) -> Result<webhook_delivery::Model> {
    let mut row = delivery.into_active_model();
    row.body = Set(body);
    Ok(row.update(tx).await?)
}

/// Takes everything out of the log that was told of these.
pub async fn erase<C: ConnectionTrait>(tx: &C, about: &[Uuid]) -> Result<()> {
    for chunk in about.chunks(CHUNK) {
        webhook_delivery::Entity::delete_many()
            .filter(webhook_delivery::Column::About.is_in(chunk.iter().copied()))
            .exec(tx)
            .await?;
    }
    Ok(())
}
