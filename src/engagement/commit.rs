//! One batch, one transaction: deduplicate, clamp, append, fold, roll up, notify.
//!
//! Invariant: either all of a report's events and everything derived from them is there, or nothing is. The visits'
//! rows are locked in the order of their ids, so that two nodes neither lose each other's updates nor deadlock.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _,
};

use super::links::{LinkContext, Links};
use super::notify::notices;
use super::report::{Candidate, Receipt, Report};
use super::steps::count;
use crate::alerts;
use crate::db::{Db, retry};
use crate::entities::{event, visit, visit_page};
use crate::error::{Code, Error, Result};
use crate::ids::{EventId, LinkId, UserId, VisitId};
use crate::notices::{self, Notice};
use crate::rollup::{
    CHUNK, Deltas, Signal, Visit, add_deltas, insert_visits, overwrite_visits, replace_pages,
};

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
            // Another node wrote the first event of one of these visits a moment ago: now its row can be locked.
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
    let ids: BTreeSet<VisitId> = reports.iter().map(|report| report.visit).collect();
    let tx = db.begin_aside().await?;
    let stored = lock_visits(&tx, &ids).await?;
    let known: HashSet<VisitId> = stored.keys().copied().collect();
    let mut visits = stored;
    let mut deltas = Deltas::default();
    let mut before = HashMap::with_capacity(visits.len());
    for visit in visits.values() {
        deltas.subtract(visit, &context(contexts, visit.link)?.facts());
        before.insert(visit.id, Stand::of(visit));
    }

    let (events, receipts) = choose(&tx, reports, &visits).await?;
    let inserted = append(&tx, &events).await?;
    for event in events.iter().filter(|event| inserted.contains(&event.id)) {
        visits
            .entry(event.visit_id)
            .or_insert_with(|| Visit::begin(event.visit_id, event.link_id))
            .apply(&Signal::of(event));
    }

    let mut told: Vec<Notice> = Vec::new();
    let (mut new, mut changed, mut pages) = (Vec::new(), Vec::new(), Vec::new());
    for visit in visits.values_mut() {
        let context = context(contexts, visit.link)?;
        visit.judge(&context.facts());
        deltas.add(visit, &context.facts());
        let stood = before.remove(&visit.id).unwrap_or_default();
        told.extend(notices(&stood, visit, context));
        let (row, of_visit) = visit.rows();
        if known.contains(&visit.id) {
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
    let told = alerts::heard(&tx, told).await?;
    let notified = notices::write(&tx, told).await?;
    tx.commit().await?;
    Ok(Committed {
        receipts,
        visits: visits.into_keys().collect(),
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

/// The visits that are there, with their pages, locked until the transaction ends (SQLite has one writer anyway).
async fn lock_visits<C: ConnectionTrait>(
    db: &C,
    ids: &BTreeSet<VisitId>,
) -> Result<BTreeMap<VisitId, Visit>> {
    let rows = visit::Entity::find()
        .filter(visit::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(visit::Column::Id)
        .lock_exclusive()
        .all(db)
        .await?;
    if rows.is_empty() {
        return Ok(BTreeMap::new());
    }
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

/// The events that are new, their active time clamped to the wall clock less what the visit was credited with.
async fn choose<C: ConnectionTrait>(
    db: &C,
    reports: &[Report],
    visits: &BTreeMap<VisitId, Visit>,
) -> Result<(Vec<event::Model>, Vec<Receipt>)> {
    let ids = reports
        .iter()
        .flat_map(|report| report.events.iter().map(|event| event.id));
    let mut taken = existing(db, ids.collect()).await?;
    let mut credited: HashMap<VisitId, i64> = visits
        .values()
        .map(|visit| (visit.id, visit.active_ms))
        .collect();
    let (mut events, mut receipts) = (Vec::new(), Vec::with_capacity(reports.len()));
    for report in reports {
        let credited = credited.entry(report.visit).or_default();
        let lasted = report.received_at - crate::rollup::started_at(report.visit);
        let lasted = lasted.num_milliseconds();
        let mut receipt = Receipt::default();
        for candidate in &report.events {
            if !taken.insert(candidate.id) {
                receipt.duplicate += 1;
                continue;
            }
            receipt.accepted += 1;
            let active_ms = candidate.active_ms.min(lasted - *credited).max(0);
            count(
                "clamp",
                "shortened",
                usize::from(active_ms < candidate.active_ms),
            );
            *credited += active_ms;
            events.push(row(report, candidate, active_ms));
        }
        receipts.push(receipt);
    }
    events.sort_unstable_by_key(|event| event.id);
    Ok((events, receipts))
}

fn row(report: &Report, candidate: &Candidate, active_ms: i64) -> event::Model {
    let place = candidate.place;
    event::Model {
        id: candidate.id,
        visit_id: report.visit,
        link_id: report.link,
        kind: candidate.kind,
        occurred_at: candidate.occurred_at,
        received_at: report.received_at,
        item_id: place.map(|place| place.item),
        asset_id: place.map(|place| place.asset),
        version_id: place.map(|place| place.version),
        page_number: place.and_then(|place| place.page),
        active_ms,
        data: candidate.data.clone(),
    }
}

async fn existing<C: ConnectionTrait>(db: &C, ids: Vec<EventId>) -> Result<HashSet<EventId>> {
    let mut found = HashSet::new();
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<EventId> = event::Entity::find()
            .select_only()
            .column(event::Column::Id)
            .filter(event::Column::Id.is_in(chunk.iter().copied()))
            .into_tuple()
            .all(db)
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Appends events and says which were new; what another node has appended meanwhile is not.
async fn append<C: ConnectionTrait>(db: &C, events: &[event::Model]) -> Result<HashSet<EventId>> {
    let mut inserted = HashSet::with_capacity(events.len());
    for chunk in events.chunks(CHUNK) {
        let rows = chunk
            .iter()
            .cloned()
            .map(IntoActiveModel::into_active_model);
        let mut insert = event::Entity::insert_many(rows)
            .on_conflict(
                OnConflict::column(event::Column::Id)
                    .do_nothing()
                    .to_owned(),
            )
            .into_query();
        insert.returning(Query::returning().column(event::Column::Id));
        for row in db.query_all(&insert).await? {
            inserted.insert(row.try_get("", "id")?);
        }
    }
    Ok(inserted)
}
