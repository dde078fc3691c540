//! The job: one try to deliver one message, and what follows from its outcome.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait as _,
    ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};
use serde::Deserialize as _;
use url::Url;

use super::publish::{DeliverPayload, enqueue_try};
use super::recall::cancel;
use super::sign::signatures;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entities::{
    DeliveryState, Role, WebhookFormat, user, webhook, webhook_delivery, webhook_try,
};
use crate::error::{Error, Result};
use crate::ids::DeliveryId;
use crate::jobs::{Claim, Failure, Handler};
use crate::keys::Keys;
use crate::notices::{self, Notice};
use crate::outside::{PublicNames, Refused, check_url};

/// The jobs that this does.
pub const DELIVER: &str = "webhook_deliver";

/// How long to wait after each failed try, in seconds: together about 75 hours.
const PAUSES: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// How often a message is tried before it is given up.
pub const TRIES: usize = PAUSES.len() + 1;

const WHOLE: Duration = Duration::from_secs(15);
const CONNECT: Duration = Duration::from_secs(5);
/// How much of an answer is kept, in bytes.
const KEPT: usize = 500;
const AGENT: &str = concat!("Lastmile/", env!("CARGO_PKG_VERSION"), " (webhook)");

/// Delivers messages. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Deliverer {
    db: Db,
    clock: Clock,
    keys: Keys,
    client: reqwest::Client,
    allow_private: bool,
}

/// What came of a try.
#[derive(Debug)]
struct Outcome {
    status: Option<u16>,
    took: Duration,
    failure: Option<String>,
    reply: String,
}

impl Deliverer {
    /// A deliverer under this configuration.
    pub fn new(config: &Config, db: Db, clock: Clock, keys: Keys) -> Result<Self> {
        let allow_private = config.webhook_private_addresses;
        let client = reqwest::Client::builder()
            .user_agent(AGENT)
            .dns_resolver(Arc::new(PublicNames { allow_private }))
            // A proxy would connect in our place, to wherever it likes; a redirect would lead a signed message away.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .build()
            .map_err(Error::internal)?;
        Ok(Self {
            db,
            clock,
            keys,
            client,
            allow_private,
        })
    }

    /// The jobs' handler.
    pub fn handler(self) -> Handler {
        Arc::new(move |claim| {
            let deliverer = self.clone();
            Box::pin(async move { deliverer.work(&claim).await.map_err(Failure::from) })
        })
    }

    async fn work(&self, claim: &Claim) -> Result<()> {
        let payload = DeliverPayload::deserialize(&claim.job.payload).map_err(Error::internal)?;
        let found = webhook_delivery::Entity::find_by_id(payload.delivery)
            .find_also_related(webhook::Entity)
            .one(self.db.read())
            .await?;
        let Some((delivery, Some(webhook))) = found else {
            return Ok(());
        };
        let current = delivery.state == DeliveryState::Pending
            && (delivery.round, delivery.tries) == (payload.round, payload.tries);
        if !current {
            return Ok(());
        }
        if webhook.disabled_at.is_some() {
            let tx = self.db.begin_aside().await?;
            claim.guard(&tx, self.clock.now()).await?;
            cancel(&tx, self.clock.now(), delivery).await?;
            return Ok(tx.commit().await?);
        }
        let outcome = self.post(&delivery, &webhook).await;
        let now = self.clock.now();
        let tx = self.db.begin_aside().await?;
        claim.guard(&tx, now).await?;
        settle(&tx, now, delivery, webhook, &outcome).await?;
        Ok(tx.commit().await?)
    }

    async fn post(&self, delivery: &webhook_delivery::Model, webhook: &webhook::Model) -> Outcome {
        let started = Instant::now();
        let sent = self.send(delivery, webhook).await;
        let took = started.elapsed();
        match sent {
            Ok((status, reply)) => Outcome {
                failure: (!(200..300).contains(&status))
                    .then(|| format!("The receiver answered with status {status}.")),
                status: Some(status),
                took,
                reply,
            },
            Err(failure) => Outcome {
                status: None,
                took,
                failure: Some(failure),
                reply: String::new(),
            },
        }
    }

    async fn send(
        &self,
        delivery: &webhook_delivery::Model,
        webhook: &webhook::Model,
    ) -> Result<(u16, String), String> {
        let url = Url::parse(&webhook.url).map_err(|_| "The address is no address.".to_owned())?;
        // What was allowed when it was written down may not be any more.
        check_url(&url, self.allow_private).map_err(|refused| refused.0.to_owned())?;
        let mut request = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .body(delivery.body.clone());
        if webhook.format == WebhookFormat::Standard {
            let id = message_id(delivery.id);
            let now = self.clock.now();
            let signed = signatures(&self.keys, webhook, &id, now, &delivery.body);
            request = request
                .header("webhook-id", id)
                .header("webhook-timestamp", now.timestamp().to_string())
                .header("webhook-signature", signed);
        }
        let mut response = request.send().await.map_err(|error| why(&error))?;
        let status = response.status().as_u16();
        let mut reply = Vec::new();
        while reply.len() < KEPT {
            match response.chunk().await {
                Ok(Some(chunk)) => reply.extend_from_slice(&chunk),
                // The status says what became of the message; a broken answer changes nothing of it.
                Ok(None) | Err(_) => break,
            }
        }
        reply.truncate(KEPT);
        Ok((status, String::from_utf8_lossy(&reply).replace('\0', "")))
    }
}

/// The id on the wire.
fn message_id(delivery: DeliveryId) -> String {
    format!("msg_{}", delivery.0.simple())
}

/// Writes down a try and what follows from it.
async fn settle<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    delivery: webhook_delivery::Model,
    webhook: webhook::Model,
    outcome: &Outcome,
) -> Result<()> {
    let tried = delivery.tries + 1;
    let row = webhook_try::ActiveModel {
        id: NotSet,
        delivery_id: Set(delivery.id),
        round: Set(delivery.round),
        number: Set(tried),
        at: Set(now),
        status: Set(outcome.status.map(i32::from)),
        took_ms: Set(i32::try_from(outcome.took.as_millis()).unwrap_or(i32::MAX)),
        failure: Set(outcome.failure.clone()),
        reply: Set(outcome.reply.clone()),
    };
    row.insert(tx).await?;
    let gone = outcome.status == Some(410);
    let pause = pause(delivery.id, tried);
    let id = delivery.id;
    let mut row = delivery.into_active_model();
    row.tries = Set(tried);
    row.next_try_at = Set(None);
    match (&outcome.failure, pause) {
        (None, _) => {
            row.state = Set(DeliveryState::Delivered);
            row.finished_at = Set(Some(now));
            row.update(tx).await?;
        }
        (Some(_), Some(pause)) if !gone => {
            row.next_try_at = Set(Some(now + pause));
            let row = row.update(tx).await?;
            enqueue_try(tx, now, now + pause, &row).await?;
        }
        _ => {
            row.state = Set(DeliveryState::Failed);
            row.finished_at = Set(Some(now));
            row.update(tx).await?;
            tracing::warn!(delivery = %id, webhook = %webhook.id, "a message to a webhook was given up");
        }
    }
    if gone {
        switch_off(tx, now, webhook).await?;
    }
    Ok(())
}

/// The receiver says that it is gone for good: nothing more is sent, and administrators hear of it.
async fn switch_off<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    webhook: webhook::Model,
) -> Result<()> {
    if webhook.disabled_at.is_some() {
        return Ok(());
    }
    let (id, name, revision) = (webhook.id, webhook.name.clone(), webhook.revision);
    let mut row = webhook.into_active_model();
    row.disabled_at = Set(Some(now));
    row.disabled_reason = Set(Some(
        "The receiver answered 410: it is gone for good.".to_owned(),
    ));
    row.revision = Set(revision + 1);
    row.updated_at = Set(now);
    row.update(tx).await?;
    let admins = user::Entity::find()
        .filter(user::Column::Role.eq(Role::Admin))
        .filter(user::Column::Active.eq(true))
        .all(tx)
        .await?;
    let told = admins.into_iter().map(|admin| Notice {
        user: admin.id,
        kind: "webhook_disabled",
        title: format!("The webhook \"{name}\" is switched off"),
        body: "Its receiver answered that it is gone for good (410).".to_owned(),
        opportunity: None,
        visit: None,
        subject: None,
        dedupe_key: format!("webhook_disabled:{id}:{revision}"),
        at: now,
    });
    notices::write(tx, told.collect()).await?;
    Ok(())
}

/// How long to wait after this many failed tries: a tenth more or less, so that many messages do not come back at
/// once; nothing when they were enough.
fn pause(delivery: DeliveryId, tried: i32) -> Option<TimeDelta> {
    let seconds = *PAUSES.get(usize::try_from(tried - 1).ok()?)?;
    let mut seed = delivery.0.as_bytes().to_vec();
    seed.extend(tried.to_be_bytes());
    let drawn = i64::from(blake3::hash(&seed).as_bytes()[0]) - 128;
    Some(TimeDelta::milliseconds(
        seconds * 1_000 + seconds * 1_000 * drawn / 1_280,
    ))
}

/// What went wrong, for the log of deliveries.
fn why(error: &reqwest::Error) -> String {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if let Some(refused) = inner.downcast_ref::<Refused>() {
            return refused.0.to_owned();
        }
        cause = inner.source();
    }
    if error.is_timeout() {
        return format!(
            "The receiver did not answer within {} seconds.",
            WHOLE.as_secs()
        );
    }
    if error.is_connect() {
        return "The receiver could not be reached.".to_owned();
    }
    "The connection to the receiver broke off.".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_tries_go_on_for_about_three_days() {
        let id = DeliveryId::new(DateTime::UNIX_EPOCH);
        let pauses: Vec<TimeDelta> = (1..).map_while(|tried| pause(id, tried)).collect();
        assert_eq!((pauses.len() + 1, TRIES), (10, 10));
        let whole: TimeDelta = pauses.iter().sum();
        assert!((68..84).contains(&whole.num_hours()), "{whole}");
        for (pause, seconds) in pauses.iter().zip(PAUSES) {
            let share = pause.num_milliseconds() / seconds;
            assert!((899..=1_101).contains(&share), "{pause} for {seconds}");
        }
    }

    #[test]
    fn messages_do_not_come_back_at_the_same_moment() {
        let pauses: std::collections::BTreeSet<_> = (0..50)
            .filter_map(|_| pause(DeliveryId::new(DateTime::UNIX_EPOCH), 3))
            .collect();
        assert!(pauses.len() > 25);
    }
}
