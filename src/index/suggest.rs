//! Suggesting while somebody types: assets and pages whose titles have words that begin like this.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tantivy::collector::TopDocs;
use tantivy::index::SegmentId;
use tantivy::query::{BooleanQuery, Occur};
use tantivy::schema::{IndexRecordOption, TantivyDocument, Value as _};
use tantivy::{DocId, Score, SegmentReader};

use super::analysis::{plain_tokens, stem};
use super::assets::SegmentAssets;
use super::compile::{Statistics, term};
use super::find::text;
use super::handle::Opened;
use super::schema::Dimension;
use super::snippet::{Segment, Word, highlighted};
use super::spelling::near;
use super::text::is_notes;
use super::view::View;
use super::visible::Visible;
use crate::entities::AssetState;
use crate::ids::{AssetId, VersionId};

/// How many completed queries are suggested.
const QUERIES: usize = 3;
/// What an asset's own title is worth beyond any title of a page.
const ASSET_FIRST: Score = 100.0;
/// The score of what the searcher may not see.
const HIDDEN: Score = Score::NEG_INFINITY;
/// Shorter beginnings are near to too many words.
const SHORTEST_SLIP: usize = 5;

/// An asset or a page to go to.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// The asset.
    pub asset: AssetId,
    /// What it shows.
    pub version: VersionId,
    /// The page, if it is its title that fits.
    pub page: Option<i32>,
    /// Whether there are pages to show.
    pub has_pages: bool,
    /// The asset's kind.
    pub kind: String,
    /// The title with what was typed marked.
    pub title: Vec<Segment>,
}

/// What is being typed, and by whom.
#[derive(Clone, Debug)]
pub struct SuggestRequest {
    /// The beginning of some words.
    pub typed: String,
    /// Only assets in these states.
    pub states: &'static [AssetState],
    /// How many titles at the most.
    pub limit: usize,
}

/// What may be meant.
#[derive(Clone, Debug, Default)]
pub struct Suggestions {
    /// Assets and pages to go to.
    pub titles: Vec<Suggestion>,
    /// What was typed with its last word completed, as something to search for.
    pub queries: Vec<String>,
}

impl Opened {
    /// The titles that fit best. Blocks for a moment.
    pub(super) fn suggest(&self, request: &SuggestRequest) -> tantivy::Result<Suggestions> {
        let words: Vec<_> = plain_tokens(&request.typed)
            .into_iter()
            .map(|token| token.text)
            .collect();
        let Some(last) = words.last() else {
            return Ok(Suggestions::default());
        };
        let view = self.view();
        let visible = Visible::new(&view, request.states)?;
        let queries = self.completed(&visible, &request.typed, last)?;
        let mut titles = self.titles_with(&view, &words, request)?;
        if titles.is_empty()
            && let Some(words) = self.corrected(&visible, &words)?
        {
            titles = self.titles_with(&view, &words, request)?;
        }
        Ok(Suggestions { titles, queries })
    }

    /// What was typed with the last word as the library has it, the most frequent first, each stem once.
    fn completed(
        &self,
        visible: &Visible<'_>,
        typed: &str,
        last: &str,
    ) -> tantivy::Result<Vec<String>> {
        // A number is what it is; and who pastes notes is not typing a word.
        let complete = last.chars().all(|c| c.is_ascii_digit()) || is_notes(typed);
        if complete || last.chars().count() < 2 || !typed.ends_with(char::is_alphanumeric) {
            return Ok(Vec::new());
        }
        let field = self.fields().words;
        let known = visible.words_like(field, last)?;
        let start = typed
            .rfind(|c: char| !c.is_alphanumeric())
            .and_then(|at| typed.char_indices().find(|(next, _)| *next > at))
            .map_or(0, |(next, _)| next);
        let before = typed.get(..start).unwrap_or_default();
        let mut stems = HashSet::new();
        let seen = visible.first(field, known.completions(last), QUERIES * 3)?;
        Ok(seen
            .into_iter()
            .filter(|word| stems.insert(stem("en", word)))
            .take(QUERIES)
            .map(|word| format!("{before}{word}"))
            .collect())
    }

    fn titles_with(
        &self,
        view: &View,
        words: &[String],
        request: &SuggestRequest,
    ) -> tantivy::Result<Vec<Suggestion>> {
        let (searcher, fields) = (view.searcher(), self.fields());
        let clauses = words
            .iter()
            .map(|word| {
                let begins = term(fields.prefix, word, IndexRecordOption::Basic);
                (Occur::Must, begins)
            })
            .collect();
        let by_id: HashMap<SegmentId, Arc<SegmentAssets>> = searcher
            .segment_readers()
            .iter()
            .map(SegmentReader::segment_id)
            .zip(view.assets()?)
            .collect();
        let states = request.states;
        let rank = move |segment: &SegmentReader| {
            let assets = by_id.get(&segment.segment_id()).cloned();
            move |document: DocId, score: Score| {
                let assets = assets.as_ref();
                match assets.and_then(|assets| assets.row_of(document)) {
                    // An asset comes before a page of the same title.
                    Some(row) if row.is_in(states) && row.is_covered_by(document) => {
                        score + ASSET_FIRST
                    }
                    Some(row) if row.is_in(states) => score,
                    _ => HIDDEN,
                }
            }
        };
        let top = searcher.search_with_statistics_provider(
            &BooleanQuery::new(clauses),
            &TopDocs::with_limit(request.limit).tweak_score(rank),
            &Statistics::new(searcher, fields)?,
        )?;
        let seen = top.into_iter().filter(|(score, _)| *score > HIDDEN);
        let mut suggestions = Vec::new();
        for (_, address) in seen {
            let document: TantivyDocument = searcher.doc(address)?;
            let number = |field| document.get_first(field).and_then(|value| value.as_u64());
            let page = number(fields.page)
                .and_then(|number| i32::try_from(number).ok())
                .filter(|number| *number > 0);
            let has_pages = page.is_some() || number(fields.pages).is_some_and(|pages| pages > 0);
            let title = match page {
                Some(_) => text(&document, fields.page_title),
                None => text(&document, fields.asset_title),
            };
            let ids = (
                text(&document, fields.asset).parse(),
                text(&document, fields.version).parse(),
            );
            if let (Ok(asset), Ok(version)) = ids {
                suggestions.push(Suggestion {
                    asset,
                    version,
                    page,
                    has_pages,
                    kind: text(&document, fields.dimension(Dimension::Kind)).to_owned(),
                    title: marked(title, words),
                });
            }
        }
        Ok(suggestions)
    }

    /// The words with typing errors mended, if there are any that can be.
    fn corrected(
        &self,
        visible: &Visible<'_>,
        words: &[String],
    ) -> tantivy::Result<Option<Vec<String>>> {
        let field = self.fields().prefix;
        let mut changed = false;
        let mut corrected = Vec::new();
        for word in words {
            let mut word = word.clone();
            if word.chars().count() >= SHORTEST_SLIP && !visible.has(field, &word)? {
                let known = visible.words_like(field, &word)?;
                let like = near(&word, known.beginning_with(""));
                let like = like.iter().map(|near| near.word);
                if let Some(better) = visible.first(field, like, 1)?.first() {
                    changed = true;
                    (*better).clone_into(&mut word);
                }
            }
            corrected.push(word);
        }
        Ok(changed.then_some(corrected))
    }
}

/// The title with the words marked that begin as typed.
fn marked(title: &str, typed: &[String]) -> Vec<Segment> {
    let words: Vec<_> = plain_tokens(title)
        .into_iter()
        .map(|token| Word {
            from: token.offset_from,
            to: token.offset_to,
            stem: token.text,
        })
        .collect();
    highlighted(title, &words, |word| {
        typed.iter().any(|typed| word.starts_with(typed.as_str()))
    })
}
