//! What became of searches: the raw material of the map of gaps. And forgetting them when their time has come.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde_json::Value;

use crate::db::Db;
use crate::entities::{search, search_click};
use crate::error::Result;
use crate::ids::{AssetId, OpportunityId, SearchId, UserId};

/// How long somebody has to do something with what was found.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);
/// How many searches are looked at, the newest first.
const MOST: u64 = 50_000;

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Something that was found was opened or used.
    Used,
    /// The person asked again in other words.
    Reworded,
    /// Something was found and nothing done with it.
    Abandoned,
    /// Nothing was found.
    Nothing,
}

/// A search and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchOutcome {
    /// The search.
    pub id: SearchId,
    /// Who asked.
    pub user: UserId,
    /// For which deal.
    pub opportunity: Option<OpportunityId>,
    /// As it was typed.
    pub query: String,
    /// Its different stems in order.
    pub words: String,
    /// When it began.
    pub at: DateTime<Utc>,
    /// How it ended.
    pub outcome: Outcome,
}

/// A search in vain, with what it takes to ask it again.
#[derive(Clone, Debug)]
pub(in crate::search) struct InVain {
    pub(in crate::search) user: UserId,
    pub(in crate::search) opportunity: Option<OpportunityId>,
    pub(in crate::search) query: String,
    pub(in crate::search) words: String,
    /// The chosen facets: a map of lists.
    pub(in crate::search) filters: Value,
    /// When it was asked last.
    pub(in crate::search) at: DateTime<Utc>,
    /// What it showed, and nobody wanted.
    pub(in crate::search) shown: HashSet<AssetId>,
}

impl InVain {
    /// Whether it found nothing at all.
    pub(in crate::search) fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }
}

/// The searches begun since `since` whose outcome is certain at `now`, the newest first.
pub async fn search_outcomes(
    db: &Db,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<SearchOutcome>> {
    let ended = ended(db, since, now - PATIENCE).await?;
    Ok(ended
        .into_iter()
        .map(|(row, outcome)| SearchOutcome {
            id: row.id,
            user: row.user_id,
            opportunity: row.opportunity_id,
            query: row.query,
            words: row.words,
            at: row.created_at,
            outcome,
        })
        .collect())
}

/// The searches begun since `since` that led to nothing, the newest first: nothing was found, or nothing was done with
/// it, and neither another wording of it nor the same words at another time helped its writer.
pub(in crate::search) async fn searches_in_vain(
    db: &Db,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<InVain>> {
    let ended = ended(db, since, now).await?;
    let earlier: HashMap<SearchId, SearchId> = ended
        .iter()
        .filter_map(|(row, _)| Some((row.id, row.reworded_from?)))
        .collect();
    let mut helped = HashSet::new();
    let mut helped_words = HashSet::new();
    for (row, _) in ended
        .iter()
        .filter(|(_, outcome)| *outcome == Outcome::Used)
    {
        helped_words.insert((row.user_id, row.words.clone()));
        let mut before = earlier.get(&row.id);
        while let Some(id) = before.filter(|id| helped.insert(**id)) {
            before = earlier.get(id);
        }
    }
    Ok(ended
        .into_iter()
        .filter(|(row, outcome)| match outcome {
            Outcome::Nothing => true,
            Outcome::Abandoned => row.updated_at < now - PATIENCE,
            Outcome::Used | Outcome::Reworded => false,
        })
        .filter(|(row, _)| {
            !helped.contains(&row.id) && !helped_words.contains(&(row.user_id, row.words.clone()))
        })
        .map(|(row, _)| InVain {
            user: row.user_id,
            opportunity: row.opportunity_id,
            shown: shown(&row.results),
            query: row.query,
            words: row.words,
            filters: row.filters,
            at: row.updated_at,
        })
        .collect())
}

fn shown(results: &Value) -> HashSet<AssetId> {
    let results = results.as_array().into_iter().flatten();
    results
        .filter_map(|one| one.get("asset")?.as_str()?.parse().ok())
        .collect()
}

/// The searches begun since `since` and not asked again after `until`, with how they ended, the newest first.
async fn ended(
    db: &Db,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<(search::Model, Outcome)>> {
    let rows = search::Entity::find()
        .filter(search::Column::CreatedAt.gte(since))
        .filter(search::Column::UpdatedAt.lt(until))
        .order_by_desc(search::Column::CreatedAt)
        .order_by_desc(search::Column::Id)
        .limit(MOST)
        .all(db.read())
        .await?;
    let clicked: Vec<(SearchId, DateTime<Utc>)> = search_click::Entity::find()
        .select_only()
        .column(search_click::Column::SearchId)
        .column(search_click::Column::At)
        .filter(search_click::Column::At.gte(since))
        .into_tuple()
        .all(db.read())
        .await?;
    let reworded: Vec<Option<SearchId>> = search::Entity::find()
        .select_only()
        .column(search::Column::RewordedFrom)
        .filter(search::Column::RewordedFrom.is_not_null())
        .filter(search::Column::CreatedAt.gte(since))
        .into_tuple()
        .all(db.read())
        .await?;
    let reworded: HashSet<_> = reworded.into_iter().flatten().collect();
    let mut times = HashMap::<_, Vec<_>>::new();
    for (id, at) in clicked {
        times.entry(id).or_default().push(at);
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let used = times
                .get(&row.id)
                .is_some_and(|times| times.iter().any(|at| *at <= row.updated_at + PATIENCE));
            let outcome = if used {
                Outcome::Used
            } else if row.asset_count == 0 {
                Outcome::Nothing
            } else if reworded.contains(&row.id) {
                Outcome::Reworded
            } else {
                Outcome::Abandoned
            };
            (row, outcome)
        })
        .collect())
}

/// Forgets the searches of before `then`, with what was done with their results.
pub async fn forget_searches(db: &Db, then: DateTime<Utc>) -> Result<u64> {
    let tx = db.begin().await?;
    let deleted = search::Entity::delete_many()
        .filter(search::Column::CreatedAt.lt(then))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(deleted.rows_affected)
}
