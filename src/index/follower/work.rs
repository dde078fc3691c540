//! An index in the follower's hands: its writer, lent to a blocking thread for every piece of work, and how far it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::index::compile::Matching;
use crate::index::handle::Opened;
use crate::index::place::Fingerprint;
use crate::index::writer::{Refusal, Writer, is_sound};

/// What stopped the follower.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
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

/// So long after a commit its files and the merges that follow it are written.
const AT_REST: Duration = Duration::from_secs(3);
/// New files are not checked more often: every check reads them all.
const CHECKED_AGAIN: Duration = Duration::from_secs(30);

/// An index that is being kept.
pub(super) struct Kept {
    pub(super) work: Work,
    /// The change up to which it has everything.
    pub(super) seq: i64,
    /// Whether some of that is not committed yet.
    pub(super) dirty: bool,
    pub(super) committed: Instant,
    files: Fingerprint,
    looked: Instant,
    checked: Option<Instant>,
}

impl Kept {
    pub(super) fn new(work: Work, seq: i64) -> Self {
        let now = Instant::now();
        Self {
            work,
            seq,
            dirty: false,
            committed: now,
            files: Fingerprint::default(),
            looked: now,
            checked: Some(now),
        }
    }

    pub(super) async fn commit(&mut self, seq: Option<i64>) -> Result<(), Trouble> {
        self.work.run(move |writer| writer.commit(seq)).await?;
        self.committed = Instant::now();
        self.dirty = false;
        // At once, so that a file that changes from here on is known to have been another.
        if !self.is_there(Duration::ZERO).await? {
            self.distrust();
        }
        Ok(())
    }

    /// Whether its files are there and untouched since the last look; looks at most once in `every`.
    pub(super) async fn is_there(&mut self, every: Duration) -> Result<bool, Trouble> {
        if self.looked.elapsed() < every {
            return Ok(true);
        }
        self.looked = Instant::now();
        let folder = self.work.folder().to_owned();
        let mut files = std::mem::take(&mut self.files);
        let (files, holds) = tokio::task::spawn_blocking(move || {
            let holds = files.holds(&folder);
            (files, holds)
        })
        .await
        .map_err(Error::internal)?;
        self.files = files;
        Ok(holds)
    }

    /// Has the next [`Kept::is_sound`] check every byte.
    pub(super) fn distrust(&mut self) {
        self.checked = None;
    }

    /// Whether every byte is as it was written; checks at most once in `every`, unless there is reason to, such as files
    /// that were written since.
    pub(super) async fn is_sound(&mut self, every: Duration) -> Result<bool, Trouble> {
        if self.checked.is_some_and(|at| at.elapsed() < every) && !self.is_unchecked() {
            return Ok(true);
        }
        self.checked = Some(Instant::now());
        let opened = self.work.opened();
        let sound = move || is_sound(&opened);
        if tokio::task::spawn_blocking(sound.clone())
            .await
            .map_err(Error::internal)?
        {
            return Ok(true);
        }
        // A merge may have removed a file while it was being read.
        if self.is_gone() {
            return Ok(false);
        }
        Ok(tokio::task::spawn_blocking(sound)
            .await
            .map_err(Error::internal)?)
    }

    /// Whether files were written since the last check, and have come to rest: merges follow commits.
    fn is_unchecked(&self) -> bool {
        !self.dirty
            && self.committed.elapsed() > AT_REST
            && self
                .checked
                .is_none_or(|at| at < self.committed + AT_REST && at.elapsed() > CHECKED_AGAIN)
    }

    /// Whether somebody removed the index.
    pub(super) fn is_gone(&self) -> bool {
        !self.work.folder().join("meta.json").exists()
    }
}

/// The writer of an index.
pub(super) struct Work {
    folder: PathBuf,
    opened: Arc<Opened>,
    writer: Option<Box<Writer>>,
}

impl Work {
    /// Opens the index in `folder` for writing, or begins one there.
    pub(super) async fn open(
        folder: PathBuf,
        matching: Matching,
        begin: bool,
    ) -> Result<Self, Trouble> {
        let place = folder.clone();
        let writer = tokio::task::spawn_blocking(move || {
            if begin {
                Writer::create(&place, matching)
            } else {
                Writer::open(&place, matching)
            }
        })
        .await
        .map_err(Error::internal)??;
        Ok(Self {
            folder,
            opened: writer.opened(),
            writer: Some(Box::new(writer)),
        })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn opened(&self) -> Arc<Opened> {
        Arc::clone(&self.opened)
    }

    pub(super) async fn committed_seq(&mut self) -> Result<Option<i64>, Trouble> {
        self.run(|writer| writer.committed_seq()).await
    }

    pub(super) async fn run<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Writer) -> tantivy::Result<T> + Send + 'static,
    ) -> Result<T, Trouble> {
        let Some(mut writer) = self.writer.take() else {
            let lost = std::io::Error::other("its writer was lost in a panic");
            return Err(Refusal::Folder(lost).into());
        };
        let done = tokio::task::spawn_blocking(move || {
            let done = work(&mut writer);
            (writer, done)
        })
        .await;
        let (writer, done) = done.map_err(|panic| Refusal::Folder(std::io::Error::other(panic)))?;
        self.writer = Some(writer);
        done.map_err(|error| Trouble::Index(error.into()))
    }
}
