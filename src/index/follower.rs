//! The reconciler of the index: follows the change log and keeps the documents of every asset that changed.
//!
//! A crash resumes where the last commit ended; an index that is missing, damaged, of another version or ahead of the
//! database (after a restore) is built anew, while searches see what is there so far.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use tokio::sync::watch;

use super::entries::load;
use super::handle::Index;
use super::writer::{Refusal, Writer};
use crate::db::Db;
use crate::entities::{asset, change};
use crate::error::Error;
use crate::ids::AssetId;

/// The shortest time between two commits.
const COMMIT_EVERY: Duration = Duration::from_millis(500);
/// How often the change log is looked at when nobody wakes us: changes may come from another node.
const POLL: Duration = Duration::from_millis(500);
/// The pause after a failure.
const PAUSE: Duration = Duration::from_secs(2);
/// How many changes are taken at once.
const CHANGES: u64 = 200;
/// How many assets are read at once.
const ASSETS: u64 = 20;

/// Keeps the index of this node; there is one per node.
#[derive(Debug)]
pub struct Follower {
    index: Index,
    db: Db,
}

/// What stopped the follower.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Index(#[from] Refusal),
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<sea_orm::DbErr> for Trouble {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Database(error.into())
    }
}

impl Follower {
    /// The follower of `index`.
    pub fn new(index: Index, db: Db) -> Self {
        Self { index, db }
    }

    /// Follows until `stop` turns true. Failures are logged, and it begins again.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut anew = false;
        while !*stop.borrow() {
            match self.follow(anew, &mut stop).await {
                Ok(()) => return,
                Err(Trouble::Index(Refusal::Locked)) => {
                    tracing::warn!(
                        "another process is writing to the index; waiting for it to end"
                    );
                }
                Err(Trouble::Index(error)) => {
                    tracing::error!(%error, "the index cannot be written to; building it anew");
                    anew = true;
                }
                Err(Trouble::Database(error)) => {
                    tracing::error!(%error, "the change log cannot be followed");
                }
            }
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Builds the index anew and returns how many assets it holds; for the command line.
    pub async fn rebuild(self) -> crate::error::Result<u64> {
        let built = async {
            let mut work = Work::open(&self.index, true).await?;
            self.build(&mut work).await
        };
        match built.await {
            Ok((_, count)) => Ok(count),
            Err(Trouble::Database(error)) => Err(error),
            Err(Trouble::Index(error)) => Err(Error::internal(error)),
        }
    }

    async fn follow(&self, anew: bool, stop: &mut watch::Receiver<bool>) -> Result<(), Trouble> {
        let mut work = Work::open(&self.index, anew).await?;
        let mut seq = match work.committed_seq().await? {
            Some(seq) if seq <= self.last_change().await? => seq,
            _ => self.build(&mut work).await?.0,
        };
        self.index.reached(seq);
        let mut committed = Instant::now();
        let mut dirty = false;
        loop {
            let changes = change::Entity::find()
                .filter(change::Column::Seq.gt(seq))
                .order_by_asc(change::Column::Seq)
                .limit(CHANGES)
                .all(self.db.read())
                .await?;
            if let Some(last) = changes.last() {
                seq = last.seq;
                dirty = true;
                let assets: BTreeSet<_> = changes
                    .iter()
                    .filter(|change| change.kind == "asset")
                    .map(|change| AssetId(change.subject_id))
                    .collect();
                let assets: Vec<_> = assets.into_iter().collect();
                for ids in assets.chunks(usize::try_from(ASSETS).unwrap_or(1)) {
                    self.replace(&mut work, ids).await?;
                }
            }
            let stopping = *stop.borrow();
            if dirty && (stopping || committed.elapsed() >= COMMIT_EVERY) {
                work.commit(Some(seq)).await?;
                self.index.reached(seq);
                committed = Instant::now();
                dirty = false;
            }
            if stopping {
                return Ok(());
            }
            if changes.len() as u64 == CHANGES {
                continue;
            }
            let pause = if dirty {
                COMMIT_EVERY.saturating_sub(committed.elapsed())
            } else {
                POLL
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.index.woken(), if !dirty => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Puts every asset in, and returns the change up to which the index is complete then.
    async fn build(&self, work: &mut Work) -> Result<(i64, u64), Trouble> {
        let seq = self.last_change().await?;
        let started = Instant::now();
        work.clear().await?;
        let mut count = 0;
        let mut committed = Instant::now();
        let mut after: Option<AssetId> = None;
        loop {
            let mut select = asset::Entity::find()
                .select_only()
                .column(asset::Column::Id)
                .order_by_asc(asset::Column::Id)
                .limit(ASSETS);
            if let Some(after) = after {
                select = select.filter(asset::Column::Id.gt(after));
            }
            let ids: Vec<AssetId> = select.into_tuple().all(self.db.read()).await?;
            let Some(last) = ids.last() else { break };
            after = Some(*last);
            count += ids.len() as u64;
            self.replace(work, &ids).await?;
            if committed.elapsed() >= COMMIT_EVERY * 2 {
                work.commit(None).await?;
                committed = Instant::now();
            }
        }
        work.commit(Some(seq)).await?;
        tracing::info!(assets = count, seq, elapsed = ?started.elapsed(), "the index is built");
        Ok((seq, count))
    }

    async fn replace(&self, work: &mut Work, ids: &[AssetId]) -> Result<(), Trouble> {
        let entries = load(self.db.read(), ids).await?;
        let ids = ids.to_vec();
        work.run(move |writer| writer.replace(&ids, &entries)).await
    }

    async fn last_change(&self) -> Result<i64, Trouble> {
        let last = change::Entity::find()
            .order_by_desc(change::Column::Seq)
            .one(self.db.read())
            .await?;
        Ok(last.map_or(0, |change| change.seq))
    }
}

/// The writer, lent to a blocking thread for every piece of work.
struct Work {
    writer: Option<Box<Writer>>,
}

impl Work {
    /// Opens the index for writing and lets searches see it.
    async fn open(index: &Index, anew: bool) -> Result<Self, Trouble> {
        let dir = index.dir().to_owned();
        let writer = tokio::task::spawn_blocking(move || Writer::open(&dir, anew))
            .await
            .map_err(Error::internal)??;
        index.install(Arc::clone(&writer.opened()));
        Ok(Self {
            writer: Some(Box::new(writer)),
        })
    }

    async fn committed_seq(&mut self) -> Result<Option<i64>, Trouble> {
        self.run(|writer| writer.committed_seq()).await
    }

    async fn clear(&mut self) -> Result<(), Trouble> {
        self.run(|writer| writer.clear()).await
    }

    async fn commit(&mut self, seq: Option<i64>) -> Result<(), Trouble> {
        self.run(move |writer| writer.commit(seq)).await
    }

    async fn run<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Writer) -> tantivy::Result<T> + Send + 'static,
    ) -> Result<T, Trouble> {
        let Some(mut writer) = self.writer.take() else {
            return Err(Error::internal("the index's writer was lost in a panic").into());
        };
        let (writer, done) = tokio::task::spawn_blocking(move || {
            let done = work(&mut writer);
            (writer, done)
        })
        .await
        .map_err(Error::internal)?;
        self.writer = Some(writer);
        done.map_err(|error| Trouble::Index(error.into()))
    }
}
