//! What searches see: the index as of one commit, with what is kept of it in memory.
//!
//! Invariant: a view never changes; a later commit is another view, which takes over what still holds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tantivy::index::SegmentId;
use tantivy::schema::Field;
use tantivy::{Searcher, SegmentOrdinal};

use super::assets::SegmentAssets;
use super::lexicon::Lexicon;
use super::vocabulary::Vocabulary;
use crate::entities::AssetState;

/// So many words are kept at the most, some twenty megabytes of them.
const MOST_WORDS: usize = 400_000;

/// The words of a field that begin with this letter; with none, all.
type Letter = (Field, Option<char>);

/// The index as of one commit.
pub(super) struct View {
    searcher: Searcher,
    /// By segment.
    assets: Vec<OnceLock<Arc<SegmentAssets>>>,
    /// The values of all facets, for those who see the same states.
    vocabulary: Mutex<HashMap<Vec<AssetState>, Arc<Vocabulary>>>,
    /// Those that were asked for.
    words: Mutex<HashMap<Letter, Arc<Lexicon>>>,
}

impl View {
    /// What `searcher` sees, with what an earlier view knows of the same segments.
    pub(super) fn new(searcher: Searcher, before: Option<&Self>) -> Self {
        let known: HashMap<SegmentId, &Arc<SegmentAssets>> = before
            .into_iter()
            .flat_map(|before| before.searcher.segment_readers().iter().zip(&before.assets))
            .filter_map(|(segment, assets)| Some((segment.segment_id(), assets.get()?)))
            .collect();
        let assets = searcher
            .segment_readers()
            .iter()
            .map(|segment| match known.get(&segment.segment_id()) {
                Some(assets) => OnceLock::from(Arc::clone(assets)),
                None => OnceLock::new(),
            })
            .collect();
        Self {
            searcher,
            assets,
            vocabulary: Mutex::default(),
            words: Mutex::default(),
        }
    }

    pub(super) fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// The assets of every segment; those that nobody has asked for yet are read, which a damaged file fails.
    pub(super) fn assets(&self) -> tantivy::Result<Vec<Arc<SegmentAssets>>> {
        (0..)
            .zip(&self.assets)
            .map(|(ordinal, _)| self.assets_of(ordinal).map(Arc::clone))
            .collect()
    }

    /// The assets of one segment.
    pub(super) fn assets_of(
        &self,
        segment: SegmentOrdinal,
    ) -> tantivy::Result<&Arc<SegmentAssets>> {
        let slot = self.assets.get(segment as usize).ok_or_else(|| {
            tantivy::TantivyError::InvalidArgument(format!("there is no segment {segment}"))
        })?;
        if let Some(assets) = slot.get() {
            return Ok(assets);
        }
        let read = SegmentAssets::read(self.searcher.segment_reader(segment))?;
        Ok(slot.get_or_init(|| Arc::new(read)))
    }

    /// The words of a field that begin with the same letter as this one; of no word, all.
    pub(super) fn words_like(&self, field: Field, word: &str) -> tantivy::Result<Arc<Lexicon>> {
        let first = word.chars().next();
        let kept = || self.words.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept().get(&(field, first)) {
            return Ok(Arc::clone(known));
        }
        let first_letter = first.map(String::from).unwrap_or_default();
        let read = Arc::new(Lexicon::read(&self.searcher, field, &first_letter)?);
        let mut kept = kept();
        let count: usize = kept.values().map(|known| known.len()).sum();
        if count + read.len() <= MOST_WORDS {
            kept.insert((field, first), Arc::clone(&read));
        }
        Ok(read)
    }

    pub(super) fn known_vocabulary(&self, states: &[AssetState]) -> Option<Arc<Vocabulary>> {
        let known = self
            .vocabulary
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        known.get(states).map(Arc::clone)
    }

    pub(super) fn keep_vocabulary(&self, states: &[AssetState], vocabulary: Arc<Vocabulary>) {
        self.vocabulary
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(states.to_vec(), vocabulary);
    }
}
