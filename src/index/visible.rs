//! What a searcher may know of: words count as known only if a document holds them that the searcher may see, so that
//! neither a correction nor a completion tells of content that is hidden.

use std::collections::{BTreeMap, HashSet};

use tantivy::columnar::StrColumn;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet as _, Searcher, SegmentReader, TERMINATED, Term};

use super::groups::ordinals;
use crate::entities::AssetState;

/// A searcher and the states that count for it.
pub(super) struct Visible<'a> {
    searcher: &'a Searcher,
    /// By segment: the column of states and the ordinals that count; nothing where all do.
    states: Vec<Option<(StrColumn, HashSet<u64>)>>,
}

impl<'a> Visible<'a> {
    /// What is visible of assets in these states.
    pub(super) fn new(searcher: &'a Searcher, states: &[AssetState]) -> tantivy::Result<Self> {
        let wanted: Vec<_> = states.iter().map(ToString::to_string).collect();
        let all = states.len() == AssetState::ALL.len();
        let states = searcher
            .segment_readers()
            .iter()
            .map(|segment| {
                if all {
                    return Ok(None);
                }
                let Some(column) = segment.fast_fields().str("state")? else {
                    return Ok(None);
                };
                let ordinals = ordinals(&column, &wanted)?;
                Ok(Some((column, ordinals)))
            })
            .collect::<tantivy::Result<_>>()?;
        Ok(Self { searcher, states })
    }

    /// Whether a visible document has this term.
    pub(super) fn has(&self, field: Field, text: &str) -> tantivy::Result<bool> {
        let term = Term::from_field_text(field, text);
        for (segment, states) in self.searcher.segment_readers().iter().zip(&self.states) {
            if in_segment(segment, states.as_ref(), field, &term)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The words that begin like this, seen or not, with the number of documents they are in.
    pub(super) fn words_beginning_with(
        &self,
        field: Field,
        beginning: &str,
    ) -> tantivy::Result<BTreeMap<String, u64>> {
        words_beginning_with(self.searcher, field, beginning)
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
}

/// The words of a field that begin like this, with the number of documents they are in.
pub(super) fn words_beginning_with(
    searcher: &Searcher,
    field: Field,
    beginning: &str,
) -> tantivy::Result<BTreeMap<String, u64>> {
    let mut found = BTreeMap::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut stream = index.terms().range().ge(beginning).into_stream()?;
        while let Some((word, info)) = stream.next() {
            if !word.starts_with(beginning.as_bytes()) {
                break;
            }
            if let Ok(word) = std::str::from_utf8(word) {
                *found.entry(word.to_owned()).or_default() += u64::from(info.doc_freq);
            }
        }
    }
    Ok(found)
}

fn in_segment(
    segment: &SegmentReader,
    states: Option<&(StrColumn, HashSet<u64>)>,
    field: Field,
    term: &Term,
) -> tantivy::Result<bool> {
    let index = segment.inverted_index(field)?;
    let Some(mut postings) = index.read_postings(term, IndexRecordOption::Basic)? else {
        return Ok(false);
    };
    let mut document = postings.doc();
    while document != TERMINATED {
        let seen = states.is_none_or(|(column, wanted)| {
            column
                .term_ords(document)
                .any(|state| wanted.contains(&state))
        });
        if seen && !segment.is_deleted(document) {
            return Ok(true);
        }
        document = postings.advance();
    }
    Ok(false)
}
