//! Keeps a list ready for every open opportunity: a reconciler without input, safe to run at any time and on any node.
//!
//! Each list carries its basis: a digest of all that it was made from. A list with another basis than today's is made
//! anew; what nothing has changed for is left alone, also when another node has made it. A sweep rests in proportion to
//! what it cost, so a large house never spends more than a twentieth of a core on it.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chrono::{Datelike as _, NaiveDate};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, OnConflict},
};
use tokio::sync::{Mutex, watch};

use super::gates::Deal;
use super::knowledge::{Candidate, Knowledge, KnownDeal, Marks, primary_language, stage_place};
use super::lessons::Lessons;
use super::reasons::fitting;
use super::similar::{Closed, Neighbourhood};
use super::slate::{Scored, choose};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{AssetState, Outcome, activity, recommendation, recommendation_set};
use crate::error::{Error, Result};
use crate::ids::{AssetId, OpportunityId};
use crate::index::{Index, SearchRequest};

/// How much of what is known in words is looked for.
const TEXT: usize = 2_000;
/// The latest notes that count.
const NOTES: u64 = 10;
/// How many assets the words may speak for.
const TEXT_HITS: usize = 100;
/// What the best match in words is worth at most, as a share of an asset's value.
const TEXT_SHARE: f64 = 0.25;
/// How long between two looks at whether anything has changed.
const LOOK: Duration = Duration::from_secs(2);
/// Raised whenever lists are made in another way; then all are made anew.
const MAKING: u8 = 3;
/// For how many deals lessons are kept at hand.
const KEPT: usize = 200;
/// How long somebody waits for what is new in the library to be found by its words.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many times its own length a sweep rests.
const REST: u32 = 20;

/// Prepares recommendations; cheap to clone.
#[derive(Clone, Debug)]
pub struct Recommender {
    db: Db,
    index: Index,
    clock: Clock,
    known: Arc<Mutex<Option<Arc<Knowledge>>>>,
    /// What was read last, for those who cannot wait, and what they drew from it.
    latest: Arc<RwLock<Latest>>,
}

#[derive(Debug, Default)]
struct Latest {
    knowledge: Option<Arc<Knowledge>>,
    lessons: HashMap<OpportunityId, Arc<Lessons>>,
}

/// What words say about an asset: how well it answers, and on which page.
#[derive(Clone, Copy, Debug)]
struct Answer {
    share: f64,
    page: Option<i32>,
}

impl Recommender {
    /// A recommender with these means.
    pub fn new(db: Db, index: Index, clock: Clock) -> Self {
        Self {
            db,
            index,
            clock,
            known: Arc::default(),
            latest: Arc::default(),
        }
    }

    /// Keeps every list fresh until `stop` turns true.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let started = Instant::now();
            match self.sweep().await {
                Ok(0) => {}
                Ok(count) => tracing::debug!(count, "recommendations prepared"),
                Err(error) => tracing::error!(%error, "could not prepare recommendations"),
            }
            let rest = LOOK.max(started.elapsed() * REST);
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Prepares every list that is not as it would be made now, and says how many that were.
    pub async fn sweep(&self) -> Result<usize> {
        let knowledge = self.knowledge().await?;
        if !self.index.wait_for(knowledge.marks.library, PATIENCE).await {
            // The lists would lack what the words say; the next sweep comes soon.
            return Ok(0);
        }
        let ready: HashMap<OpportunityId, String> = recommendation_set::Entity::find()
            .all(self.db.read())
            .await?
            .into_iter()
            .map(|set| (set.opportunity_id, set.basis))
            .collect();
        let mut count = 0;
        for (place, deal) in knowledge.deals.iter().enumerate() {
            let basis = self.basis(&knowledge, place);
            let stale =
                deal.row.outcome == Outcome::Open && ready.get(&deal.row.id) != Some(&basis);
            if stale {
                self.prepare(&knowledge, place, basis).await?;
                count += 1;
            }
        }
        Ok(count)
    }

    /// Prepares one list if it is missing or if the opportunity itself has changed since; the rest may wait for the sweep.
    pub async fn ensure(&self, id: OpportunityId) -> Result<()> {
        let knowledge = self.knowledge().await?;
        let Some(place) = knowledge.place(id) else {
            return Ok(());
        };
        let basis = self.basis(&knowledge, place);
        let ready = recommendation_set::Entity::find_by_id(id)
            .one(self.db.read())
            .await?;
        if ready.is_some_and(|ready| ready.basis == basis) {
            return Ok(());
        }
        // A list that was made without all words is of no known basis, so that the next sweep makes it anew.
        let heard = self.index.wait_for(knowledge.marks.library, PATIENCE).await;
        let basis = if heard { basis } else { String::new() };
        self.prepare(&knowledge, place, basis).await
    }

    /// What is known now; read again only if something has changed.
    async fn knowledge(&self) -> Result<Arc<Knowledge>> {
        // Held while reading: those who come meanwhile want the same.
        let mut known = self.known.lock().await;
        let (now, marks) = (self.clock.now(), Marks::read(self.db.read()).await?);
        let still = |known: &&Arc<Knowledge>| {
            known.marks == marks && known.read_at.date_naive() == now.date_naive()
        };
        if let Some(knowledge) = known.as_ref().filter(still) {
            return Ok(Arc::clone(knowledge));
        }
        let fresh = Arc::new(Knowledge::read(self.db.read(), now).await?);
        *known = Some(Arc::clone(&fresh));
        *self.latest.write().unwrap_or_else(PoisonError::into_inner) = Latest {
            knowledge: Some(Arc::clone(&fresh)),
            lessons: HashMap::new(),
        };
        Ok(fresh)
    }

    /// What the history, as it was read last, has taught for this deal; nothing before it was read, and nothing for a
    /// deal that is younger than that.
    pub async fn lessons(&self, id: OpportunityId) -> Result<Option<Arc<Lessons>>> {
        let source = {
            let latest = self.latest.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(lessons) = latest.lessons.get(&id) {
                return Ok(Some(Arc::clone(lessons)));
            }
            latest.knowledge.clone()
        };
        let Some((source, place)) = source.and_then(|known| {
            let place = known.place(id)?;
            Some((known, place))
        }) else {
            return Ok(None);
        };
        let drawn = tokio::task::spawn_blocking(move || Lessons::draw(source, place))
            .await
            .map_err(Error::internal)?;
        let Some(drawn) = drawn.map(Arc::new) else {
            return Ok(None);
        };
        let mut latest = self.latest.write().unwrap_or_else(PoisonError::into_inner);
        let still = latest.knowledge.as_ref();
        if still.is_some_and(|still| Arc::ptr_eq(still, &drawn.source)) {
            if latest.lessons.len() >= KEPT {
                latest.lessons.clear();
            }
            latest.lessons.insert(id, Arc::clone(&drawn));
        }
        Ok(Some(drawn))
    }

    /// Everything that a list depends on, as a digest.
    fn basis(&self, knowledge: &Knowledge, place: usize) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&[MAKING]);
        hasher.update(&knowledge.marks.library.to_le_bytes());
        hasher.update(knowledge.marks.outcomes.as_bytes());
        hasher.update(self.today().to_string().as_bytes());
        if let Some(deal) = knowledge.deals.get(place) {
            hasher.update(&deal.row.updated_at.timestamp_micros().to_le_bytes());
            for value in &deal.traits {
                hasher.update(value.as_deref().unwrap_or_default().as_bytes());
                hasher.update(&[0]);
            }
        }
        hasher.finalize().to_hex().chars().take(32).collect()
    }

    async fn prepare(&self, knowledge: &Arc<Knowledge>, place: usize, basis: String) -> Result<()> {
        let Some(deal) = knowledge.deals.get(place) else {
            return Ok(());
        };
        let id = deal.row.id;
        let answers = self.answers(id, &deal.row.needs).await?;
        let (shared, today) = (Arc::clone(knowledge), self.today());
        // Arithmetic over the whole library: not for a thread that serves requests.
        let rows = tokio::task::spawn_blocking(move || rows(&shared, place, &answers, today))
            .await
            .map_err(Error::internal)?;
        let tx = self.db.begin().await?;
        // First, so that those who make the same list at once come one after the other.
        let prepared_at = recommendation_set::Column::PreparedAt;
        let set = recommendation_set::ActiveModel {
            opportunity_id: Set(id),
            basis: Set(basis),
            prepared_at: Set(knowledge.read_at),
        };
        let taken = recommendation_set::Entity::insert(set)
            .on_conflict(
                OnConflict::column(recommendation_set::Column::OpportunityId)
                    .update_columns([recommendation_set::Column::Basis, prepared_at])
                    .action_and_where(
                        Expr::col((recommendation_set::Entity, prepared_at))
                            .lte(Expr::col(("excluded", prepared_at))),
                    )
                    .to_owned(),
            )
            .exec_without_returning(&tx)
            .await?;
        if taken == 0 {
            // Another has made it of what was known later.
            return Ok(());
        }
        recommendation::Entity::delete_many()
            .filter(recommendation::Column::OpportunityId.eq(id))
            .exec(&tx)
            .await?;
        if !rows.is_empty() {
            recommendation::Entity::insert_many(rows).exec(&tx).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Which assets answer what the customer has told, by the words of needs and notes.
    async fn answers(&self, id: OpportunityId, needs: &str) -> Result<HashMap<AssetId, Answer>> {
        let notes = activity::Entity::find()
            .filter(activity::Column::OpportunityId.eq(id))
            .order_by_desc(activity::Column::OccurredAt)
            .limit(NOTES)
            .all(self.db.read())
            .await?;
        let mut text = needs.to_owned();
        for note in notes {
            text.push('\n');
            text.push_str(&note.subject);
            text.push('\n');
            text.push_str(&note.body);
        }
        let text: String = text.chars().take(TEXT).collect();
        if !text.contains(char::is_alphanumeric) {
            return Ok(HashMap::new());
        }
        let found = self
            .index
            .search(SearchRequest {
                text,
                // What people write in notes is no query language.
                literal: true,
                states: vec![AssetState::Approved],
                limit: TEXT_HITS,
                ..SearchRequest::default()
            })
            .await?;
        Ok(found
            .assets
            .into_iter()
            .enumerate()
            .map(|(rank, found)| {
                let rank = f64::from(u32::try_from(rank).unwrap_or(u32::MAX));
                let answer = Answer {
                    share: 1.0 / (1.0 + rank / 10.0),
                    page: found.pages.first().map(|page| page.number),
                };
                (found.asset, answer)
            })
            .collect())
    }

    fn today(&self) -> NaiveDate {
        self.clock.now().date_naive()
    }
}

/// The list for one deal. Pure.
fn rows(
    knowledge: &Knowledge,
    place: usize,
    answers: &HashMap<AssetId, Answer>,
    today: NaiveDate,
) -> Vec<recommendation::ActiveModel> {
    let (Some(deal), Some(seen)) = (
        knowledge.deals.get(place),
        knowledge.history.deals.get(place),
    ) else {
        return Vec::new();
    };
    let stage = stage_place(deal.row.stage);
    let score = |piece: usize| -> f64 {
        knowledge.history.pieces.get(piece).map_or(0.0, |facets| {
            knowledge.model.score(seen, stage, piece, facets)
        })
    };
    let sends = |piece: usize| knowledge.sends.get(piece).copied().unwrap_or(0);
    let scored: Vec<Scored> = knowledge
        .candidates
        .iter()
        .enumerate()
        .filter(|(_, candidate)| !deal.sent.contains(&candidate.piece))
        .filter_map(|(index, candidate)| {
            let answer = answers.get(&candidate.asset.id);
            let score = score(candidate.piece);
            // Where the customer has said something, an asset must answer it, fit the deal, or have shown that it helps.
            let speaks = answers.is_empty() || answer.is_some() || score > 0.0;
            let share = answer.map_or(0.0, |answer| answer.share);
            speaks.then(|| Scored {
                index,
                kind: candidate.asset.kind,
                value: score.exp() * (1.0 + TEXT_SHARE * share) * understood(deal, candidate),
                sends: sends(candidate.piece),
            })
        })
        .collect();

    let closed = closed(knowledge);
    let neighbourhood = Neighbourhood::of(seen, &closed);
    let before: Vec<f64> = deal.sent.iter().map(|piece| score(*piece)).collect();
    let chosen = choose(scored, seed(deal.row.id, today));
    chosen
        .into_iter()
        .enumerate()
        .filter_map(|(at, chosen)| {
            let candidate = knowledge.candidates.get(chosen.index)?;
            let answer = answers.get(&candidate.asset.id);
            let page = answer.and_then(|answer| answer.page);
            let evidence = neighbourhood.evidence(candidate.piece);
            let mut reasons = fitting(deal, candidate);
            if let Some(page) = page {
                reasons.insert(0, format!("Page {page} speaks of what they need"));
            }
            if chosen.exploration {
                reasons.insert(0, "New here: shown to learn whether it helps".to_owned());
            }
            reasons.push(evidence.sentence());
            let uplift = knowledge
                .model
                .uplift(seen, stage, &before, score(candidate.piece));
            Some(recommendation::ActiveModel {
                opportunity_id: Set(deal.row.id),
                position: Set(count(at + 1)),
                asset_id: Set(candidate.asset.id),
                page_number: Set(page),
                exploration: Set(chosen.exploration),
                uplift_permille: Set(permille(uplift)),
                reasons: Set(serde_json::json!(reasons)),
                sends: Set(count(sends(candidate.piece))),
                similar_won: Set(count(evidence.won)),
                similar_won_used: Set(count(evidence.won_used)),
                similar_won_read: Set(count(evidence.won_read)),
                similar_lost: Set(count(evidence.lost)),
                similar_lost_used: Set(count(evidence.lost_used)),
                similar_lost_read: Set(count(evidence.lost_read)),
            })
        })
        .collect()
}

/// What an asset loses that its reader may not understand. Most buyers read English, so it loses less.
fn understood(deal: &KnownDeal, candidate: &Candidate) -> f64 {
    let written = candidate.asset.language.as_deref().map(primary_language);
    match (&deal.language, written.as_deref()) {
        (Some(spoken), Some(written)) if spoken == written => 1.0,
        (Some(_), Some("en")) => 0.9,
        (Some(_), Some(_)) => 0.4,
        (None, _) | (_, None) => 1.0,
    }
}

pub(super) fn closed(knowledge: &Knowledge) -> Vec<Closed<'_>> {
    let deals: std::iter::Zip<_, std::slice::Iter<'_, Deal>> =
        knowledge.deals.iter().zip(&knowledge.history.deals);
    deals
        .filter(|(deal, _)| deal.row.outcome != Outcome::Open)
        .map(|(deal, seen)| Closed {
            deal: seen,
            won: deal.row.outcome == Outcome::Won,
            used: &deal.sent,
            read: &deal.read,
        })
        .collect()
}

/// Chance stays the same for a deal throughout a week, so that a list does not change under its reader.
fn seed(id: OpportunityId, today: NaiveDate) -> u64 {
    let week = today.iso_week();
    let (high, low) = id.0.as_u64_pair();
    let weeks = u64::from(week.week()) + 100 * u64::from(week.year().unsigned_abs());
    high ^ low ^ weeks
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "a difference of chances is between -1 and 1"
)]
fn permille(chance: f64) -> i32 {
    (chance * 1_000.0).round() as i32
}
