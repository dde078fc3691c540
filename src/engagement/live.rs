//! News of visits and notifications, as they are committed, to those who watch.
//!
//! It carries ids only: every watcher looks up what it may see. News of this node come at once; those of other
//! nodes are found by looking at the tables twice a second, and only while somebody watches.
//!
//! Invariant: nothing depends on it but how soon something shows; a watcher that missed news asks again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use tokio::sync::{broadcast, watch};

use super::commit::Committed;
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{notification, visit};
use crate::error::Result;
use crate::ids::{UserId, VisitId};

/// How often other nodes' news are looked for.
const POLL: Duration = Duration::from_millis(500);

/// How far back each look goes: what was committed late, or by a clock that is behind, is found all the same.
const OVERLAP: TimeDelta = TimeDelta::seconds(10);

/// How many news a slow watcher may be behind before it misses some.
const BACKLOG: usize = 256;

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// These visits.
    Visits(Arc<[VisitId]>),
    /// These users have new notifications.
    Notified(Arc<[UserId]>),
}

/// The node's hub of news. Cheap to clone.
#[derive(Clone)]
pub struct Live {
    news: broadcast::Sender<News>,
    /// What was told lately, so that the look at the tables does not tell it again.
    told: Arc<Mutex<Told>>,
    closed: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Told {
    visits: HashMap<VisitId, DateTime<Utc>>,
    notifications: HashMap<i64, DateTime<Utc>>,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Live({} watchers)", self.news.receiver_count())
    }
}

impl Default for Live {
    fn default() -> Self {
        Self {
            news: broadcast::Sender::new(BACKLOG),
            told: Arc::default(),
            closed: watch::Sender::new(false),
        }
    }
}

impl Live {
    /// A hub that also finds the news of other nodes.
    pub fn start(db: Db, clock: Clock) -> Self {
        let live = Self::default();
        tokio::spawn(live.clone().tail(db, clock));
        live
    }

    /// Begins to watch: the news, and whether the node stops.
    pub(super) fn watch(&self) -> (broadcast::Receiver<News>, watch::Receiver<bool>) {
        (self.news.subscribe(), self.closed.subscribe())
    }

    /// Ends all streams, which would otherwise keep a server that stops waiting.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    /// Tells what a batch changed.
    pub(super) fn publish(&self, committed: &Committed) {
        self.send_visits(committed.visits.clone());
        if !committed.notified.is_empty() {
            self.send(News::Notified(committed.notified.clone().into()));
        }
    }

    fn send_visits(&self, visits: Vec<VisitId>) {
        if !visits.is_empty() {
            self.send(News::Visits(visits.into()));
        }
    }

    fn send(&self, news: News) {
        // Without a watcher there is nobody to tell.
        let _ = self.news.send(news);
    }

    async fn tail(self, db: Db, clock: Clock) {
        let mut interval = tokio::time::interval(POLL);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            if self.news.receiver_count() == 0 {
                continue;
            }
            if let Err(error) = self.look(&db, clock.now() - OVERLAP).await {
                tracing::warn!(%error, "news could not be looked up");
            }
        }
    }

    async fn look(&self, db: &Db, since: DateTime<Utc>) -> Result<()> {
        let visits: Vec<(VisitId, DateTime<Utc>)> = visit::Entity::find()
            .select_only()
            .column(visit::Column::Id)
            .column(visit::Column::UpdatedAt)
            .filter(visit::Column::UpdatedAt.gte(since))
            .order_by_desc(visit::Column::UpdatedAt)
            .limit(1_000)
            .into_tuple()
            .all(db.read())
            .await?;
        let notifications: Vec<(i64, UserId, DateTime<Utc>)> = notification::Entity::find()
            .select_only()
            .column(notification::Column::Id)
            .column(notification::Column::UserId)
            .column(notification::Column::CreatedAt)
            // The latest by number, which needs no index of its own; the old ones among them are passed over below.
            .order_by_desc(notification::Column::Id)
            .limit(500)
            .into_tuple()
            .all(db.read())
            .await?;

        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.visits.retain(|_, at| *at >= since);
        told.notifications.retain(|_, at| *at >= since);
        let changed: Vec<VisitId> = visits
            .into_iter()
            .filter(|(id, at)| told.visits.insert(*id, *at) != Some(*at))
            .map(|(id, _)| id)
            .collect();
        let notified: Vec<UserId> = notifications
            .into_iter()
            .filter(|(id, _, at)| *at >= since && told.notifications.insert(*id, *at).is_none())
            .map(|(_, user, _)| user)
            .collect();
        drop(told);
        self.send_visits(changed);
        if !notified.is_empty() {
            self.send(News::Notified(notified.into()));
        }
        Ok(())
    }
}
