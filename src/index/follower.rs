//! The reconciler of the index: follows the change log and keeps the documents of every asset that changed.
//!
//! A crash resumes where the last commit ended. An index that is missing, damaged, of another version or ahead of the
//! database (after a restore), and any when somebody asks for it, is built anew beside the old one, which answers
//! meanwhile and goes on being kept where it can; where there is none to answer, searches see what is there so far.

mod work;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use tokio::sync::watch;

use self::work::{Kept, Trouble, Work};
use super::entries::load;
use super::handle::Index;
use super::place::{self, Lock};
use super::synonyms::Synonyms;
use super::writer::Refusal;
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
/// How often it is looked whether the files are still those that were written.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often every byte of them is checked.
const CHECK_EVERY: Duration = Duration::from_mins(10);
/// How many changes are taken at once.
const CHANGES: u64 = 200;
/// How many assets are read at once.
const ASSETS: u64 = 20;

/// The kind of an entry in the change log that asks every node to build its index anew.
pub const REINDEX: &str = "reindex";
/// The kind of an entry in the change log that says that synonyms have changed.
pub const SYNONYMS: &str = "synonym";

/// Keeps the index of this node; there is one per node.
#[derive(Debug)]
pub struct Follower {
    index: Index,
    db: Db,
}

/// What a look at the change log showed.
#[derive(Default)]
struct Step {
    /// There is more to be read at once.
    more: bool,
    /// Somebody wants the index built anew.
    reindex: bool,
}

impl Follower {
    /// The follower of `index`.
    pub fn new(index: Index, db: Db) -> Self {
        Self { index, db }
    }

    /// Follows until `stop` turns true. Failures are logged, and it begins again.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.follow(&mut stop).await {
                Ok(()) => return,
                Err(Trouble::Index(Refusal::Locked)) => {
                    tracing::warn!(
                        "another process is writing to the index; waiting for it to end"
                    );
                }
                Err(Trouble::Index(error)) => {
                    tracing::error!(%error, "the index cannot be written to");
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

    /// Builds the index anew and returns how many assets it holds; `None` if another process keeps it. For the
    /// command line.
    pub async fn rebuild(self) -> crate::error::Result<Option<u64>> {
        let (_going, stop) = watch::channel(false);
        let built = async {
            let mut lock = Lock::take(self.index.dir())?;
            self.build(&mut lock, None, false, &stop).await
        };
        match built.await {
            Ok(built) => Ok(built.map(|(_, count)| count)),
            Err(Trouble::Index(Refusal::Locked)) => Ok(None),
            Err(Trouble::Database(error)) => Err(error),
            Err(Trouble::Index(error)) => Err(Error::internal(error)),
        }
    }

    async fn follow(&self, stop: &mut watch::Receiver<bool>) -> Result<(), Trouble> {
        let mut lock = Lock::take(self.index.dir())?;
        self.load_synonyms().await?;
        let mut kept = self.resume().await?;
        let mut anew = kept.is_none() || place::unfinished(self.index.dir());
        let mut answers = kept.is_some();
        loop {
            if anew {
                let Some((built, _)) = self.build(&mut lock, kept.take(), answers, stop).await?
                else {
                    return Ok(());
                };
                kept = Some(built);
            }
            let Some(live) = &mut kept else {
                return Ok(());
            };
            let stopping = *stop.borrow();
            let step = match self.step(live, stopping, true).await {
                Ok(step) => step,
                Err(Trouble::Index(error)) => {
                    tracing::error!(%error, "the index can no longer be written to; building it anew");
                    (kept, anew, answers) = (None, true, true);
                    continue;
                }
                Err(error) => return Err(error),
            };
            if stopping {
                return Ok(());
            }
            anew = step.reindex;
            answers = true;
            if !live.is_there(LOOK_EVERY).await? || self.index.take_suspicion() {
                live.distrust();
            }
            if !live.is_sound(CHECK_EVERY).await? {
                // A folder that is gone still answers from memory; a damaged one cannot be trusted.
                answers = live.is_gone();
                (kept, anew) = (None, true);
                continue;
            }
            if anew || step.more {
                continue;
            }
            let pause = if live.dirty {
                COMMIT_EVERY.saturating_sub(live.committed.elapsed())
            } else {
                POLL
            };
            let dirty = live.dirty;
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.index.woken(), if !dirty => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// The index as the last run left it, if it can go on.
    async fn resume(&self) -> Result<Option<Kept>, Trouble> {
        let Some(folder) = place::current(self.index.dir()) else {
            return Ok(None);
        };
        let mut kept = match Work::open(folder, self.index.matching(), false).await {
            Ok(work) => Kept::new(work, -1),
            Err(Trouble::Index(error)) => {
                tracing::info!(%error, "there is no index that can be used; it will be built anew");
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        if !kept.is_sound(Duration::ZERO).await? {
            return Ok(None);
        }
        match kept.work.committed_seq().await? {
            Some(seq) if seq <= self.last_change().await? => kept.seq = seq,
            _ => return Ok(None),
        }
        self.index.install(kept.work.opened());
        self.index.reached(kept.seq);
        Ok(Some(kept))
    }

    /// Takes what the change log says since the last time. `shown` says that searches see this index.
    async fn step(&self, kept: &mut Kept, finish: bool, shown: bool) -> Result<Step, Trouble> {
        let changes = change::Entity::find()
            .filter(change::Column::Seq.gt(kept.seq))
            .order_by_asc(change::Column::Seq)
            .limit(CHANGES)
            .all(self.db.read())
            .await?;
        let mut step = Step {
            more: changes.len() as u64 == CHANGES,
            reindex: changes.iter().any(|change| change.kind == REINDEX),
        };
        if let Some(last) = changes.last() {
            let clean = !kept.dirty;
            if changes.iter().any(|change| change.kind == SYNONYMS) {
                self.load_synonyms().await?;
            }
            let assets: BTreeSet<_> = changes
                .iter()
                .filter(|change| change.kind == "asset")
                .map(|change| AssetId(change.subject_id))
                .collect();
            let assets: Vec<_> = assets.into_iter().collect();
            for ids in assets.chunks(usize::try_from(ASSETS).unwrap_or(1)) {
                self.replace(&mut kept.work, ids).await?;
            }
            kept.seq = last.seq;
            kept.dirty = true;
            if assets.is_empty() && clean && shown {
                // Searches see all of it already, also before the next commit.
                self.index.reached(kept.seq);
            }
        }
        if kept.dirty && (finish || kept.committed.elapsed() >= COMMIT_EVERY) {
            kept.commit(Some(kept.seq)).await?;
            if shown {
                self.index.reached(kept.seq);
            }
        }
        step.more &= !finish;
        Ok(step)
    }

    /// Builds an index beside the old one and lets it take its place. The old one is kept up to date meanwhile if it
    /// is handed over in `old`, and answers if `answers` says so. `None` if it had to stop.
    async fn build(
        &self,
        lock: &mut Lock,
        mut old: Option<Kept>,
        answers: bool,
        stop: &watch::Receiver<bool>,
    ) -> Result<Option<(Kept, u64)>, Trouble> {
        let dir = self.index.dir();
        if !lock.stands() {
            *lock = Lock::take(dir)?;
        }
        let folder = place::fresh(dir).map_err(Refusal::from)?;
        let keep: Vec<_> = old
            .iter()
            .map(|kept| kept.work.folder())
            .chain([folder.as_path()])
            .collect();
        place::remove_others(dir, &keep).map_err(Refusal::from)?;
        let started = Instant::now();
        let seq = self.last_change().await?;
        let work = Work::open(folder.clone(), self.index.matching(), true).await?;
        let mut new = Kept::new(work, seq);
        if !answers {
            self.index.install(new.work.opened());
            self.index.reached(-1);
        }
        let mut count = 0;
        let mut after: Option<AssetId> = None;
        let mut looked = Instant::now();
        loop {
            if *stop.borrow() {
                return Ok(None);
            }
            let ids = self.assets_after(after).await?;
            let Some(last) = ids.last() else { break };
            after = Some(*last);
            count += ids.len() as u64;
            self.replace(&mut new.work, &ids).await?;
            if !answers && new.committed.elapsed() >= COMMIT_EVERY * 2 {
                new.commit(None).await?;
            }
            if looked.elapsed() < COMMIT_EVERY {
                continue;
            }
            looked = Instant::now();
            match &mut old {
                None => self.load_synonyms().await?,
                Some(kept) => {
                    if let Err(Trouble::Index(error)) = self.step(kept, false, true).await {
                        tracing::warn!(%error, "the old index can no longer be kept");
                        old = None;
                    }
                }
            }
        }
        while self.step(&mut new, false, false).await?.more {}
        new.commit(Some(new.seq)).await?;
        drop(old);
        place::point(dir, &folder).map_err(Refusal::from)?;
        self.index.install(new.work.opened());
        self.index.reached(new.seq);
        metrics::counter!("lastmile_index_builds_total").increment(1);
        tracing::info!(assets = count, seq = new.seq, elapsed = ?started.elapsed(), "the index is built");
        Ok(Some((new, count)))
    }

    async fn assets_after(&self, after: Option<AssetId>) -> Result<Vec<AssetId>, Trouble> {
        let mut select = asset::Entity::find()
            .select_only()
            .column(asset::Column::Id)
            .order_by_asc(asset::Column::Id)
            .limit(ASSETS);
        if let Some(after) = after {
            select = select.filter(asset::Column::Id.gt(after));
        }
        Ok(select.into_tuple().all(self.db.read()).await?)
    }

    async fn replace(&self, work: &mut Work, ids: &[AssetId]) -> Result<(), Trouble> {
        let entries = load(self.db.read(), ids).await?;
        let ids = ids.to_vec();
        work.run(move |writer| writer.replace(&ids, &entries)).await
    }

    async fn load_synonyms(&self) -> Result<(), Trouble> {
        let synonyms = Synonyms::load(self.db.read()).await?;
        self.index.use_synonyms(synonyms);
        Ok(())
    }

    async fn last_change(&self) -> Result<i64, Trouble> {
        let last = change::Entity::find()
            .order_by_desc(change::Column::Seq)
            .one(self.db.read())
            .await?;
        Ok(last.map_or(0, |change| change.seq))
    }
}
