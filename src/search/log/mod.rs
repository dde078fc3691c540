//! What people search for, and what they do with what they find.
//!
//! An answer does not wait for its entry: entries go through a bounded queue to one task that writes them together. On
//! the way down the queue is written out. What is being typed is one search: its entry changes with every letter.
//!
//! Invariant: an entry never delays or fails a search; one that is dropped is counted.

mod outcomes;
mod sitting;
mod write;

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

pub(super) use self::outcomes::{InVain, searches_in_vain};
pub use self::outcomes::{Outcome, SearchOutcome, forget_searches, search_outcomes};
use self::sitting::{Asked, Sittings};
use self::write::{Message, Recorder};
use super::query::SearchQuery;
use super::views::SearchResult;
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{ClickKind, search, search_click};
use crate::error::{Error, Result};
use crate::http::Principal;
use crate::ids::{AssetId, SearchId, UserId};
use crate::index::stems;

/// How many entries may wait.
const QUEUE: usize = 4_096;
/// How many results of a search are kept.
const RESULTS: usize = 20;
/// Longer queries are cut.
const LONGEST_QUERY: usize = 500;

/// Where searches are noted. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SearchLog {
    queue: mpsc::Sender<Message>,
    sittings: Arc<Mutex<Sittings>>,
    db: Db,
    clock: Clock,
}

/// Something done with a result.
#[derive(Clone, Copy, Debug)]
pub struct Click {
    /// The asset.
    pub asset: AssetId,
    /// The page, if it was one.
    pub page: Option<i32>,
    /// Where the result stood, from 1.
    pub position: Option<i32>,
    /// What was done.
    pub kind: ClickKind,
}

impl SearchLog {
    /// Starts the recorder on the current runtime.
    pub fn start(db: Db, clock: Clock) -> Self {
        let (queue, inbox) = mpsc::channel(QUEUE);
        tokio::spawn(Recorder::new(inbox, db.clone()).run());
        Self {
            queue,
            sittings: Arc::default(),
            db,
            clock,
        }
    }

    /// Notes a search with what was found, and says under which id. A list without a query and later pages of a list
    /// are no searches.
    pub(super) fn note(
        &self,
        principal: &Principal,
        query: &SearchQuery,
        found: &SearchResult,
    ) -> Option<SearchId> {
        let text: String = query.text.trim().chars().take(LONGEST_QUERY).collect();
        if text.is_empty() || query.after.is_some() {
            return None;
        }
        let now = self.clock.now();
        let words = stems(&text);
        let place = self.sittings().ask(Asked {
            user: principal.user_id,
            opportunity: query.opportunity,
            text: &text,
            words: &words,
            now,
        });
        let row = search::Model {
            id: place.id,
            user_id: principal.user_id,
            opportunity_id: query.opportunity,
            query: text,
            words: words.join(" "),
            filters: filters(query),
            asset_count: i64::try_from(found.total_assets).unwrap_or(i64::MAX),
            page_count: i64::try_from(found.total_pages).unwrap_or(i64::MAX),
            results: results(found),
            reworded_from: place.reworded_from,
            created_at: place.since,
            updated_at: now,
        };
        self.send(Message::Search(Box::new(row)));
        Some(place.id)
    }

    /// Notes what was done with a result of a search of theirs.
    pub(super) async fn click(&self, user: UserId, id: SearchId, click: Click) -> Result<()> {
        let now = self.clock.now();
        if !self.sittings().click(user, id) {
            // An older search, or of another node.
            search::Entity::find_by_id(id)
                .one(self.db.read())
                .await?
                .filter(|search| search.user_id == user)
                .ok_or_else(|| Error::not_found("search"))?;
        }
        self.send(Message::Click(click_row(id, click, now)));
        Ok(())
    }

    /// Writes out what waits and stops.
    pub async fn close(&self) {
        let (done, written) = oneshot::channel();
        if self.queue.send(Message::Stop(done)).await.is_ok() {
            let _ = written.await;
        }
    }

    fn send(&self, message: Message) {
        if self.queue.try_send(message).is_err() {
            metrics::counter!("lastmile_searches_not_recorded_total").increment(1);
        }
    }

    fn sittings(&self) -> std::sync::MutexGuard<'_, Sittings> {
        self.sittings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn click_row(id: SearchId, click: Click, now: DateTime<Utc>) -> search_click::ActiveModel {
    use sea_orm::ActiveValue::{NotSet, Set};
    search_click::ActiveModel {
        id: NotSet,
        search_id: Set(id),
        asset_id: Set(click.asset),
        page: Set(click.page),
        position: Set(click.position),
        kind: Set(click.kind),
        at: Set(now),
    }
}

fn filters(query: &SearchQuery) -> Value {
    query
        .filters
        .iter()
        .map(|(dimension, values)| {
            let values: Vec<String> = values
                .iter()
                .take(RESULTS)
                .map(|value| value.chars().take(LONGEST_QUERY).collect())
                .collect();
            (dimension.as_str().to_owned(), json!(values))
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn results(found: &SearchResult) -> Value {
    found
        .items
        .iter()
        .take(RESULTS)
        .map(|hit| {
            json!({
                "asset": hit.asset.id,
                "page": hit.best_page.as_ref().map(|page| page.number),
            })
        })
        .collect()
}
