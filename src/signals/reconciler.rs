//! Keeps signals and scores as the visits say: a reconciler without input, safe to run at any time and on any node.
//!
//! Every opportunity carries its basis: a digest of what it was made from, which are the counts of its visits, the roles
//! of its people, and who else at the account has read. What has another basis today, or is due (a visit settles or
//! ends, a score falls below the threshold, somebody has said what a visit was), is made anew. New visits and what is
//! due are looked for every second (less often where that takes long), everything every minute, so that a newly noted
//! role follows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, FromQueryResult, JoinType,
    QueryFilter as _, QuerySelect as _, QueryTrait as _, RelationTrait as _,
};
use tokio::sync::{Mutex, watch};

use super::contacts;
use super::history::Reading;
use super::load::{Loaded, Pages, load};
use super::rules::signals;
use super::score::Term;
use super::write::Standing;
use crate::alerts;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, retry};
use crate::entities::{
    ContactRole, VisitClass, VisitLevel, contact, contact_score, opportunity, opportunity_contact,
    opportunity_score, pitch, pitch_link, visit,
};
use crate::error::{Error, Result};
use crate::ids::{AccountId, ContactId, OpportunityId};

/// How long between two looks at what is new.
const LOOK: Duration = Duration::from_secs(1);
/// How long between two looks at everything.
const SWEEP: Duration = Duration::from_mins(1);
/// How many times its own length a look at everything rests.
const REST: u32 = 20;
/// How many times its own length a look at what is new rests: signals may come some seconds later where there are
/// thousands of visits of one opportunity, but they never keep the machine from taking reports in.
const LOOK_REST: u32 = 8;
/// The longest of these rests.
const LONGEST_REST: Duration = Duration::from_secs(20);
/// How far back each look goes: what was committed late, or by a clock that is behind, is found all the same.
const OVERLAP: TimeDelta = TimeDelta::seconds(15);
/// How many opportunities are asked for in one statement.
const AT_ONCE: usize = 500;

/// Keeps signals, scores and alerts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Signaler {
    config: Config,
    db: Db,
    clock: Clock,
    pages: Pages,
    /// One pass at a time on this node.
    busy: Arc<Mutex<Option<DateTime<Utc>>>>,
}

/// The basis of an opportunity without visits.
const NOTHING: &str = "";

/// What a basis is made of, visit by visit of one kind.
#[derive(Debug, FromQueryResult)]
struct Counts {
    opportunity_id: OpportunityId,
    account_id: AccountId,
    class: VisitClass,
    class_override: Option<VisitClass>,
    level: VisitLevel,
    visits: i64,
    first: Option<DateTime<Utc>>,
    latest: Option<DateTime<Utc>>,
    proved: i64,
    contacts: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
    active_ms: Option<i64>,
    acts: Option<i64>,
}

impl Signaler {
    /// A signaler with these means.
    pub fn new(config: &Config, db: Db, clock: Clock) -> Self {
        Self {
            config: config.clone(),
            db,
            clock,
            pages: Pages::new(),
            busy: Arc::default(),
        }
    }

    /// Keeps everything up to date, and sends what is due, until `stop` turns true.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut next_sweep = Instant::now();
        while !*stop.borrow() {
            let started = Instant::now();
            let done = if started >= next_sweep {
                let done = self.sweep().await;
                next_sweep = Instant::now() + SWEEP.max(started.elapsed() * REST);
                done
            } else {
                self.look().await
            };
            match done {
                Ok(0) => {}
                Ok(count) => tracing::debug!(count, "signals and scores are up to date"),
                Err(error) => {
                    tracing::error!(%error, "could not bring signals and scores up to date");
                }
            }
            let rest = (started.elapsed() * LOOK_REST).clamp(LOOK, LONGEST_REST);
            match alerts::deliver_due(&self.db, &self.config, self.clock.now()).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "alerts went out"),
                Err(error) => tracing::error!(%error, "could not send alerts"),
            }
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Looks at every opportunity that has visits, and brings up to date what has changed; says how many that were.
    pub async fn sweep(&self) -> Result<usize> {
        let mut since = self.busy.lock().await;
        let now = self.clock.now();
        let mut bases = self.bases(None).await?;
        self.add_scored(&mut bases).await?;
        let dirty = self.changed(bases, now).await?;
        let count = self.keep_all(dirty, true).await?;
        self.cool_contacts(now).await?;
        *since = Some(now);
        Ok(count)
    }

    /// The same, looking only at what was reported since the last time, and at what is due.
    async fn look(&self) -> Result<usize> {
        let mut since = self.busy.lock().await;
        let now = self.clock.now();
        let from = since.unwrap_or(now) - OVERLAP;
        let mut recent: Vec<OpportunityId> = visit::Entity::find()
            .select_only()
            .column(pitch::Column::OpportunityId)
            .distinct()
            .join(JoinType::InnerJoin, visit::Relation::PitchLink.def())
            .join(JoinType::InnerJoin, pitch_link::Relation::Pitch.def())
            .filter(visit::Column::UpdatedAt.gt(from))
            .into_tuple()
            .all(self.db.read())
            .await?;
        let due = self.due(now).await?;
        recent.extend(&due);
        let mut bases = self.bases(Some(&recent)).await?;
        for id in due {
            bases.entry(id).or_insert_with(|| NOTHING.to_owned());
        }
        let dirty = self.changed(bases, now).await?;
        let count = self.keep_all(dirty, true).await?;
        *since = Some(now);
        Ok(count)
    }

    /// Makes everything anew and tells nobody; says how many opportunities that were. What stands already is
    /// compared with what the visits say, so running it again changes nothing.
    pub async fn rebuild(&self) -> Result<usize> {
        let _one_at_a_time = self.busy.lock().await;
        let mut all = self.bases(None).await?;
        self.add_scored(&mut all).await?;
        let contacts: Vec<ContactId> = contact_score::Entity::find()
            .select_only()
            .column(contact_score::Column::ContactId)
            .into_tuple()
            .all(self.db.read())
            .await?;
        for chunk in contacts.chunks(AT_ONCE) {
            let chunk = chunk.iter().copied().collect();
            contacts::keep(&self.db, &self.config, &chunk, self.clock.now()).await?;
        }
        self.keep_all(all, false).await
    }

    /// Adds those that have a score and no visit any more: their visits were erased.
    async fn add_scored(&self, bases: &mut BTreeMap<OpportunityId, String>) -> Result<()> {
        let scored: Vec<OpportunityId> = opportunity_score::Entity::find()
            .select_only()
            .column(opportunity_score::Column::OpportunityId)
            .into_tuple()
            .all(self.db.read())
            .await?;
        for id in scored {
            bases.entry(id).or_insert_with(|| NOTHING.to_owned());
        }
        Ok(())
    }

    /// What each of these opportunities with their accounts' others, or each that has visits, is made from today.
    async fn bases(
        &self,
        only: Option<&[OpportunityId]>,
    ) -> Result<BTreeMap<OpportunityId, String>> {
        let mut bases = BTreeMap::new();
        let chunks: Vec<Option<&[OpportunityId]>> = match only {
            None => vec![None],
            Some(ids) => ids.chunks(AT_ONCE).map(Some).collect(),
        };
        for chunk in chunks {
            self.add_bases(chunk, &mut bases).await?;
        }
        Ok(bases)
    }

    async fn add_bases(
        &self,
        only: Option<&[OpportunityId]>,
        bases: &mut BTreeMap<OpportunityId, String>,
    ) -> Result<()> {
        let db = self.db.read();
        let mut parts: BTreeMap<OpportunityId, Vec<String>> = BTreeMap::new();
        let mut accounts: BTreeMap<OpportunityId, AccountId> = BTreeMap::new();
        // Who is new at an account depends on who has read in its other opportunities: on which visits there are, and
        // not on how long they go on.
        let mut beside: BTreeMap<AccountId, Vec<String>> = BTreeMap::new();
        let micros = |at: Option<DateTime<Utc>>| at.map_or(0, |at| at.timestamp_micros());
        for row in visit_counts(db, only).await? {
            let class = row.class_override.unwrap_or(row.class);
            // A contact's address says whether somebody who has proved one is them.
            let contacts = micros(row.contacts);
            let kind = format!("{class} {} {} {contacts}", row.level, row.visits);
            accounts.insert(row.opportunity_id, row.account_id);
            if class != VisitClass::Machine {
                beside.entry(row.account_id).or_default().push(format!(
                    "{} {kind} {} {} {}",
                    row.opportunity_id,
                    micros(row.first),
                    micros(row.latest),
                    row.proved,
                ));
            }
            parts.entry(row.opportunity_id).or_default().push(format!(
                "{kind} {} {} {}",
                micros(row.last),
                row.active_ms.unwrap_or(0),
                row.acts.unwrap_or(0),
            ));
        }
        let mut select = opportunity_contact::Entity::find();
        if only.is_some() {
            let of_them = opportunity_contact::Column::OpportunityId.is_in(parts.keys().copied());
            select = select.filter(of_them);
        }
        let roles: Vec<(OpportunityId, ContactId, Option<ContactRole>)> = select
            .select_only()
            .column(opportunity_contact::Column::OpportunityId)
            .column(opportunity_contact::Column::ContactId)
            .column(opportunity_contact::Column::Role)
            .into_tuple()
            .all(db)
            .await?;
        for (opportunity, contact, role) in roles {
            // Without a visit there is nothing to score.
            if let Some(parts) = parts.get_mut(&opportunity) {
                let role = role.map_or("none", ContactRole::as_str);
                parts.push(format!("{role} {contact}"));
            }
        }
        let beside: BTreeMap<AccountId, String> = beside
            .into_iter()
            .map(|(account, mut lines)| {
                lines.sort_unstable();
                let digest = blake3::hash(lines.join("\n").as_bytes()).to_hex();
                (account, digest.to_string())
            })
            .collect();
        for (opportunity, account) in accounts {
            if let Some(parts) = parts.get_mut(&opportunity) {
                let beside = beside.get(&account).map_or("", String::as_str);
                parts.push(format!("{account} {beside}"));
            }
        }
        let settings = serde_json::to_string(&(&self.config.signals, &self.config.scores))
            .map_err(Error::internal)?;
        for (opportunity, mut parts) in parts {
            parts.sort_unstable();
            let mut text = settings.clone();
            for part in parts {
                let _ = write!(text, "\n{part}");
            }
            let digest = blake3::hash(text.as_bytes()).to_hex();
            bases.insert(opportunity, digest.chars().take(32).collect());
        }
        Ok(())
    }

    /// Those whose basis is another one than the stored, and those that are due.
    async fn changed(
        &self,
        bases: BTreeMap<OpportunityId, String>,
        now: DateTime<Utc>,
    ) -> Result<BTreeMap<OpportunityId, String>> {
        let mut stored: BTreeMap<OpportunityId, String> = BTreeMap::new();
        let ids: Vec<OpportunityId> = bases.keys().copied().collect();
        for chunk in ids.chunks(AT_ONCE) {
            let rows: Vec<(OpportunityId, String)> = opportunity_score::Entity::find()
                .select_only()
                .column(opportunity_score::Column::OpportunityId)
                .column(opportunity_score::Column::Basis)
                .filter(opportunity_score::Column::OpportunityId.is_in(chunk.iter().copied()))
                .into_tuple()
                .all(self.db.read())
                .await?;
            stored.extend(rows);
        }
        // Those that are due are made anew whatever they are made from.
        let due = self.due(now).await?;
        let mut dirty = bases;
        let basis = |id: &OpportunityId| stored.get(id).map(String::as_str);
        dirty
            .retain(|id, today| due.contains(id) || basis(id).unwrap_or(NOTHING) != today.as_str());
        Ok(dirty)
    }

    /// What is to be looked at again by now.
    async fn due(&self, now: DateTime<Utc>) -> Result<BTreeSet<OpportunityId>> {
        let falls = Condition::all()
            .add(opportunity_score::Column::Ready.eq(true))
            .add(opportunity_score::Column::FallsAt.lte(now));
        let due: Vec<OpportunityId> = opportunity_score::Entity::find()
            .select_only()
            .column(opportunity_score::Column::OpportunityId)
            .filter(
                Condition::any()
                    .add(opportunity_score::Column::DueAt.lte(now))
                    .add(falls),
            )
            .into_tuple()
            .all(self.db.read())
            .await?;
        Ok(due.into_iter().collect())
    }

    async fn keep_all(&self, dirty: BTreeMap<OpportunityId, String>, alarm: bool) -> Result<usize> {
        let mut kept = 0;
        for (id, basis) in dirty {
            let done = retry(|| self.keep(id, basis.clone(), alarm)).await;
            match done {
                Ok(written) => kept += usize::from(written),
                // One that cannot be done must not keep the others waiting.
                Err(error) => {
                    tracing::error!(opportunity = %id, %error, "could not bring an opportunity up to date");
                }
            }
        }
        Ok(kept)
    }

    async fn keep(&self, id: OpportunityId, basis: String, alarm: bool) -> Result<bool> {
        let now = self.clock.now();
        let db = self.db.read();
        let stored = opportunity_score::Entity::find_by_id(id).one(db).await?;
        let Some(loaded) = load(db, &self.config, &self.pages, id, now).await? else {
            return Ok(false);
        };
        let said = signals(&self.config.signals, &loaded.history);
        let terms = terms(&self.config, &loaded);
        let readers: BTreeSet<ContactId> = loaded
            .history
            .links
            .values()
            .filter_map(|link| link.contact)
            .collect();
        let standing = Standing {
            config: &self.config,
            now,
            loaded: &loaded,
            said,
            terms: &terms,
            basis,
            alarm,
        };
        let written = standing.write(&self.db, stored).await?;
        contacts::keep(&self.db, &self.config, &readers, now).await?;
        Ok(written)
    }

    /// Contacts whose score has fallen below the threshold by itself.
    async fn cool_contacts(&self, now: DateTime<Utc>) -> Result<()> {
        let fallen: BTreeSet<ContactId> = contact_score::Entity::find()
            .filter(contact_score::Column::Ready.eq(true))
            .filter(contact_score::Column::FallsAt.lte(now))
            .all(self.db.read())
            .await?
            .into_iter()
            .map(|row| row.contact_id)
            .collect();
        contacts::keep(&self.db, &self.config, &fallen, now).await
    }
}

/// The reads of an opportunity, as far as they count.
pub(super) fn terms(config: &Config, loaded: &Loaded) -> Vec<Term> {
    let readings = loaded.history.readings();
    readings
        .iter()
        .map(|reading| {
            let contact = reading.who.contact();
            let role = contact.and_then(|id| loaded.history.committee.get(&id).copied().flatten());
            let needed = role.map(ContactRole::as_str).filter(|role| {
                config
                    .scores
                    .needed_roles
                    .iter()
                    .any(|needed| needed == role)
            });
            term(reading, needed)
        })
        .collect()
}

/// A read as far as it counts.
pub(super) fn term(reading: &Reading<'_>, role: Option<&str>) -> Term {
    let read = reading.read;
    Term {
        at: read.started_at,
        reader: reading.who.reader.key(),
        role: role.map(str::to_owned),
        minutes: f64::from(i32::try_from(read.active_ms).unwrap_or(i32::MAX)) / 60_000.0,
        completion: read.completion(),
        shares: read.shares,
        questions: read.questions,
    }
}

/// The counts of these opportunities and of their accounts' others, or of all.
async fn visit_counts<C: ConnectionTrait>(
    db: &C,
    only: Option<&[OpportunityId]>,
) -> Result<Vec<Counts>> {
    use sea_orm::sea_query::{Expr, ExprTrait as _};
    let sum = |expr: Expr| expr.sum().cast_as("bigint");
    let column = |column| Expr::col((visit::Entity, column));
    let mut select = visit::Entity::find()
        .select_only()
        .column(pitch::Column::OpportunityId)
        .column(opportunity::Column::AccountId)
        .column(visit::Column::Class)
        .column(visit::Column::ClassOverride)
        .column(visit::Column::Level)
        .column_as(visit::Column::Id.count(), "visits")
        .column_as(visit::Column::StartedAt.min(), "first")
        .column_as(visit::Column::StartedAt.max(), "latest")
        .column_as(visit::Column::VerifiedEmail.count(), "proved")
        .column_as(contact::Column::UpdatedAt.max(), "contacts")
        .column_as(visit::Column::UpdatedAt.max(), "last")
        .column_as(sum(column(visit::Column::ActiveMs)), "active_ms")
        .column_as(
            sum(column(visit::Column::Shares)
                .add(column(visit::Column::Downloads))
                .add(column(visit::Column::Questions))),
            "acts",
        )
        .join(JoinType::InnerJoin, visit::Relation::PitchLink.def())
        .join(JoinType::InnerJoin, pitch_link::Relation::Pitch.def())
        .join(JoinType::InnerJoin, pitch::Relation::Opportunity.def())
        .join(JoinType::LeftJoin, pitch_link::Relation::Contact.def())
        .group_by(pitch::Column::OpportunityId)
        .group_by(opportunity::Column::AccountId)
        .group_by(visit::Column::Class)
        .group_by(visit::Column::ClassOverride)
        .group_by(visit::Column::Level);
    if let Some(ids) = only {
        let accounts = opportunity::Entity::find()
            .select_only()
            .column(opportunity::Column::AccountId)
            .filter(opportunity::Column::Id.is_in(ids.iter().copied()))
            .into_query();
        select = select.filter(opportunity::Column::AccountId.in_subquery(accounts));
    }
    Ok(select.into_model().all(db).await?)
}
