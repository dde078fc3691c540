//! What is known of visits, for those whose visits they are: a copy of it, and its erasure.
//!
//! Erasing is the one way in which events go: a person's right stands over "append-only". Whatever was derived from
//! them changes in the same transaction, so the rollups equal what a rebuild makes of the events that are left. A table
//! that comes to hold something of a single visit belongs into [`erase_visits`].

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use serde::Serialize;

use super::follow::{forget_signals, signals_of};
use super::links::load_contexts;
use crate::alerts;
use crate::config::Config;
use crate::entities::{EventKind, VisitClass, asset, event, notification, visit, visit_page};
use crate::error::Result;
use crate::ids::{AssetId, EventId, LinkId, SignalId, VisitId};
use crate::rollup::{CHUNK, Deltas, Visit, add_deltas};

/// Whose visits of a link.
#[derive(Clone, Debug, Default)]
pub struct Whose {
    /// Those of the browser with this random name; of none where empty.
    pub browser_id: String,
    /// And this one, with those that its page went on with after a silence.
    pub visit: Option<VisitId>,
    /// And those of whoever proved this address.
    pub email: Option<String>,
}

/// A visit as its reader may have it.
#[derive(Clone, Debug, Serialize)]
pub struct VisitCopy {
    /// The visit.
    pub id: VisitId,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When something happened last.
    pub last_seen_at: DateTime<Utc>,
    /// What the browser called itself.
    pub browser: String,
    /// The shortened address.
    pub network: String,
    /// What it is taken for.
    pub class: VisitClass,
    /// Active milliseconds.
    pub active_ms: i64,
    /// What was recorded, in order.
    pub events: Vec<EventCopy>,
}

/// Something that was recorded.
#[derive(Clone, Debug, Serialize)]
pub struct EventCopy {
    /// What.
    pub kind: EventKind,
    /// When.
    pub at: DateTime<Utc>,
    /// The document; nothing where it is for internal use only by now.
    pub document: Option<String>,
    /// Its page.
    pub page: Option<i32>,
    /// Active milliseconds.
    pub active_ms: i64,
}

/// How much was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Visits.
    pub visits: u64,
    /// Their events.
    pub events: u64,
}

/// The visits of a link that are somebody's.
pub async fn visits_of<C: ConnectionTrait>(
    db: &C,
    link: LinkId,
    whose: &Whose,
) -> Result<Vec<VisitId>> {
    let mut wanted = sea_orm::Condition::any();
    if !whose.browser_id.is_empty() {
        wanted = wanted.add(visit::Column::BrowserId.eq(whose.browser_id.as_str()));
    }
    if let Some(visit) = whose.visit {
        wanted = wanted
            .add(visit::Column::Id.eq(visit))
            .add(visit::Column::Continues.eq(visit));
    }
    if let Some(email) = &whose.email {
        wanted = wanted.add(visit::Column::VerifiedEmail.eq(email.as_str()));
    }
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    Ok(visit::Entity::find()
        .select_only()
        .column(visit::Column::Id)
        .filter(visit::Column::LinkId.eq(link))
        .filter(wanted)
        .order_by_asc(visit::Column::Id)
        .into_tuple()
        .all(db)
        .await?)
}

/// The links that were made for colleagues in these visits of `link`.
pub async fn shared_in<C: ConnectionTrait>(
    db: &C,
    link: LinkId,
    visits: &[VisitId],
) -> Result<Vec<LinkId>> {
    let shared: Vec<EventId> = event::Entity::find()
        .select_only()
        .column(event::Column::Id)
        .filter(event::Column::LinkId.eq(link))
        .filter(event::Column::VisitId.is_in(visits.iter().copied()))
        .filter(event::Column::Kind.eq(EventKind::Shared))
        .into_tuple()
        .all(db)
        .await?;
    // Such an event has the id of the link that was made.
    Ok(shared.into_iter().map(|event| LinkId(event.0)).collect())
}

/// Everything that is recorded of these visits.
pub async fn copy_visits<C: ConnectionTrait>(db: &C, visits: &[VisitId]) -> Result<Vec<VisitCopy>> {
    let mut copies = Vec::new();
    for chunk in visits.chunks(CHUNK) {
        let rows = visit::Entity::find()
            .filter(visit::Column::Id.is_in(chunk.iter().copied()))
            .order_by_asc(visit::Column::Id)
            .all(db)
            .await?;
        let events = event::Entity::find()
            .filter(event::Column::VisitId.is_in(chunk.iter().copied()))
            .order_by_asc(event::Column::OccurredAt)
            .all(db)
            .await?;
        let titles = titles(db, &events).await?;
        let mut of_visit: HashMap<VisitId, Vec<EventCopy>> = HashMap::new();
        for event in events {
            of_visit.entry(event.visit_id).or_default().push(EventCopy {
                kind: event.kind,
                at: event.occurred_at,
                document: event.asset_id.and_then(|asset| titles.get(&asset).cloned()),
                page: event.page_number,
                active_ms: event.active_ms,
            });
        }
        copies.extend(rows.into_iter().map(|row| VisitCopy {
            id: row.id,
            started_at: row.started_at,
            last_seen_at: row.last_seen_at,
            browser: row.user_agent,
            network: row.network,
            class: row.class_override.unwrap_or(row.class),
            active_ms: row.active_ms,
            events: of_visit.remove(&row.id).unwrap_or_default(),
        }));
    }
    Ok(copies)
}

/// What the documents are called today. What has become internal may be called otherwise since; it has no name here.
async fn titles<C: ConnectionTrait>(
    db: &C,
    events: &[event::Model],
) -> Result<HashMap<AssetId, String>> {
    let assets: std::collections::BTreeSet<AssetId> =
        events.iter().filter_map(|event| event.asset_id).collect();
    let rows: Vec<(AssetId, String)> = asset::Entity::find()
        .select_only()
        .column(asset::Column::Id)
        .column(asset::Column::Title)
        .filter(asset::Column::Id.is_in(assets))
        .filter(asset::Column::InternalOnly.eq(false))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Erases visits of a link with all that is recorded or derived of them, in the caller's transaction.
pub async fn erase_visits<C: ConnectionTrait>(
    tx: &C,
    config: &Config,
    now: DateTime<Utc>,
    link: LinkId,
    visits: &[VisitId],
) -> Result<Erased> {
    let mut erased = Erased::default();
    let context = load_contexts(tx, [link]).await?.pop();
    let mut deltas = Deltas::default();
    for chunk in visits.chunks(CHUNK) {
        let ids = || chunk.iter().copied();
        // In the order of their ids, as the coalescer locks them.
        let rows = visit::Entity::find()
            .filter(visit::Column::Id.is_in(ids()))
            .order_by_asc(visit::Column::Id)
            .lock_exclusive()
            .all(tx)
            .await?;
        let mut pages: HashMap<VisitId, Vec<visit_page::Model>> = HashMap::new();
        for page in visit_page::Entity::find()
            .filter(visit_page::Column::VisitId.is_in(ids()))
            .all(tx)
            .await?
        {
            pages.entry(page.visit_id).or_default().push(page);
        }
        if let Some(context) = &context {
            for row in rows {
                let of_visit = pages.remove(&row.id).unwrap_or_default();
                deltas.subtract(&Visit::restore(row, of_visit), &context.facts());
            }
        }
        let signals = signals_of(tx, ids()).await?;
        let told: Vec<SignalId> = signals.values().flatten().copied().collect();
        alerts::erase_told(tx, config, now, &told).await?;
        if let Some(context) = &context {
            forget_signals(tx, now, context.opportunity_id, &signals).await?;
        }
        let events = event::Entity::delete_many()
            .filter(event::Column::VisitId.is_in(ids()))
            .exec(tx)
            .await?;
        visit_page::Entity::delete_many()
            .filter(visit_page::Column::VisitId.is_in(ids()))
            .exec(tx)
            .await?;
        notification::Entity::delete_many()
            .filter(notification::Column::VisitId.is_in(ids()))
            .exec(tx)
            .await?;
        let gone = visit::Entity::delete_many()
            .filter(visit::Column::Id.is_in(ids()))
            .exec(tx)
            .await?;
        erased.events += events.rows_affected;
        erased.visits += gone.rows_affected;
    }
    deltas.drop_zeros();
    add_deltas(tx, &deltas).await?;
    Ok(erased)
}
