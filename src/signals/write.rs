//! What the rules and the score say, brought into the tables: one transaction with the alerts and messages it causes.
//!
//! Invariant: whoever computed from an older state than the one that stands writes nothing (`revision`), and a signal
//! is alarmed about only by whoever inserted its row.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait as _,
    ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};
use serde_json::{Value, json};

use super::load::Loaded;
use super::rows::{insert_new, keep_score, mark_withdrawn, stand_again};
use super::rules::{Found, Said};
use super::score::{Crossing, Scale, Term, replay};
use super::tell::{CREATED, Told, uuids};
use crate::alerts;
use crate::config::Config;
use crate::db::Db;
use crate::entities::{SignalKind, alert_item, opportunity_score, score_crossing, signal, visit};
use crate::error::Result;
use crate::ids::{OpportunityId, SignalId, VisitId};
use crate::webhooks;

/// By how much sums of the same reads may differ.
const ROUNDING: f64 = 1e-6;

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
    pub(super) fn id(&self) -> OpportunityId {
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
            .readings()
            .iter()
            .filter(|reading| reading.read.started_at <= crossing.at)
            .map(|reading| reading.who.reader.key())
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

        // What rose once has risen, however it fell since: only reads that were none take it back.
        let stands = |row: &signal::Model| match row.kind {
            SignalKind::SalesReady => self.was_ready(row),
            _ => found.contains(row.cause_key.as_str()),
        };
        let unsaid: Vec<&signal::Model> = stored.iter().filter(|row| !stands(row)).collect();
        let (gone, unsaid) = self.split_by_visit(tx, unsaid).await?;
        let erased: Vec<SignalId> = gone.iter().map(|row| row.id).collect();
        alerts::erase_told(tx, self.config, self.now, &erased).await?;
        webhooks::hold_back(tx, self.now, CREATED, &uuids(gone.iter().copied())).await?;
        signal::Entity::delete_many()
            .filter(signal::Column::Id.is_in(gone.iter().map(|row| row.id)))
            .exec(tx)
            .await?;
        let withdrawn: Vec<signal::Model> = unsaid
            .into_iter()
            .filter(|row| row.withdrawn_at.is_none())
            .cloned()
            .collect();
        mark_withdrawn(tx, &withdrawn, self.now).await?;
        let again: Vec<SignalId> = stored
            .iter()
            .filter(|row| row.withdrawn_at.is_some() && stands(row))
            .map(|row| row.id)
            .collect();
        let moved = self.move_on(tx, &stored).await?;
        let again = stand_again(tx, again).await?;

        // A deal that is ready because a verdict was taken back did not become ready once more.
        let ready_again = again.iter().any(|row| row.kind == SignalKind::SalesReady);
        let unknown = self.said.found.iter().filter(|found| {
            let stood = ready_again && found.kind == SignalKind::SalesReady;
            !stood && !known.contains_key(found.cause_key.as_str())
        });
        let rows: Vec<signal::Model> = unknown.map(|found| self.row(found)).collect();
        let new = insert_new(tx, rows).await?;
        if self.alarm {
            let told = Told {
                new,
                withdrawn,
                again,
                moved,
            };
            self.tell(tx, &told, crossings, threshold).await?;
        } else {
            alerts::drop_untold(tx, self.config, self.now, &withdrawn).await?;
            webhooks::hold_back(tx, self.now, CREATED, &uuids(&withdrawn)).await?;
        }
        Ok(())
    }

    /// What has the same cause and is said of another visit than before (the one that was first, or that came to the end, was
    /// none), or of somebody else, says so from now on. One that was withdrawn in between has happened anew.
    async fn move_on<C: ConnectionTrait>(
        &self,
        tx: &C,
        stored: &[signal::Model],
    ) -> Result<Vec<signal::Model>> {
        // Of several with one cause the first is told, here as where they are new.
        let found: BTreeMap<&str, &Found> = self
            .said
            .found
            .iter()
            .rev()
            .map(|found| (found.cause_key.as_str(), found))
            .collect();
        let mut moved = Vec::new();
        for row in stored {
            let Some(found) = found.get(row.cause_key.as_str()) else {
                continue;
            };
            let same_visit = row.visit_id == found.visit;
            // When a link was passed on shows by other visits, too.
            let same_time =
                row.kind != SignalKind::Forwarded || row.happened_at == found.happened_at;
            if same_visit && same_time && row.person == found.person {
                continue;
            }
            let anew = row.withdrawn_at.is_some() && !same_visit;
            let mut now = signal::Model {
                id: row.id,
                created_at: row.created_at,
                withdrawn_at: row.withdrawn_at,
                withdrawn_reason: row.withdrawn_reason.clone(),
                ..self.row(found)
            };
            if anew {
                alert_item::Entity::delete_many()
                    .filter(alert_item::Column::SignalId.eq(row.id))
                    .exec(tx)
                    .await?;
            } else {
                now.handled_at = row.handled_at;
                now.handled_by = row.handled_by;
                now.dismissed = row.dismissed;
                now.handled_note.clone_from(&row.handled_note);
            }
            moved.push(now.into_active_model().reset_all().update(tx).await?);
        }
        Ok(moved)
    }

    /// Whether what is known of the reads today still makes the deal ready when it was said to be.
    fn was_ready(&self, row: &signal::Model) -> bool {
        let scale = Scale::new(&self.config.scores);
        let by_then: Vec<Term> = self
            .terms
            .iter()
            .filter(|term| term.at <= row.happened_at)
            .cloned()
            .collect();
        let numbers = Numbers::of(&scale, &by_then);
        let value = numbers.points * scale.factor(row.happened_at) + numbers.reach;
        let threshold = row.facts.get("threshold").and_then(Value::as_f64);
        value >= threshold.unwrap_or(0.0) - ROUNDING
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
}
