//! Everything derived, made anew from the events.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait as _, JoinType, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, RelationTrait as _,
};

use super::contribution::Deltas;
use super::rules::Rules;
use super::signal::Signal;
use super::tables::{add_deltas, insert_visits, replace_pages};
use super::visit::{LinkFacts, Visit};
use crate::db::Db;
use crate::entities::{
    event, pitch, pitch_link, rollup_asset_day, rollup_opportunity_asset, rollup_page, visit,
    visit_page,
};
use crate::error::Result;
use crate::ids::{LinkId, OpportunityId, VisitId};

/// How many visits are folded at a time.
const VISITS_AT_A_TIME: u64 = 500;

/// What a rebuild went through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Events folded.
    pub events: u64,
    /// Visits made of them.
    pub visits: u64,
}

/// Folds all events into visits and rollups, replacing those that stand. One transaction: readers see the old
/// numbers or the new ones, and nodes that take in events wait.
pub async fn rebuild(db: &Db) -> Result<Rebuilt> {
    let tx = db.begin().await?;
    if db.backend() == DbBackend::Postgres {
        // On SQLite the transaction itself keeps every other writer out.
        tx.execute_unprepared("LOCK TABLE visits IN EXCLUSIVE MODE")
            .await?;
    }
    let rules = Rules::of_everything(&tx).await?;
    rollup_asset_day::Entity::delete_many().exec(&tx).await?;
    rollup_page::Entity::delete_many().exec(&tx).await?;
    rollup_opportunity_asset::Entity::delete_many()
        .exec(&tx)
        .await?;
    visit_page::Entity::delete_many().exec(&tx).await?;
    visit::Entity::delete_many().exec(&tx).await?;

    let mut rebuilt = Rebuilt::default();
    let mut deltas = Deltas::default();
    let mut after = None;
    loop {
        let ids = next_visits(&tx, after).await?;
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else {
            break;
        };
        after = Some(*last);
        let events = event::Entity::find()
            .filter(event::Column::VisitId.between(*first, *last))
            .order_by_asc(event::Column::VisitId)
            .all(&tx)
            .await?;
        let links = link_facts(&tx, &events).await?;
        let (mut rows, mut pages) = (Vec::new(), Vec::new());
        for events in events.chunk_by(|a, b| a.visit_id == b.visit_id) {
            let Some(first) = events.first() else {
                continue;
            };
            let Some(link) = links.get(&first.link_id) else {
                continue;
            };
            let mut visit = Visit::begin(first.visit_id, first.link_id);
            for event in events {
                visit.apply(&Signal::of(event));
            }
            visit.judge(link, &rules);
            deltas.add(&visit, link);
            let (row, of_visit) = visit.rows();
            rows.push(row);
            pages.extend(of_visit);
        }
        rebuilt.events += u64::try_from(events.len()).unwrap_or(0);
        rebuilt.visits += u64::try_from(rows.len()).unwrap_or(0);
        insert_visits(&tx, rows).await?;
        replace_pages(&tx, pages).await?;
    }
    deltas.drop_zeros();
    add_deltas(&tx, &deltas).await?;
    tx.commit().await?;
    Ok(rebuilt)
}

async fn next_visits<C: ConnectionTrait>(db: &C, after: Option<VisitId>) -> Result<Vec<VisitId>> {
    let mut query = event::Entity::find()
        .select_only()
        .column(event::Column::VisitId)
        .distinct()
        .order_by_asc(event::Column::VisitId)
        .limit(VISITS_AT_A_TIME);
    if let Some(after) = after {
        query = query.filter(event::Column::VisitId.gt(after));
    }
    Ok(query.into_tuple().all(db).await?)
}

async fn link_facts<C: ConnectionTrait>(
    db: &C,
    events: &[event::Model],
) -> Result<HashMap<LinkId, LinkFacts>> {
    let links: std::collections::BTreeSet<LinkId> =
        events.iter().map(|event| event.link_id).collect();
    let rows: Vec<(LinkId, OpportunityId, sea_orm::prelude::DateTimeUtc)> =
        pitch_link::Entity::find()
            .select_only()
            .column(pitch_link::Column::Id)
            .column(pitch::Column::OpportunityId)
            .column(pitch_link::Column::CreatedAt)
            .join(JoinType::InnerJoin, pitch_link::Relation::Pitch.def())
            .filter(pitch_link::Column::Id.is_in(links))
            .into_tuple()
            .all(db)
            .await?;
    Ok(rows
        .into_iter()
        .map(|(link, opportunity, created_at)| {
            (
                link,
                LinkFacts {
                    opportunity,
                    created_at,
                },
            )
        })
        .collect())
}
