//! What a searcher may know of: words count as known only if a document holds them that the searcher may see, so that
//! neither a correction nor a completion tells of content that is hidden.

use std::sync::Arc;

use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet as _, SegmentReader, TERMINATED, Term};

use super::assets::SegmentAssets;
use super::lexicon::Lexicon;
use super::view::View;
use crate::entities::AssetState;

/// A view and the states that count in it.
pub(super) struct Visible<'a> {
    view: &'a View,
    assets: Vec<Arc<SegmentAssets>>,
    states: &'a [AssetState],
}

impl<'a> Visible<'a> {
    /// What is visible of assets in these states.
    pub(super) fn new(view: &'a View, states: &'a [AssetState]) -> tantivy::Result<Self> {
        Ok(Self {
            view,
            assets: view.assets()?,
            states,
        })
    }

    /// Whether a visible document has this term.
    pub(super) fn has(&self, field: Field, text: &str) -> tantivy::Result<bool> {
        let term = Term::from_field_text(field, text);
        for (segment, assets) in self
            .view
            .searcher()
            .segment_readers()
            .iter()
            .zip(&self.assets)
        {
            if self.in_segment(segment, assets, field, &term)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The words that begin with the same letter, seen or not.
    pub(super) fn words_like(&self, field: Field, word: &str) -> tantivy::Result<Arc<Lexicon>> {
        self.view.words_like(field, word)
    }

    /// The first so many of `words` that a visible document has.
    pub(super) fn first<'w>(
        &self,
        field: Field,
        words: impl IntoIterator<Item = &'w str>,
        limit: usize,
    ) -> tantivy::Result<Vec<&'w str>> {
        let mut seen = Vec::new();
        for word in words {
            if seen.len() == limit {
                break;
            }
            if self.has(field, word)? {
                seen.push(word);
            }
        }
        Ok(seen)
    }

    fn in_segment(
        &self,
        segment: &SegmentReader,
        assets: &SegmentAssets,
        field: Field,
        term: &Term,
    ) -> tantivy::Result<bool> {
        let index = segment.inverted_index(field)?;
        let Some(mut postings) = index.read_postings(term, IndexRecordOption::Basic)? else {
            return Ok(false);
        };
        let mut document = postings.doc();
        while document != TERMINATED {
            let row = assets.row_of(document);
            if row.is_some_and(|row| row.is_in(self.states)) && !segment.is_deleted(document) {
                return Ok(true);
            }
            document = postings.advance();
        }
        Ok(false)
    }
}
