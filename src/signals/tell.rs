//! Who hears of what has changed among a deal's signals: alerts to people, messages to other programs.
//!
//! It is not the sending: both wait in tables, written in the transaction of the change itself.
//!
//! Invariant: what is taken back is held back where it is not out yet, and follows where it is.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, EntityTrait as _};
use serde_json::json;
use uuid::Uuid;

use super::rows::WITHDRAWN;
use super::score::Crossing;
use super::write::Standing;
use crate::alerts::{self, Concern};
use crate::entities::{SignalKind, signal, user};
use crate::error::Result;
use crate::ids::{TeamId, UserId};
use crate::webhooks::{self, Event, Follows};

/// The messages to other programs by which a signal, and that a deal is ready, are told first.
pub(super) const CREATED: &str = "signal.created";
const READY: &str = "score.sales_ready";

/// What has changed among the signals.
pub(super) struct Told {
    pub(super) new: Vec<signal::Model>,
    pub(super) withdrawn: Vec<signal::Model>,
    /// These were withdrawn, and are so after all.
    pub(super) again: Vec<signal::Model>,
    /// These are said of another visit or of somebody else than before.
    pub(super) moved: Vec<signal::Model>,
}

impl Standing<'_> {
    /// Alerts and messages for what is new and fresh, for what is taken back, and for what stands again.
    pub(super) async fn tell<C: ConnectionTrait>(
        &self,
        tx: &C,
        told: &Told,
        crossings: &[Crossing],
        threshold: f64,
    ) -> Result<()> {
        let fresh = self.fresh(&told.new);
        let concern = self.concern(&fresh);
        alerts::plan(tx, &self.config.alerts, self.now, &concern, &fresh).await?;
        alerts::take_back(tx, self.config, self.now, &told.withdrawn, WITHDRAWN).await?;
        let again = self.fresh(&told.again);
        let concern = self.concern(&again);
        alerts::stand_again(tx, &self.config.alerts, self.now, &concern, &again).await?;

        let team = self.team(tx).await?;
        let ready = told
            .withdrawn
            .iter()
            .any(|one| one.kind == SignalKind::SalesReady);
        webhooks::hold_back(tx, self.now, CREATED, &uuids(&told.withdrawn)).await?;
        if ready {
            webhooks::hold_back(tx, self.now, READY, &[self.id().0]).await?;
        }
        let mut events: Vec<Event> = Vec::new();
        for (kind, signals) in [
            (CREATED, &fresh),
            ("signal.withdrawn", &told.withdrawn),
            ("signal.restored", &told.again),
        ] {
            events.extend(signals.iter().map(|one| Event {
                kind,
                team,
                about: Some(one.id.0),
                follows: (kind != CREATED).then(|| Follows {
                    kind: CREATED,
                    about: vec![one.id.0],
                }),
                data: self.signal_data(one),
            }));
        }
        let recent = self.now - TimeDelta::hours(i64::from(self.config.signals.fresh_hours));
        events.extend(
            crossings
                .iter()
                .filter(|crossing| crossing.at > recent)
                .map(|crossing| Event {
                    kind: if crossing.up { READY } else { "score.cooled" },
                    team,
                    about: Some(self.id().0),
                    follows: (!crossing.up).then(|| Follows {
                        kind: READY,
                        about: vec![self.id().0],
                    }),
                    data: json!({
                        "opportunity_id": self.id(),
                        "opportunity_name": self.loaded.history.opportunity_name,
                        "score": crossing.value,
                        "threshold": threshold,
                        "at": crossing.at,
                        "url": self.place(),
                    }),
                }),
        );
        webhooks::publish(tx, self.now, &events).await?;
        // Under the ids that they had: whoever got one all the same can tell.
        let held = told.again.iter().chain(&told.moved);
        let held: BTreeMap<Uuid, serde_json::Value> =
            held.map(|one| (one.id.0, self.signal_data(one))).collect();
        webhooks::let_go(tx, self.now, CREATED, &held).await
    }

    /// Those that did not happen too long ago to alarm anybody.
    fn fresh(&self, signals: &[signal::Model]) -> Vec<signal::Model> {
        let fresh = TimeDelta::hours(i64::from(self.config.signals.fresh_hours));
        signals
            .iter()
            .filter(|one| one.happened_at > self.now - fresh)
            .cloned()
            .collect()
    }

    /// Whom these signals concern.
    fn concern(&self, signals: &[signal::Model]) -> Concern {
        let mut owners: BTreeSet<UserId> = self.loaded.owner.into_iter().collect();
        let of_links = signals.iter().filter_map(|one| {
            let link = self.loaded.history.links.get(&one.link_id?)?;
            self.loaded.pitch_owners.get(&link.pitch).copied()
        });
        let senders: BTreeSet<UserId> = of_links.collect();
        owners.extend(senders.iter().copied());
        Concern {
            opportunity: self.id(),
            name: self.loaded.history.opportunity_name.clone(),
            owners,
            senders,
        }
    }

    fn signal_data(&self, one: &signal::Model) -> serde_json::Value {
        json!({
            "id": one.id,
            "kind": one.kind,
            "opportunity_id": one.opportunity_id,
            "opportunity_name": self.loaded.history.opportunity_name,
            "account_name": self.loaded.history.account_name,
            "contact_id": one.contact_id,
            "link_id": one.link_id,
            "visit_id": one.visit_id,
            "person": one.person,
            "title": one.title,
            "detail": one.detail,
            "next_step": one.next_step,
            "facts": one.facts,
            "happened_at": one.happened_at,
            "url": self.place(),
        })
    }

    fn place(&self) -> String {
        format!("{}/opportunities/{}", self.config.public_url(), self.id())
    }

    async fn team<C: ConnectionTrait>(&self, tx: &C) -> Result<Option<TeamId>> {
        let Some(owner) = self.loaded.owner else {
            return Ok(None);
        };
        let owner = user::Entity::find_by_id(owner).one(tx).await?;
        Ok(owner.and_then(|owner| owner.team_id))
    }
}

pub(super) fn uuids<'s>(signals: impl IntoIterator<Item = &'s signal::Model>) -> Vec<Uuid> {
    signals.into_iter().map(|one| one.id.0).collect()
}
