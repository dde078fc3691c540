//! Words that mean the same to those who sell, as the marketers keep them: read once, used in every query.
//!
//! A term may be several words. It matches in every form that its language gives it, and a change counts for the next
//! query; nothing is indexed anew.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use sea_orm::{ConnectionTrait, EntityTrait as _, QueryOrder as _, QuerySelect as _};

use super::analysis::{Depth, all_tokens, analysis_of};
use crate::entities::synonym;
use crate::error::Result;

/// How many groups are used.
pub const MOST_SYNONYMS: u64 = 5_000;

/// Terms that stand for each other.
#[derive(Clone, Debug, Default)]
pub struct SynonymGroup {
    /// The terms.
    pub terms: Vec<String>,
    /// The first finds the others, but they do not find it.
    pub one_way: bool,
    /// Only in documents of this language.
    pub language: Option<String>,
}

/// All groups, by the words that they begin with.
#[derive(Debug, Default)]
pub struct Synonyms {
    /// By the analysis of the terms.
    by_analysis: BTreeMap<&'static str, HashMap<String, Vec<Entry>>>,
}

/// A term that has others in its place.
#[derive(Debug)]
struct Entry {
    /// Its words as they are compared.
    words: Vec<String>,
    means: Vec<String>,
    restricted: bool,
}

/// Some words of a query and what they may also be.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Expansion<'a> {
    /// Which words.
    pub(super) words: Range<usize>,
    /// What else they may be called.
    pub(super) terms: &'a [String],
    /// How the terms are to be read.
    pub(super) analysis: &'static str,
    /// Whether only documents of that analysis may be found by them.
    pub(super) restricted: bool,
}

impl Synonyms {
    /// Those in the database.
    pub async fn load<C: ConnectionTrait>(db: &C) -> Result<Self> {
        let rows = synonym::Entity::find()
            .order_by_asc(synonym::Column::Id)
            .limit(MOST_SYNONYMS)
            .all(db)
            .await?;
        Ok(Self::new(rows.into_iter().map(|row| SynonymGroup {
            terms: serde_json::from_value(row.terms).unwrap_or_default(),
            one_way: row.one_way,
            language: row.language,
        })))
    }

    /// These.
    pub fn new(groups: impl IntoIterator<Item = SynonymGroup>) -> Self {
        let mut by_analysis: BTreeMap<_, HashMap<String, Vec<Entry>>> = BTreeMap::new();
        for group in groups {
            let analysis = analysis_of(group.language.as_deref(), Depth::Stems);
            let entries = by_analysis.entry(analysis).or_default();
            let sources = if group.one_way { 1 } else { group.terms.len() };
            for (at, term) in group.terms.iter().enumerate().take(sources) {
                let words: Vec<_> = all_tokens(analysis, term)
                    .into_iter()
                    .map(|token| token.text)
                    .collect();
                let others = group.terms.iter().enumerate();
                let means: Vec<_> = others
                    .filter(|(other, _)| *other != at)
                    .map(|(_, term)| term.clone())
                    .collect();
                if let Some(first) = words.first() {
                    entries.entry(first.clone()).or_default().push(Entry {
                        words,
                        means,
                        restricted: group.language.is_some(),
                    });
                }
            }
        }
        Self { by_analysis }
    }

    /// What these words of a query, one after the other, may also be.
    pub(super) fn expansions(&self, words: &[String]) -> Vec<Expansion<'_>> {
        let mut found = Vec::new();
        for (analysis, entries) in &self.by_analysis {
            let compared: Vec<String> = words
                .iter()
                .map(|word| {
                    let read = all_tokens(analysis, word).into_iter().next();
                    read.map_or_else(|| word.clone(), |token| token.text)
                })
                .collect();
            for (at, first) in compared.iter().enumerate() {
                for entry in entries.get(first).into_iter().flatten() {
                    let range = at..at + entry.words.len();
                    if compared.get(range.clone()) == Some(entry.words.as_slice()) {
                        found.push(Expansion {
                            words: range,
                            terms: &entry.means,
                            analysis,
                            restricted: entry.restricted,
                        });
                    }
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(terms: &[&str], one_way: bool) -> SynonymGroup {
        SynonymGroup {
            terms: terms.iter().map(|term| (*term).to_owned()).collect(),
            one_way,
            language: None,
        }
    }

    fn expanded(synonyms: &Synonyms, query: &str) -> Vec<(Range<usize>, Vec<String>)> {
        let words: Vec<_> = query.split(' ').map(str::to_owned).collect();
        synonyms
            .expansions(&words)
            .into_iter()
            .map(|expansion| (expansion.words, expansion.terms.to_vec()))
            .collect()
    }

    #[test]
    fn terms_of_several_words_stand_for_acronyms_and_the_other_way() {
        let synonyms = Synonyms::new([group(&["ROI", "return on investment"], false)]);
        let long = vec!["return on investment".to_owned()];
        assert_eq!(expanded(&synonyms, "roi of sensors"), [(0..1, long)]);
        let short = vec!["ROI".to_owned()];
        assert_eq!(
            expanded(&synonyms, "the returns on investments"),
            [(1..4, short)]
        );
        assert_eq!(expanded(&synonyms, "return on"), []);
    }

    #[test]
    fn one_way_leads_from_the_first_to_the_others() {
        let synonyms = Synonyms::new([group(&["vehicle", "van", "truck"], true)]);
        let others = vec!["van".to_owned(), "truck".to_owned()];
        assert_eq!(expanded(&synonyms, "vehicles"), [(0..1, others)]);
        assert_eq!(expanded(&synonyms, "van"), []);
    }
}
