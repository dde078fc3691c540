//! Suggesting while somebody types: assets and pages whose titles have words that begin like this.

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query};
use tantivy::schema::{IndexRecordOption, TantivyDocument, Value as _};

use super::analysis::plain_tokens;
use super::compile::{Statistics, filter, term, words_beginning_with};
use super::find::text;
use super::handle::Opened;
use super::schema::{COVER, Dimension};
use super::snippet::{Segment, Word, highlighted};
use super::spelling::nearest;
use crate::entities::AssetState;
use crate::ids::{AssetId, VersionId};

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

impl Opened {
    /// The titles that fit best. Blocks for a moment.
    pub(super) fn suggest(
        &self,
        typed: &str,
        states: &[AssetState],
        limit: usize,
    ) -> tantivy::Result<Vec<Suggestion>> {
        let words: Vec<_> = plain_tokens(typed)
            .into_iter()
            .map(|token| token.text)
            .collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.titles_with(&words, states, limit)?;
        if !found.is_empty() {
            return Ok(found);
        }
        match self.corrected(&words)? {
            Some(words) => self.titles_with(&words, states, limit),
            None => Ok(found),
        }
    }

    fn titles_with(
        &self,
        words: &[String],
        states: &[AssetState],
        limit: usize,
    ) -> tantivy::Result<Vec<Suggestion>> {
        let (searcher, fields) = (self.searcher(), self.fields());
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = words
            .iter()
            .map(|word| {
                (
                    Occur::Must,
                    term(fields.prefix, word, IndexRecordOption::Basic),
                )
            })
            .collect();
        clauses.push((
            Occur::Must,
            filter(fields.state, states.iter().map(|state| state.as_str())),
        ));
        // An asset comes before a page of the same title.
        let cover = term(fields.role, COVER, IndexRecordOption::Basic);
        clauses.push((Occur::Should, Box::new(BoostQuery::new(cover, 4.0))));
        let top = searcher.search_with_statistics_provider(
            &BooleanQuery::new(clauses),
            &TopDocs::with_limit(limit).order_by_score(),
            &Statistics::new(&searcher, fields)?,
        )?;
        let mut suggestions = Vec::new();
        for (_, address) in top {
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
    fn corrected(&self, words: &[String]) -> tantivy::Result<Option<Vec<String>>> {
        let (searcher, fields) = (self.searcher(), self.fields());
        let mut changed = false;
        let mut corrected = Vec::new();
        for word in words {
            let known = words_beginning_with(&searcher, fields.prefix, word)?;
            let first: String = word.chars().take(1).collect();
            let better = if known.is_empty() {
                let known = words_beginning_with(&searcher, fields.prefix, &first)?;
                nearest(
                    word,
                    known.iter().map(|(word, count)| (word.as_str(), *count)),
                )
            } else {
                None
            };
            changed |= better.is_some();
            corrected.push(better.unwrap_or_else(|| word.clone()));
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
