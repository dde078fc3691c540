//! One batch, one transaction: deduplicate, clamp, append, fold, roll up, notify.
//!
//! Invariant: either all of a report's events and everything derived from them is there, or nothing is. The visits'
//! rows are locked in the order of their ids, so that two nodes neither lose each other's updates nor deadlock.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use chrono::TimeDelta;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Value,
};

use super::follow::{Turned, follow};
use super::links::{LinkContext, Links};
use super::notify::notices;
use super::report::{Candidate, Receipt, Report};
use super::sittings::Sittings;
use super::steps::count;
use crate::alerts;
use crate::db::{Db, retry};
use crate::entities::{VisitClass, event, visit, visit_page};
use crate::error::{Code, Error, Result};
use crate::ids::{EventId, LinkId, UserId, VisitId};
use crate::notices::{self, Notice};
use crate::rollup::{
    Deltas, Rows, Rules, Signal, SignalData, Visit, add_deltas, insert_visits, overwrite_visits,
    replace_pages, started_at,
};

/// So long a silence ends a visit.
pub(super) const SILENCE: TimeDelta = TimeDelta::minutes(30);

/// What a batch did.
#[derive(Clone, Debug, Default)]
pub(super) struct Committed {
    /// One per report, in their order.
    pub receipts: Vec<Receipt>,
    /// Visits that changed.
    pub visits: Vec<VisitId>,
    /// Users who have a new notification.
    pub notified: Vec<UserId>,
}

/// Commits `reports`; see the head of this file.
pub(super) async fn commit(db: &Db, links: &Links, reports: &[Report]) -> Result<Committed> {
    let of_links = reports.iter().map(|report| report.link).collect();
    let contexts = links.contexts(of_links).await?;
    for _ in 0..3 {
        match retry(|| attempt(db, &contexts, reports)).await {
            // Another node wrote one of these events, or the first of one of these visits, a moment ago: now it is
            // known, and its row can be locked.
            Err(error) if error.code == Code::Duplicate => {}
            outcome => return outcome,
        }
    }
    attempt(db, &contexts, reports).await
}

async fn attempt(
    db: &Db,
    contexts: &HashMap<LinkId, Arc<LinkContext>>,
    reports: &[Report],
) -> Result<Committed> {
    let tx = db.begin_aside().await?;
    let mut visits = lock_visits(&tx, reports).await?;
    let known: HashSet<VisitId> = visits.keys().copied().collect();
    let (rows, receipts) = choose(&tx, reports, &visits).await?;
    append(&tx, &rows).await?;

    let touched: BTreeSet<VisitId> = rows.iter().map(|row| row.event.visit_id).collect();
    // Read after the visits were locked, so that no rule that is being made is missed.
    let rules = Rules::of_visits(&tx, touched.iter().copied()).await?;
    let mut deltas = Deltas::default();
    let mut before = HashMap::with_capacity(touched.len());
    for visit in touched.iter().filter_map(|id| visits.get(id)) {
        deltas.subtract(visit, &context(contexts, visit.link)?.facts());
        before.insert(visit.id, Stand::of(visit));
    }
    for row in &rows {
        visits
            .entry(row.event.visit_id)
            .or_insert_with(|| Visit::begin(row.event.visit_id, row.event.link_id))
            .apply(&row.signal());
    }

    let mut told: Vec<Notice> = Vec::new();
    let mut turned: Vec<Turned> = Vec::new();
    let (mut new, mut changed, mut pages) = (Vec::new(), Vec::new(), Vec::new());
    for id in &touched {
        let Some(visit) = visits.get_mut(id) else {
            continue;
        };
        let context = context(contexts, visit.link)?;
        visit.judge(&context.facts(), &rules);
        deltas.add(visit, &context.facts());
        let stood = before.remove(id).unwrap_or_default();
        told.extend(notices(&stood, visit, context));
        if stood.human {
            turned.extend(Turned::of(VisitClass::Human, visit, context));
        }
        let (row, of_visit) = visit.rows();
        if known.contains(id) {
            changed.push(row);
        } else {
            new.push(row);
        }
        pages.extend(of_visit);
    }
    insert_visits(&tx, new).await?;
    overwrite_visits(&tx, changed).await?;
    replace_pages(&tx, pages).await?;
    deltas.drop_zeros();
    add_deltas(&tx, &deltas).await?;
    if let Some(now) = reports.iter().map(|report| report.received_at).max() {
        follow(&tx, now, &turned).await?;
    }
    let told = alerts::heard(&tx, told).await?;
    let notified = notices::write(&tx, told).await?;
    tx.commit().await?;
    Ok(Committed {
        receipts,
        visits: touched.into_iter().collect(),
        notified,
    })
}

/// How a visit stood before the batch, as far as notifications depend on it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stand {
    pub human: bool,
    pub read: bool,
    pub shares: i32,
    pub downloads: i32,
}

impl Stand {
    pub(super) fn of(visit: &Visit) -> Self {
        Self {
            human: visit.is_human(),
            read: visit.level == crate::entities::VisitLevel::Read,
            shares: visit.shares,
            downloads: visit.downloads,
        }
    }
}

fn context(contexts: &HashMap<LinkId, Arc<LinkContext>>, link: LinkId) -> Result<&LinkContext> {
    contexts
        .get(&link)
        .map(AsRef::as_ref)
        .ok_or_else(|| Error::not_found("link"))
}

/// The visits that are there, with their pages and with those that continue them, locked until the transaction ends
/// (SQLite has one writer anyway).
async fn lock_visits<C: ConnectionTrait>(
    db: &C,
    reports: &[Report],
) -> Result<BTreeMap<VisitId, Visit>> {
    let ids: BTreeSet<VisitId> = reports.iter().map(|report| report.visit).collect();
    let old: BTreeSet<VisitId> = reports
        .iter()
        .filter(|report| may_be_over(report))
        .map(|report| report.visit)
        .collect();
    let mut wanted = Condition::any().add(visit::Column::Id.is_in(ids));
    if !old.is_empty() {
        wanted = wanted.add(visit::Column::Continues.is_in(old));
    }
    let rows = visit::Entity::find()
        .filter(wanted)
        .order_by_asc(visit::Column::Id)
        .lock_exclusive()
        .all(db)
        .await?;
    if rows.is_empty() {
        return Ok(BTreeMap::new());
    }
    with_pages(db, rows).await
}

/// Visits with what they saw of pages.
pub(super) async fn with_pages<C: ConnectionTrait>(
    db: &C,
    rows: Vec<visit::Model>,
) -> Result<BTreeMap<VisitId, Visit>> {
    let mut pages: HashMap<VisitId, Vec<visit_page::Model>> = HashMap::new();
    let of_visits = rows.iter().map(|row| row.id);
    for page in visit_page::Entity::find()
        .filter(visit_page::Column::VisitId.is_in(of_visits))
        .all(db)
        .await?
    {
        pages.entry(page.visit_id).or_default().push(page);
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let pages = pages.remove(&row.id).unwrap_or_default();
            (row.id, Visit::restore(row, pages))
        })
        .collect())
}

/// Whether a report can have events after a silence that ended the visit.
fn may_be_over(report: &Report) -> bool {
    report.received_at - started_at(report.visit) > SILENCE
}

/// An event to append, with its data as the fold reads it.
struct Row {
    event: event::Model,
    data: SignalData,
}

impl Row {
    fn signal(&self) -> Signal<'_> {
        Signal {
            event: &self.event,
            data: Cow::Borrowed(&self.data),
        }
    }
}

/// The events that are new, each in the visit that it belongs to, their active time clamped to the wall clock less what
/// the visit was credited with.
async fn choose<C: ConnectionTrait>(
    db: &C,
    reports: &[Report],
    visits: &BTreeMap<VisitId, Visit>,
) -> Result<(Vec<Row>, Vec<Receipt>)> {
    let ids = reports
        .iter()
        .flat_map(|report| report.events.iter().map(|event| event.id));
    let mut taken = existing(db, ids.collect()).await?;
    let mut credited: HashMap<VisitId, i64> = visits
        .values()
        .map(|visit| (visit.id, visit.active_ms))
        .collect();
    let mut sittings = Sittings::new(visits);
    let (mut rows, mut receipts) = (Vec::new(), Vec::with_capacity(reports.len()));
    for report in reports {
        let mut receipt = Receipt::default();
        let mut fresh: Vec<&Candidate> = Vec::with_capacity(report.events.len());
        for candidate in &report.events {
            if taken.insert(candidate.id) {
                receipt.accepted += 1;
                fresh.push(candidate);
            } else {
                receipt.duplicate += 1;
            }
        }
        let may_be_over = may_be_over(report);
        if may_be_over {
            fresh.sort_by_key(|candidate| candidate.occurred_at);
        }
        for candidate in fresh {
            let (visit, began) = if may_be_over {
                sittings.place(report, candidate)
            } else {
                (report.visit, None)
            };
            let credited = credited.entry(visit).or_default();
            let lasted = (report.received_at - started_at(visit)).num_milliseconds();
            let active_ms = candidate.active_ms.min(lasted - *credited).max(0);
            count(
                "clamp",
                "shortened",
                usize::from(active_ms < candidate.active_ms),
            );
            *credited += active_ms;
            let mut data = candidate.data.clone();
            if let Some(facts) = began {
                let said = data.server.take().map(|said| *said).unwrap_or_default();
                let mut facts = facts;
                if !said.offered.is_empty() {
                    facts.offered = said.offered;
                }
                if said.unnamed {
                    facts.take_name_away(said.nameless);
                }
                data.server = Some(Box::new(facts));
            }
            rows.push(row(report, candidate, visit, active_ms, data));
        }
        receipts.push(receipt);
    }
    rows.sort_unstable_by_key(|row| row.event.id);
    Ok((rows, receipts))
}

fn row(
    report: &Report,
    candidate: &Candidate,
    visit: VisitId,
    active_ms: i64,
    data: SignalData,
) -> Row {
    let place = candidate.place;
    Row {
        event: event::Model {
            id: candidate.id,
            visit_id: visit,
            link_id: report.link,
            kind: candidate.kind,
            occurred_at: candidate.occurred_at,
            received_at: report.received_at,
            item_id: place.map(|place| place.item),
            asset_id: place.map(|place| place.asset),
            version_id: place.map(|place| place.version),
            page_number: place.and_then(|place| place.page),
            active_ms,
            // The fold takes the data as it was read; it is written from there, too.
            data: serde_json::Value::Null,
        },
        data,
    }
}

const EXISTING: Rows = Rows {
    head: "SELECT id FROM events WHERE id IN (VALUES",
    json: &[false],
    tail: ")",
};

async fn existing<C: ConnectionTrait>(db: &C, ids: Vec<EventId>) -> Result<HashSet<EventId>> {
    let mut found = HashSet::with_capacity(ids.len());
    let values = ids.into_iter().map(|id| id.0.into()).collect();
    for row in EXISTING.fetch(db, values).await? {
        found.insert(row.try_get("", "id")?);
    }
    Ok(found)
}

const APPEND: Rows = Rows {
    head: "INSERT INTO events (id, visit_id, link_id, kind, occurred_at, received_at, item_id, asset_id, version_id, \
        page_number, active_ms, data) VALUES",
    json: &[
        false, false, false, false, false, false, false, false, false, false, false, true,
    ],
    tail: "",
};

/// Appends events, none of which was there a moment ago. Where another node has appended one of them meanwhile, that is
/// an error, and the batch begins again.
async fn append<C: ConnectionTrait>(db: &C, rows: &[Row]) -> Result<()> {
    let mut values: Vec<Value> = Vec::with_capacity(rows.len() * APPEND.json.len());
    for Row { event, data } in rows {
        let data = if *data == SignalData::default() {
            "{}".to_owned()
        } else {
            serde_json::to_string(data).map_err(Error::internal)?
        };
        values.extend::<[Value; 12]>([
            event.id.0.into(),
            event.visit_id.0.into(),
            event.link_id.0.into(),
            event.kind.as_str().into(),
            event.occurred_at.into(),
            event.received_at.into(),
            event.item_id.map(|id| id.0).into(),
            event.asset_id.map(|id| id.0).into(),
            event.version_id.map(|id| id.0).into(),
            event.page_number.into(),
            event.active_ms.into(),
            data.into(),
        ]);
    }
    APPEND.run(db, values).await
}
