//! The handle that requests hold: it searches what the follower has committed last, and never writes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use tantivy::{IndexReader, ReloadPolicy, Searcher};
use tokio::sync::{Notify, watch};

use super::analysis::plain_analyzer;
use super::find::{Found, SearchRequest};
use super::groups::Counts;
use super::schema::{Fields, PLAIN, VERSION};
use super::suggest::Suggestion;
use crate::entities::AssetState;
use crate::error::{Error, Result};

/// The search index of this node; cheap to clone.
#[derive(Clone, Debug)]
pub struct Index {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    dir: PathBuf,
    opened: RwLock<Arc<Opened>>,
    /// The entry of the change log up to which searches see everything.
    seq: watch::Sender<i64>,
    wake: Notify,
}

impl Index {
    /// Opens the index in `dir`. One that is missing or cannot be read is empty until the [`super::Follower`] has
    /// built it anew; nothing is changed here.
    pub fn open(dir: &Path) -> Result<Self> {
        let opened = match Opened::open(dir) {
            Ok(opened) => opened,
            Err(error) => {
                tracing::debug!(%error, "starting with an empty index");
                Opened::empty().map_err(Error::internal)?
            }
        };
        Ok(Self {
            inner: Arc::new(Inner {
                dir: dir.to_owned(),
                opened: RwLock::new(Arc::new(opened)),
                seq: watch::Sender::new(-1),
                wake: Notify::new(),
            }),
        })
    }

    /// Searches.
    pub async fn search(&self, request: SearchRequest) -> Result<Found> {
        let opened = self.opened();
        blocking(move || opened.search(&request)).await
    }

    /// Suggests titles for what is being typed.
    pub async fn suggest(
        &self,
        typed: String,
        states: &'static [AssetState],
        limit: usize,
    ) -> Result<Vec<Suggestion>> {
        let opened = self.opened();
        blocking(move || opened.suggest(&typed, states, limit)).await
    }

    /// Tells the follower that there is something new; only latency depends on it.
    pub fn wake(&self) {
        self.inner.wake.notify_one();
    }

    /// Waits until searches see the change `seq`, but not longer than `patience`; says whether they do.
    pub async fn wait_for(&self, seq: i64, patience: Duration) -> bool {
        let mut reached = self.inner.seq.subscribe();
        tokio::time::timeout(patience, reached.wait_for(|reached| *reached >= seq))
            .await
            .is_ok_and(|reached| reached.is_ok())
    }

    /// The change up to which searches see everything; -1 while the index is being built.
    pub fn seq(&self) -> i64 {
        *self.inner.seq.borrow()
    }

    pub(super) fn dir(&self) -> &Path {
        &self.inner.dir
    }

    /// Lets searches see another index from now on.
    pub(super) fn install(&self, opened: Arc<Opened>) {
        *self
            .inner
            .opened
            .write()
            .unwrap_or_else(PoisonError::into_inner) = opened;
    }

    pub(super) fn reached(&self, seq: i64) {
        self.inner.seq.send_replace(seq);
    }

    pub(super) async fn woken(&self) {
        self.inner.wake.notified().await;
    }

    fn opened(&self) -> Arc<Opened> {
        let opened = self
            .inner
            .opened
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&opened)
    }
}

/// An index that is open for reading.
pub(super) struct Opened {
    index: tantivy::Index,
    reader: IndexReader,
    fields: Fields,
    vocabulary: Mutex<Vocabulary>,
}

/// The values of all facets, for those who see the same states, as of one commit.
#[derive(Default)]
struct Vocabulary {
    generation: u64,
    by_states: HashMap<Vec<AssetState>, Counts>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

impl Opened {
    /// Opens what lies in `dir`; an index of another program's schema is as good as none.
    pub(super) fn open(dir: &Path) -> tantivy::Result<Self> {
        let index = tantivy::Index::open_in_dir(versioned(dir))?;
        let (schema, _) = Fields::schema();
        if index.schema() != schema {
            return Err(tantivy::TantivyError::SchemaError(
                "of another version".to_owned(),
            ));
        }
        Self::new(index)
    }

    /// Clears `dir` and begins an empty index there.
    pub(super) fn create(dir: &Path) -> tantivy::Result<Self> {
        let place = versioned(dir);
        if let Ok(entries) = std::fs::read_dir(dir) {
            // Indexes of other versions go too.
            for folder in entries
                .flatten()
                .map(|entry| entry.path())
                .filter(|path| path.is_dir())
            {
                std::fs::remove_dir_all(folder)?;
            }
        }
        std::fs::create_dir_all(&place)?;
        Self::new(tantivy::Index::create_in_dir(place, Fields::schema().0)?)
    }

    /// An empty index that lies nowhere.
    pub(super) fn empty() -> tantivy::Result<Self> {
        Self::new(tantivy::Index::create_in_ram(Fields::schema().0))
    }

    pub(super) fn index(&self) -> &tantivy::Index {
        &self.index
    }

    pub(super) fn fields(&self) -> &Fields {
        &self.fields
    }

    pub(super) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    /// Lets searches see the last commit.
    pub(super) fn reload(&self) -> tantivy::Result<()> {
        self.reader.reload()
    }

    pub(super) fn known_vocabulary(
        &self,
        generation: u64,
        states: &[AssetState],
    ) -> Option<Counts> {
        let known = self
            .vocabulary
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if known.generation != generation {
            return None;
        }
        known.by_states.get(states).cloned()
    }

    pub(super) fn keep_vocabulary(&self, generation: u64, states: &[AssetState], counts: Counts) {
        let mut known = self
            .vocabulary
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if known.generation != generation {
            *known = Vocabulary {
                generation,
                by_states: HashMap::new(),
            };
        }
        known.by_states.insert(states.to_vec(), counts);
    }

    fn new(index: tantivy::Index) -> tantivy::Result<Self> {
        index.tokenizers().register(PLAIN, plain_analyzer());
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            index,
            reader,
            fields: Fields::schema().1,
            vocabulary: Mutex::default(),
        })
    }
}

/// A folder per version of the schema, so that a new program never meets an old index.
fn versioned(dir: &Path) -> PathBuf {
    dir.join(format!("v{VERSION}"))
}

/// Runs a search off the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> tantivy::Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Error::internal)?
        .map_err(Error::internal)
}
