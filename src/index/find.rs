//! Searching: from a request to assets with their best pages, facets with counts, and where to go on.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use tantivy::collector::DocSetCollector;
use tantivy::schema::{Field, TantivyDocument, Value as _};
use tantivy::{DocAddress, Searcher};

use super::analysis::hits;
use super::compile::{
    Question, Spelling, Statistics, add_filter, better_spelling, compile, filter,
};
use super::groups::{Collected, Counts, Group, Groups, Preference, Weights, comparable};
use super::handle::Opened;
use super::order::{Position, Sort};
use super::schema::{COVER, Dimension, Fields};
use super::snippet::{Segment, Word, snippet};
use super::synonyms::Synonyms;
use super::text::is_notes;
use super::view::View;
use super::vocabulary::Vocabulary;
use crate::entities::AssetState;
use crate::ids::{AssetId, VersionId};

/// How much of a page's text is looked at for a snippet, in bytes.
const SNIPPET_TEXT: usize = 100_000;
/// Where no more assets than this are found, a better spelling is looked for.
const FEW: usize = 3;

/// What to search for.
#[derive(Clone, Debug, Default)]
pub struct SearchRequest {
    /// As it was typed; nothing lists everything.
    pub text: String,
    /// Whether its last word is still being typed.
    pub typing: bool,
    /// Whether it is nothing but whole words, such as notes or somebody else's question: quotes, dashes and colons are
    /// no commands.
    pub literal: bool,
    /// Only assets in these states.
    pub states: Vec<AssetState>,
    /// Only assets with one of the values, per dimension.
    pub filters: Vec<(Dimension, Vec<String>)>,
    /// What makes an asset fit better.
    pub preferences: Vec<Preference>,
    /// What is known of single assets beyond that.
    pub weights: Option<Arc<Weights>>,
    /// The order.
    pub sort: Sort,
    /// Where the page before ended.
    pub after: Option<Position>,
    /// How many assets at the most.
    pub limit: usize,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The assets of this page of the list.
    pub assets: Vec<FoundAsset>,
    /// Where the next page of the list begins.
    pub next: Option<Position>,
    /// All assets found.
    pub total_assets: usize,
    /// All pages found.
    pub total_pages: u64,
    /// The values of each dimension that the searcher may know of, with the number of assets.
    pub facets: BTreeMap<Dimension, Vec<(String, u64)>>,
    /// What assets had to be for, with what the text says of it.
    pub filters: Vec<(Dimension, Vec<String>)>,
    /// How the text was, or might be, spelled better.
    pub spelling: Option<Spelling>,
}

/// An asset that was found.
#[derive(Clone, Debug)]
pub struct FoundAsset {
    /// The asset.
    pub asset: AssetId,
    /// What it shows.
    pub version: Option<VersionId>,
    /// Its pages that hold what was looked for, best first.
    pub pages: Vec<FoundPage>,
    /// Which preferences it meets, by their place in the request; those behind its end are what the text names.
    pub fits: Vec<usize>,
}

/// A page that was found.
#[derive(Clone, Debug)]
pub struct FoundPage {
    /// From 1.
    pub number: i32,
    /// Its title.
    pub title: String,
    /// Why it was found.
    pub snippet: Vec<Segment>,
}

impl Opened {
    /// Runs a search. Blocks for some milliseconds.
    pub(super) fn search(
        &self,
        request: &SearchRequest,
        synonyms: &Synonyms,
    ) -> tantivy::Result<Found> {
        let (view, fields) = (self.view(), self.fields());
        let searcher = view.searcher();
        let known = self.vocabulary(&view, &request.states)?;
        let question = Question {
            view: &view,
            fields,
            matching: self.matching(),
            synonyms,
            known: &known.counts,
            states: &request.states,
            text: &request.text,
            typing: request.typing,
            literal: request.literal,
        };
        let mut compiled = compile(&question)?;
        let mut filters = request.filters.clone();
        for (dimension, values) in std::mem::take(&mut compiled.filters) {
            add_filter(&mut filters, dimension, values);
        }
        // Those of the request come first: their places are told.
        let mut preferences = request.preferences.clone();
        if !request.literal && !is_notes(&request.text) {
            preferences.extend(known.named(&request.text));
        }
        let groups = Groups {
            view: &view,
            states: &request.states,
            filters: filters.clone(),
            excluded: std::mem::take(&mut compiled.excluded),
            unwanted: match &compiled.unwanted {
                Some(query) => searcher.search(query, &DocSetCollector)?,
                None => HashSet::new(),
            },
            preferences,
            weights: request.weights.clone(),
            sort: request.sort,
            after: request.after.as_ref(),
            limit: request.limit,
        };
        let statistics = Statistics::new(searcher, fields)?;
        let Collected {
            mut groups,
            found: total_assets,
            counts,
            pages: total_pages,
        } = searcher.search_with_statistics_provider(&compiled.query, &groups, &statistics)?;
        let spelling = match compiled.spelling.take() {
            None if total_assets <= FEW && !request.typing => {
                better_spelling(&question, &compiled)?
            }
            spelling => spelling,
        };

        groups.sort_unstable_by(|a, b| a.position.order(&b.position, request.sort));
        let more = groups.len() > request.limit;
        groups.truncate(request.limit);
        let next = groups.last().filter(|_| more);
        let next = next.map(|group| group.position.clone());
        let mut assets = Vec::with_capacity(groups.len());
        for group in &groups {
            assets.extend(load(searcher, fields, group, &compiled.wanted)?);
        }
        Ok(Found {
            assets,
            next,
            total_assets,
            total_pages,
            facets: merge(&known.counts, &counts, &filters),
            filters,
            spelling,
        })
    }

    /// Every value that assets in these states have, with nothing asked for.
    fn vocabulary(&self, view: &View, states: &[AssetState]) -> tantivy::Result<Arc<Vocabulary>> {
        if let Some(known) = view.known_vocabulary(states) {
            return Ok(known);
        }
        let collected = view.searcher().search_with_statistics_provider(
            &filter(self.fields().role, [COVER]),
            &Groups::all(view, states),
            &Statistics::new(view.searcher(), self.fields())?,
        )?;
        let known = Arc::new(Vocabulary::new(collected.counts));
        view.keep_vocabulary(states, Arc::clone(&known));
        Ok(known)
    }
}

/// Reads what is shown of an asset.
fn load(
    searcher: &Searcher,
    fields: &Fields,
    group: &Group,
    wanted: &HashMap<String, f32>,
) -> tantivy::Result<Option<FoundAsset>> {
    let read = |document| -> tantivy::Result<TantivyDocument> {
        searcher.doc(DocAddress::new(group.segment, document))
    };
    let documents: Vec<_> = if group.pages.is_empty() {
        vec![read(group.document)?]
    } else {
        let pages = group.pages.iter().map(|(_, page)| read(*page));
        pages.collect::<tantivy::Result<_>>()?
    };
    // Each says whose it is.
    let Some(document) = documents.first() else {
        return Ok(None);
    };
    let Ok(asset) = text(document, fields.asset).parse() else {
        return Ok(None);
    };
    let pages = documents
        .iter()
        .filter_map(|page| found_page(page, fields, wanted))
        .collect();
    Ok(Some(FoundAsset {
        asset,
        version: text(document, fields.version).parse().ok(),
        pages,
        fits: group.fits.clone(),
    }))
}

/// The page, if it holds what was looked for itself and not only in its asset's title.
fn found_page(
    page: &TantivyDocument,
    fields: &Fields,
    wanted: &HashMap<String, f32>,
) -> Option<FoundPage> {
    let content = text(page, fields.content);
    let content = content
        .get(..content.floor_char_boundary(SNIPPET_TEXT))
        .unwrap_or(content);
    let analysis = text(page, fields.analysis);
    let words = |text: &str| -> Vec<Word> {
        hits(analysis, text, wanted)
            .into_iter()
            .map(|token| Word {
                from: token.offset_from,
                to: token.offset_to,
                stem: token.text,
            })
            .collect()
    };
    let title = text(page, fields.page_title);
    let snippet = snippet(content, &words(content), wanted)
        .or_else(|| snippet(title, &words(title), wanted))?;
    let number = page
        .get_first(fields.page)
        .and_then(|value| value.as_u64())
        .and_then(|number| i32::try_from(number).ok())?;
    Some(FoundPage {
        number,
        title: title.to_owned(),
        snippet,
    })
}

/// A stored text.
pub(super) fn text(document: &TantivyDocument, field: Field) -> &str {
    document
        .get_first(field)
        .and_then(|value| value.as_str())
        .unwrap_or_default()
}

/// Every known value with its count, the most frequent first; what was chosen is there even if nothing has it.
fn merge(
    known: &Counts,
    counts: &Counts,
    filters: &[(Dimension, Vec<String>)],
) -> BTreeMap<Dimension, Vec<(String, u64)>> {
    let mut facets = BTreeMap::new();
    for dimension in Dimension::ALL {
        let count = |value: &str| counts.get(&dimension).and_then(|counts| counts.get(value));
        let known = known.get(&dimension).into_iter().flat_map(BTreeMap::keys);
        let mut values: Vec<(String, u64)> = known
            .map(|value| (value.clone(), count(value).copied().unwrap_or(0)))
            .collect();
        let chosen = filters.iter().filter(|(named, _)| *named == dimension);
        for value in chosen.flat_map(|(_, values)| values) {
            let wanted = comparable(value);
            let is_known = values.iter().any(|(other, _)| other == value)
                || values.iter().any(|(other, _)| comparable(other) == wanted);
            if !is_known {
                values.push((value.clone(), 0));
            }
        }
        values.sort_unstable_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
        facets.insert(dimension, values);
    }
    facets
}

/// Whether two values of a facet are the same to a reader.
pub fn same_value(a: &str, b: &str) -> bool {
    comparable(a) == comparable(b)
}
