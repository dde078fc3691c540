//! The handle that requests hold: it searches what the follower has committed last, and never writes.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};
use std::time::Duration;

use tantivy::{IndexReader, IndexSettings, ReloadPolicy, TantivyError};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Notify, watch};

use super::analysis::{composed, plain_analyzer};
use super::compile::Matching;
use super::find::{Found, SearchRequest};
use super::place;
use super::schema::{Fields, PLAIN};
use super::suggest::{SuggestRequest, Suggestions};
use super::synonyms::Synonyms;
use super::view::View;
use crate::error::{Code, Error, Result};

/// How many bytes of pages are packed together: whoever shows one unpacks them all.
const STORED_TOGETHER: usize = 4_096;

/// How long a search that met a damaged index waits for its repair.
const REPAIR: Duration = Duration::from_secs(5);

/// Where searches run: as many at once as there are processors, the others in order of their coming. More at once would
/// all take longer, and some much longer.
static SEARCHES: LazyLock<Runtime> = LazyLock::new(|| {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    Builder::new_current_thread()
        .max_blocking_threads(processors)
        .thread_name("search")
        .build()
        .unwrap_or_else(|error| unreachable!("a runtime without drivers needs nothing: {error}"))
});

/// The search index of this node; cheap to clone.
#[derive(Clone, Debug)]
pub struct Index {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    dir: PathBuf,
    matching: Matching,
    opened: RwLock<Arc<Opened>>,
    /// Counts how often another index was installed.
    installed: watch::Sender<u64>,
    synonyms: RwLock<Arc<Synonyms>>,
    /// Whether a search has failed since the follower looked last.
    suspected: AtomicBool,
    /// The entry of the change log up to which searches see everything.
    seq: watch::Sender<i64>,
    wake: Notify,
}

impl Index {
    /// Opens the index in `dir`. One that is missing or cannot be read is empty until the [`super::Follower`] has
    /// built it anew; nothing is changed here.
    pub fn open(dir: &Path) -> Result<Self> {
        Self::open_with(dir, Matching::default())
    }

    /// As [`Index::open`], with another way for texts and queries to meet; an index serves only one.
    pub fn open_with(dir: &Path, matching: Matching) -> Result<Self> {
        let found = place::current(dir).map(|folder| Opened::open(&folder, matching));
        let opened = match found {
            Some(Ok(opened)) => opened,
            None | Some(Err(_)) => {
                tracing::debug!("starting with an empty index");
                Opened::empty(matching).map_err(Error::internal)?
            }
        };
        Ok(Self {
            inner: Arc::new(Inner {
                dir: dir.to_owned(),
                matching,
                opened: RwLock::new(Arc::new(opened)),
                installed: watch::Sender::new(0),
                synonyms: RwLock::default(),
                suspected: AtomicBool::new(false),
                seq: watch::Sender::new(-1),
                wake: Notify::new(),
            }),
        })
    }

    /// Searches.
    pub async fn search(&self, mut request: SearchRequest) -> Result<Found> {
        request.text = composed(request.text);
        self.answer(move |opened, synonyms| opened.search(&request, synonyms))
            .await
    }

    /// Suggests titles for what is being typed.
    pub async fn suggest(&self, mut request: SuggestRequest) -> Result<Suggestions> {
        request.typed = composed(request.typed);
        self.answer(move |opened, _| opened.suggest(&request)).await
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

    /// Whether searches see every asset; not so while an index is built and there is no other to answer.
    pub fn is_complete(&self) -> bool {
        self.seq() >= 0
    }

    /// Has queries look for these from now on; the follower keeps them as the database has them.
    pub fn use_synonyms(&self, synonyms: Synonyms) {
        *self
            .inner
            .synonyms
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(synonyms);
    }

    pub(super) fn matching(&self) -> Matching {
        self.inner.matching
    }

    /// Whether a search has failed since this was asked last.
    pub(super) fn take_suspicion(&self) -> bool {
        self.inner.suspected.swap(false, Ordering::Relaxed)
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
        self.inner.installed.send_modify(|count| *count += 1);
    }

    pub(super) fn reached(&self, seq: i64) {
        self.inner.seq.send_replace(seq);
    }

    pub(super) async fn woken(&self) {
        self.inner.wake.notified().await;
    }

    /// Asks the index. One that fails is checked and built anew by the follower; the question waits for that once.
    async fn answer<T, W>(&self, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: Fn(&Opened, &Synonyms) -> tantivy::Result<T> + Send + Sync + 'static,
    {
        let work = Arc::new(work);
        let mut installed = self.inner.installed.subscribe();
        let error = match self.attempt(&work).await {
            Ok(found) => return Ok(found),
            Err(error) => error,
        };
        tracing::warn!(%error, "the index failed to answer; having it checked");
        self.inner.suspected.store(true, Ordering::Relaxed);
        self.wake();
        // Whether it was repaired or not, the second attempt tells.
        let _ = tokio::time::timeout(REPAIR, installed.changed()).await;
        self.attempt(&work).await.map_err(|error| {
            let busy = Error::new(Code::Busy, "The search index is being repaired.");
            tracing::error!(%error, "the index failed to answer again");
            busy.retry_after(2)
        })
    }

    /// Runs a question off the async threads. A damaged file may also make tantivy panic.
    async fn attempt<T, W>(&self, work: &Arc<W>) -> Result<T, TantivyError>
    where
        T: Send + 'static,
        W: Fn(&Opened, &Synonyms) -> tantivy::Result<T> + Send + Sync + 'static,
    {
        let (opened, work) = (self.opened(), Arc::clone(work));
        let synonyms = Arc::clone(
            &self
                .inner
                .synonyms
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        );
        SEARCHES
            .spawn_blocking(move || work(&opened, &synonyms))
            .await
            .map_err(|panic| TantivyError::SystemError(panic.to_string()))?
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
    matching: Matching,
    view: RwLock<Arc<View>>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

impl Opened {
    /// Opens what lies in `folder`.
    pub(super) fn open(folder: &Path, matching: Matching) -> tantivy::Result<Self> {
        let index = tantivy::Index::open_in_dir(folder)?;
        let (schema, _) = Fields::schema();
        if index.schema() != schema {
            return Err(TantivyError::SchemaError("of another version".to_owned()));
        }
        Self::new(index, matching)
    }

    /// Begins an index in `folder`, which is empty.
    pub(super) fn create(folder: &Path, matching: Matching) -> tantivy::Result<Self> {
        let settings = IndexSettings {
            docstore_blocksize: STORED_TOGETHER,
            ..IndexSettings::default()
        };
        let index = tantivy::Index::builder()
            .schema(Fields::schema().0)
            .settings(settings)
            .create_in_dir(folder)?;
        Self::new(index, matching)
    }

    /// An empty index that lies nowhere.
    pub(super) fn empty(matching: Matching) -> tantivy::Result<Self> {
        Self::new(tantivy::Index::create_in_ram(Fields::schema().0), matching)
    }

    pub(super) fn matching(&self) -> Matching {
        self.matching
    }

    pub(super) fn index(&self) -> &tantivy::Index {
        &self.index
    }

    pub(super) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// What searches see.
    pub(super) fn view(&self) -> Arc<View> {
        Arc::clone(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets searches see the last commit.
    pub(super) fn reload(&self) -> tantivy::Result<()> {
        self.reader.reload()?;
        let view = View::new(self.reader.searcher(), Some(&self.view()));
        // Here, so that no search waits for it.
        view.assets()?;
        *self.view.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(view);
        Ok(())
    }

    fn new(index: tantivy::Index, matching: Matching) -> tantivy::Result<Self> {
        index.tokenizers().register(PLAIN, plain_analyzer());
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            index,
            view: RwLock::new(Arc::new(View::new(reader.searcher(), None))),
            reader,
            fields: Fields::schema().1,
            matching,
        })
    }
}
