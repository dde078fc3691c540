//! What the rules and the score say, brought into the tables: one transaction with the alerts and messages it causes.
//!
//! Invariant: whoever computed from an older state than the one that stands writes nothing (`revision`), and a signal
//! is alarmed about only by whoever inserted its row.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait as _,
    ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryTrait as _,
};
use serde_json::json;

use super::load::Loaded;
use super::rules::{Found, Said};
use super::score::{Crossing, Scale, Term, replay};
use crate::alerts::{self, Concern};
use crate::config::Config;
use crate::db::Db;
use crate::entities::{SignalKind, opportunity_score, score_crossing, signal, user, visit};
use crate::error::Result;
use crate::ids::{OpportunityId, SignalId, TeamId, UserId, VisitId};
use crate::webhooks::{self, Event};

/// Why a signal is taken back.
const WITHDRAWN: &str =
    "The visit behind it no longer counts as a person's, or no longer says this.";

/// How an opportunity stands now, to be written.
pub(super) struct Standing<'a> {
    pub(super) config: &'a Config,
    pub(super) now: DateTime<Utc>,
    pub(super) loaded: &'a Loaded,
    pub(super) said: Said,
    pub(super) terms: &'a [Term],
    pub(super) basis: String,
    /// Whether anybody is to hear of it; not when all is made anew.
    pub(super) alarm: bool,
}

/// The numbers of a score.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbers {
    pub(super) points: f64,
    pub(super) reach: f64,
    pub(super) readers: usize,
    pub(super) roles: usize,
}

impl Numbers {
    /// Of an opportunity's reads.
    pub(super) fn of(scale: &Scale, terms: &[Term]) -> Self {
        let readers: BTreeSet<&str> = terms.iter().map(|term| term.reader.as_str()).collect();
        let roles: BTreeSet<&str> = terms
            .iter()
            .filter_map(|term| term.role.as_deref())
            .collect();
        Self {
            points: scale.points(terms),
            reach: scale.reach(readers.len(), roles.len()),
            readers: readers.len(),
            roles: roles.len(),
        }
    }
}

impl Standing<'_> {
    fn id(&self) -> OpportunityId {
        self.loaded.history.opportunity
    }

    /// Writes it, if `stored` is still what stands; says whether it did.
    pub(super) async fn write(
        mut self,
        db: &Db,
        stored: Option<opportunity_score::Model>,
    ) -> Result<bool> {
        let scale = Scale::new(&self.config.scores);
        let numbers = Numbers::of(&scale, self.terms);
        let threshold = self.config.scores.ready;
        let value = numbers.points * scale.factor(self.now) + numbers.reach;
        let ready = value >= threshold;
        let crossings = self.crossings(&scale, stored.as_ref(), ready, value);
        for crossing in crossings.iter().filter(|crossing| crossing.up) {
            let found = self.sales_ready(crossing, threshold);
            self.said.found.push(found);
        }
        let last = crossings.last().map(|crossing| crossing.at);
        let before = stored.as_ref().and_then(|row| row.ready_since);
        let row = opportunity_score::Model {
            opportunity_id: self.id(),
            points: numbers.points,
            reach: numbers.reach,
            readers: i32::try_from(numbers.readers).unwrap_or(i32::MAX),
            roles: i32::try_from(numbers.roles).unwrap_or(i32::MAX),
            ready,
            ready_since: if ready { last.or(before) } else { None },
            falls_at: scale.falls_at(numbers.points, numbers.reach, threshold, self.now),
            due_at: self.said.look_again_at,
            basis: self.basis.clone(),
            revision: stored.as_ref().map_or(1, |row| row.revision + 1),
            considered_at: self.now,
        };
        let tx = db.begin_aside().await?;
        if !keep_score(&tx, row, stored.map(|row| row.revision)).await? {
            return Ok(false);
        }
        self.write_crossings(&tx, &crossings, threshold).await?;
        self.write_signals(&tx, &crossings, threshold).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The crossings that are not written yet: all of the past at first, later the one to how it stands now.
    fn crossings(
        &self,
        scale: &Scale,
        stored: Option<&opportunity_score::Model>,
        ready: bool,
        value: f64,
    ) -> Vec<Crossing> {
        let threshold = self.config.scores.ready;
        let mut all = replay(scale, self.terms, true, threshold, self.now);
        let Some(stored) = stored else {
            return all;
        };
        if stored.ready == ready {
            return Vec::new();
        }
        // Another reader, another role or another verdict may have moved it at this very moment.
        let last = all.pop().filter(|last| {
            last.up == ready && last.at > stored.considered_at - TimeDelta::hours(1)
        });
        vec![last.unwrap_or(Crossing {
            at: self.now,
            up: ready,
            value,
        })]
    }

    fn sales_ready(&self, crossing: &Crossing, threshold: f64) -> Found {
        let history = &self.loaded.history;
        let people = history
            .readings(self.config.signals.forward_browsers)
            .iter()
            .filter(|reading| reading.read.started_at <= crossing.at)
            .map(|reading| reading.reader.key())
            .collect::<BTreeSet<_>>()
            .len();
        Found {
            kind: SignalKind::SalesReady,
            cause_key: format!(
                "sales_ready:{}:{}",
                self.id(),
                crossing.at.timestamp_millis()
            ),
            contact: None,
            link: None,
            visit: None,
            person: None,
            title: format!("{} is sales-ready", history.opportunity_name),
            detail: format!(
                "Its score rose to {:.1}; from {threshold:.1} on a deal counts as ready. {} have read.",
                crossing.value,
                if people == 1 {
                    "1 person".to_owned()
                } else {
                    format!("{people} people")
                },
            ),
            next_step: "Propose the decision meeting, and ask who must be in the room.".to_owned(),
            facts: json!({ "score": crossing.value, "threshold": threshold, "readers": people }),
            happened_at: crossing.at,
        }
    }

    async fn write_crossings<C: ConnectionTrait>(
        &self,
        tx: &C,
        crossings: &[Crossing],
        threshold: f64,
    ) -> Result<()> {
        let rows: Vec<score_crossing::ActiveModel> = crossings
            .iter()
            .map(|crossing| score_crossing::ActiveModel {
                id: NotSet,
                opportunity_id: Set(Some(self.id())),
                contact_id: Set(None),
                up: Set(crossing.up),
                value: Set(crossing.value),
                threshold: Set(threshold),
                at: Set(crossing.at),
            })
            .collect();
        if !rows.is_empty() {
            score_crossing::Entity::insert_many(rows)
                .exec_without_returning(tx)
                .await?;
        }
        Ok(())
    }

    async fn write_signals<C: ConnectionTrait>(
        &self,
        tx: &C,
        crossings: &[Crossing],
        threshold: f64,
    ) -> Result<()> {
        let stored = signal::Entity::find()
            .filter(signal::Column::OpportunityId.eq(self.id()))
            .all(tx)
            .await?;
        let found: BTreeSet<&str> = self
            .said
            .found
            .iter()
            .map(|found| found.cause_key.as_str())
            .collect();
        let known: BTreeMap<&str, &signal::Model> = stored
            .iter()
            .map(|row| (row.cause_key.as_str(), row))
            .collect();

        // What rose once has risen: a score's history stays as it was told.
        let unsaid: Vec<&signal::Model> = stored
            .iter()
            .filter(|row| {
                row.kind != SignalKind::SalesReady && !found.contains(row.cause_key.as_str())
            })
            .collect();
        let (gone, unsaid) = self.split_by_visit(tx, unsaid).await?;
        signal::Entity::delete_many()
            .filter(signal::Column::Id.is_in(gone.iter().map(|row| row.id)))
            .exec(tx)
            .await?;
        let withdrawn: Vec<signal::Model> = unsaid
            .into_iter()
            .filter(|row| row.withdrawn_at.is_none())
            .cloned()
            .collect();
        mark_withdrawn(tx, &withdrawn, Some(self.now)).await?;
        let again: Vec<signal::Model> = stored
            .iter()
            .filter(|row| row.withdrawn_at.is_some() && found.contains(row.cause_key.as_str()))
            .cloned()
            .collect();
        mark_withdrawn(tx, &again, None).await?;

        let unknown = self
            .said
            .found
            .iter()
            .filter(|found| !known.contains_key(found.cause_key.as_str()));
        let rows: Vec<signal::Model> = unknown.map(|found| self.row(found)).collect();
        let new = insert_new(tx, rows).await?;
        if self.alarm {
            self.tell(tx, &new, &withdrawn, crossings, threshold)
                .await?;
        }
        Ok(())
    }

    /// Those whose visit was erased, and those whose visit is there.
    async fn split_by_visit<'s, C: ConnectionTrait>(
        &self,
        tx: &C,
        rows: Vec<&'s signal::Model>,
    ) -> Result<(Vec<&'s signal::Model>, Vec<&'s signal::Model>)> {
        if rows.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let there: HashSet<VisitId> = visit::Entity::find()
            .filter(visit::Column::Id.is_in(rows.iter().filter_map(|row| row.visit_id)))
            .all(tx)
            .await?
            .into_iter()
            .map(|row| row.id)
            .collect();
        Ok(rows
            .into_iter()
            .partition(|row| row.visit_id.is_some_and(|visit| !there.contains(&visit))))
    }

    fn row(&self, found: &Found) -> signal::Model {
        signal::Model {
            id: SignalId::new(self.now),
            kind: found.kind,
            cause_key: found.cause_key.clone(),
            opportunity_id: self.id(),
            contact_id: found.contact,
            link_id: found.link,
            visit_id: found.visit,
            person: found.person.clone(),
            title: found.title.clone(),
            detail: found.detail.clone(),
            next_step: found.next_step.clone(),
            facts: found.facts.clone(),
            happened_at: found.happened_at,
            created_at: self.now,
            withdrawn_at: None,
            withdrawn_reason: None,
            handled_at: None,
            handled_by: None,
            dismissed: false,
            handled_note: None,
        }
    }

    /// Alerts and messages for what is new and fresh, and for what is taken back.
    async fn tell<C: ConnectionTrait>(
        &self,
        tx: &C,
        new: &[signal::Model],
        withdrawn: &[signal::Model],
        crossings: &[Crossing],
        threshold: f64,
    ) -> Result<()> {
        let fresh = TimeDelta::hours(i64::from(self.config.signals.fresh_hours));
        let fresh: Vec<signal::Model> = new
            .iter()
            .filter(|one| one.happened_at > self.now - fresh)
            .cloned()
            .collect();
        let mut owners: BTreeSet<UserId> = self.loaded.owner.into_iter().collect();
        let of_links = fresh.iter().filter_map(|one| {
            let link = self.loaded.history.links.get(&one.link_id?)?;
            self.loaded.pitch_owners.get(&link.pitch).copied()
        });
        let senders: BTreeSet<UserId> = of_links.collect();
        owners.extend(senders.iter().copied());
        let concern = Concern {
            opportunity: self.id(),
            name: self.loaded.history.opportunity_name.clone(),
            owners,
            senders,
        };
        alerts::plan(tx, &self.config.alerts, self.now, &concern, &fresh).await?;
        alerts::take_back(tx, self.now, withdrawn, WITHDRAWN).await?;

        let team = self.team(tx).await?;
        let mut events: Vec<Event> = Vec::new();
        for (kind, signals) in [
            ("signal.created", &fresh[..]),
            ("signal.withdrawn", withdrawn),
        ] {
            events.extend(signals.iter().map(|one| Event {
                kind,
                team,
                data: self.signal_data(one),
            }));
        }
        let recent = self.now - TimeDelta::hours(i64::from(self.config.signals.fresh_hours));
        events.extend(
            crossings
                .iter()
                .filter(|crossing| crossing.at > recent)
                .map(|crossing| Event {
                    kind: if crossing.up {
                        "score.sales_ready"
                    } else {
                        "score.cooled"
                    },
                    team,
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
        Ok(())
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

/// Writes a score over the one of `revision`, or as the first; says whether it was so.
async fn keep_score<C: ConnectionTrait>(
    tx: &C,
    row: opportunity_score::Model,
    revision: Option<i64>,
) -> Result<bool> {
    let id = row.opportunity_id;
    let row = row.into_active_model().reset_all();
    let written = match revision {
        None => {
            opportunity_score::Entity::insert(row)
                .on_conflict(
                    OnConflict::column(opportunity_score::Column::OpportunityId)
                        .do_nothing()
                        .to_owned(),
                )
                .exec_without_returning(tx)
                .await?
        }
        Some(revision) => {
            opportunity_score::Entity::update_many()
                .set(row)
                .filter(opportunity_score::Column::OpportunityId.eq(id))
                .filter(opportunity_score::Column::Revision.eq(revision))
                .exec(tx)
                .await?
                .rows_affected
        }
    };
    Ok(written == 1)
}

async fn mark_withdrawn<C: ConnectionTrait>(
    tx: &C,
    rows: &[signal::Model],
    at: Option<DateTime<Utc>>,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    signal::Entity::update_many()
        .col_expr(signal::Column::WithdrawnAt, Expr::value(at))
        .col_expr(
            signal::Column::WithdrawnReason,
            Expr::value(at.map(|_| WITHDRAWN.to_owned())),
        )
        .filter(signal::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(tx)
        .await?;
    Ok(())
}

/// Inserts signals whose cause is not there, and returns those that were not.
async fn insert_new<C: ConnectionTrait>(
    tx: &C,
    rows: Vec<signal::Model>,
) -> Result<Vec<signal::Model>> {
    let mut inserted: HashSet<SignalId> = HashSet::new();
    for chunk in rows.chunks(500) {
        let chunk = chunk
            .iter()
            .cloned()
            .map(|row| row.into_active_model().reset_all());
        let mut insert = signal::Entity::insert_many(chunk)
            .on_conflict(
                OnConflict::column(signal::Column::CauseKey)
                    .do_nothing()
                    .to_owned(),
            )
            .into_query();
        insert.returning(Query::returning().column(signal::Column::Id));
        for row in tx.query_all(&insert).await? {
            inserted.insert(row.try_get("", "id")?);
        }
    }
    Ok(rows
        .into_iter()
        .filter(|row| inserted.contains(&row.id))
        .collect())
}
