//! From what was typed to a query: one weighted clause per word, however often its forms occur.
//!
//! tantivy's own query parser drops repeated words and knows one language, so the query is put together here.

use std::collections::{BTreeMap, HashMap};

use tantivy::query::{
    AllQuery, Bm25StatisticsProvider, BooleanQuery, BoostQuery, ConstScoreQuery, Occur,
    PhraseQuery, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::analysis::{plain_tokens, stem, tokens};
use super::schema::{COVER, Fields, TEXT};
use super::spelling::nearest;
use super::text::{Part, parse};
use crate::entities::AssetState;

/// What a hit in the titles adds to one in the text.
const TITLE: f32 = 0.35;
/// What a hit in what people say about the asset adds.
const ABOUT: f32 = 0.25;
/// What a word counts that was put in the place of one that occurs nowhere.
const GUESSED: f32 = 0.9;
/// How many words the beginning of one is completed to.
const COMPLETIONS: usize = 8;

/// A query that is ready to run.
pub(super) struct Compiled {
    /// The query.
    pub(super) query: Box<dyn Query>,
    /// The stems to mark in what is found, with their weights.
    pub(super) wanted: HashMap<String, f32>,
}

/// A word of the query and what it is looked for as.
struct Word {
    /// Its stems in the index's languages.
    stems: Vec<String>,
    /// Itself, for words that are stop words everywhere.
    plain: String,
    count: u16,
    weight: f32,
}

/// Compiles `text`, which may be empty, over assets in these states.
pub(super) fn compile(
    searcher: &Searcher,
    fields: &Fields,
    text: &str,
    states: &[AssetState],
) -> tantivy::Result<Compiled> {
    let analyses = analyses(searcher, fields)?;
    let parts = parse(text);
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    let mut wanted = HashMap::new();
    if states.len() < AssetState::ALL.len() {
        clauses.push((
            Occur::Must,
            filter(fields.state, states.iter().map(|state| state.as_str())),
        ));
    }
    let mut compiler = Compiler {
        searcher,
        fields,
        analyses: &analyses,
        docs: Statistics::new(searcher, fields)?.docs,
    };
    let typing = !text.ends_with(char::is_whitespace);
    let words = compiler.words(&parts, typing)?;
    let mut positive = !words.is_empty();
    if !words.is_empty() {
        for word in &words {
            for stem in &word.stems {
                wanted.insert(stem.clone(), compiler.weight_of(stem)?);
            }
        }
        let required = required(words.len());
        let words = words
            .iter()
            .map(|word| compiler.word_clause(word))
            .collect();
        clauses.push((Occur::Must, union(words, required)));
    }
    for part in parts.iter().filter(|part| part.phrase || part.excluded) {
        let Some(clause) = compiler.exact_clause(part) else {
            continue;
        };
        if part.excluded {
            clauses.push((Occur::MustNot, clause));
            continue;
        }
        positive = true;
        for analysis in &analyses {
            for token in tokens(analysis, &part.text) {
                let weight = compiler.weight_of(&token.text)?;
                wanted.insert(token.text, weight);
            }
        }
        clauses.push((Occur::Must, clause));
    }
    let browsing = parts.is_empty();
    if !positive {
        let role = match (browsing, parts.iter().any(|part| !part.excluded)) {
            (true, _) => Some(COVER),
            // Something was asked for that occurs nowhere.
            (false, true) => None,
            (false, false) => Some(TEXT),
        };
        clauses.push(match role {
            Some(role) => (Occur::Must, filter(fields.role, [role])),
            None => (Occur::MustNot, Box::new(AllQuery)),
        });
    }
    Ok(Compiled {
        query: Box::new(BooleanQuery::new(clauses)),
        wanted,
    })
}

/// The counts that BM25 works with: only documents that hold text count, covers do not.
pub(super) struct Statistics<'a> {
    searcher: &'a Searcher,
    docs: u64,
}

impl<'a> Statistics<'a> {
    /// The statistics of what `searcher` sees.
    pub(super) fn new(searcher: &'a Searcher, fields: &Fields) -> tantivy::Result<Self> {
        let docs = searcher
            .doc_freq(&Term::from_field_text(fields.role, TEXT))?
            .max(1);
        Ok(Self { searcher, docs })
    }
}

impl Bm25StatisticsProvider for Statistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        self.searcher.total_num_tokens(field)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.docs)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        Ok(self.searcher.doc_freq(term)?.min(self.docs))
    }
}

/// The words of the index that begin like this, with the number of documents they are in.
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

/// A condition on a field that does not count in the score.
pub(super) fn filter<'a>(
    field: Field,
    values: impl IntoIterator<Item = &'a str>,
) -> Box<dyn Query> {
    let values = values
        .into_iter()
        .map(|value| term(field, value, IndexRecordOption::Basic))
        .collect();
    Box::new(ConstScoreQuery::new(union(values, 1), 0.0))
}

/// A query for one term.
pub(super) fn term(field: Field, text: &str, option: IndexRecordOption) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), option))
}

/// At least `required` of the clauses.
pub(super) fn union(mut clauses: Vec<Box<dyn Query>>, required: usize) -> Box<dyn Query> {
    if clauses.len() == 1
        && let Some(only) = clauses.pop()
    {
        return only;
    }
    Box::new(BooleanQuery::union_with_minimum_required_clauses(
        clauses, required,
    ))
}

/// How many of so many words a page must hold. The ranking does the rest; this keeps what is hardly related out of
/// counts and long lists.
fn required(words: usize) -> usize {
    match words {
        ..=2 => 1,
        3..=7 => 2,
        more => more / 4,
    }
}

struct Compiler<'a> {
    searcher: &'a Searcher,
    fields: &'a Fields,
    analyses: &'a [String],
    docs: u64,
}

impl Compiler<'_> {
    /// The words that are looked for singly. The last one may still be being typed.
    fn words(&mut self, parts: &[Part], typing: bool) -> tantivy::Result<Vec<Word>> {
        let mut typed = Vec::new();
        for part in parts.iter().filter(|part| !part.phrase && !part.excluded) {
            for token in plain_tokens(&part.text) {
                let original = part
                    .text
                    .get(token.offset_from..token.offset_to)
                    .unwrap_or_default();
                let stems: Vec<_> = self
                    .analyses
                    .iter()
                    .map(|analysis| stem(analysis, original))
                    .collect();
                typed.push((token.text, stems));
            }
        }
        let stop = self.stop_word_analyses(&typed);
        let is_stop_word =
            |stems: &[Option<String>]| stop.iter().any(|at| matches!(stems.get(*at), Some(None)));
        let all_stop_words = typed.iter().all(|(_, stems)| is_stop_word(stems));
        let mut words: BTreeMap<Vec<String>, Word> = BTreeMap::new();
        let last = typed.len().saturating_sub(1);
        for (at, (plain, stems)) in typed.into_iter().enumerate() {
            if is_stop_word(&stems) && !all_stop_words {
                continue;
            }
            let mut stems: Vec<String> = if all_stop_words {
                Vec::new()
            } else {
                stems.into_iter().flatten().collect()
            };
            stems.sort_unstable();
            stems.dedup();
            let mut weight = 1.0;
            if !self.occurs(&stems, &plain)? {
                let Some(guessed) = self.guess(&plain, typing && at == last)? else {
                    continue;
                };
                stems = guessed;
                weight = GUESSED;
            }
            let key = if stems.is_empty() {
                vec![plain.clone()]
            } else {
                stems.clone()
            };
            let word = words.entry(key).or_insert(Word {
                stems,
                plain,
                count: 0,
                weight,
            });
            word.count = word.count.saturating_add(1);
        }
        Ok(words.into_values().collect())
    }

    /// The languages that the query seems to be in: those in which most of its words are stop words.
    fn stop_word_analyses(&self, typed: &[(String, Vec<Option<String>>)]) -> Vec<usize> {
        let counts: Vec<usize> = (0..self.analyses.len())
            .map(|at| {
                typed
                    .iter()
                    .filter(|(_, stems)| matches!(stems.get(at), Some(None)))
                    .count()
            })
            .collect();
        let most = counts.iter().copied().max().unwrap_or(0);
        (0..counts.len())
            .filter(|at| most > 0 && counts.get(*at) == Some(&most))
            .collect()
    }

    fn occurs(&self, stems: &[String], plain: &str) -> tantivy::Result<bool> {
        if stems.is_empty() {
            return Ok(self.frequency(self.fields.words, plain)? > 0);
        }
        for stem in stems {
            for field in [self.fields.all, self.fields.about, self.fields.title] {
                if self.frequency(field, stem)? > 0 {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The stems of what somebody may have meant by a word that occurs nowhere.
    fn guess(&self, plain: &str, typing: bool) -> tantivy::Result<Option<Vec<String>>> {
        let Some(first) = plain.chars().next() else {
            return Ok(None);
        };
        if typing && plain.chars().count() > 1 {
            let found = words_beginning_with(self.searcher, self.fields.words, plain)?;
            let mut found: Vec<_> = found.into_iter().collect();
            found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            if !found.is_empty() {
                let words = found
                    .iter()
                    .take(COMPLETIONS)
                    .map(|(word, _)| word.as_str());
                return Ok(Some(self.stems_of(words)));
            }
        }
        let mut buffer = [0; 4];
        let known = words_beginning_with(
            self.searcher,
            self.fields.words,
            first.encode_utf8(&mut buffer),
        )?;
        let found = nearest(
            plain,
            known.iter().map(|(word, count)| (word.as_str(), *count)),
        );
        Ok(found.map(|word| self.stems_of([word.as_str()])))
    }

    fn stems_of<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let mut stems: Vec<_> = words
            .into_iter()
            .flat_map(|word| {
                self.analyses
                    .iter()
                    .filter_map(|analysis| stem(analysis, word))
            })
            .collect();
        stems.sort_unstable();
        stems.dedup();
        stems
    }

    fn word_clause(&self, word: &Word) -> Box<dyn Query> {
        let weight = f32::from(word.count) * word.weight;
        if word.stems.is_empty() {
            return boosted(
                term(self.fields.words, &word.plain, IndexRecordOption::Basic),
                weight,
            );
        }
        let fields = [
            (self.fields.all, 1.0),
            (self.fields.title, TITLE),
            (self.fields.about, ABOUT),
        ];
        let clauses = word
            .stems
            .iter()
            .flat_map(|stem| fields.map(|(field, share)| (stem, field, share)))
            .map(|(stem, field, share)| {
                boosted(
                    term(field, stem, IndexRecordOption::WithFreqs),
                    weight * share,
                )
            })
            .collect();
        union(clauses, 1)
    }

    /// What must, or must not, be there as it is written.
    fn exact_clause(&self, part: &Part) -> Option<Box<dyn Query>> {
        let mut readings: Vec<Vec<(usize, String)>> = self
            .analyses
            .iter()
            .map(|analysis| {
                tokens(analysis, &part.text)
                    .into_iter()
                    .map(|token| (token.position, token.text))
                    .collect()
            })
            .collect();
        readings.retain(|reading: &Vec<_>| !reading.is_empty());
        readings.sort_unstable();
        readings.dedup();
        // What is said about an asset rules all its pages out, but makes none of them say it.
        let fields: &[Field] = if part.excluded {
            &[self.fields.all, self.fields.about]
        } else {
            &[self.fields.all]
        };
        let mut clauses: Vec<Box<dyn Query>> = Vec::new();
        for reading in readings {
            for field in fields.iter().copied() {
                clauses.push(match reading.as_slice() {
                    [(_, only)] => term(field, only, IndexRecordOption::WithFreqs),
                    several => Box::new(PhraseQuery::new_with_offset(
                        several
                            .iter()
                            .map(|(at, text)| (*at, Term::from_field_text(field, text)))
                            .collect(),
                    )),
                });
            }
        }
        (!clauses.is_empty()).then(|| union(clauses, 1))
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "a weight for choosing snippets needs no precision"
    )]
    fn weight_of(&self, stem: &str) -> tantivy::Result<f32> {
        let frequency = self.frequency(self.fields.all, stem)?;
        Ok((1.0 + self.docs as f32 / (1.0 + frequency as f32)).ln())
    }

    fn frequency(&self, field: Field, text: &str) -> tantivy::Result<u64> {
        self.searcher.doc_freq(&Term::from_field_text(field, text))
    }
}

fn boosted(query: Box<dyn Query>, weight: f32) -> Box<dyn Query> {
    if (weight - 1.0).abs() < f32::EPSILON {
        return query;
    }
    Box::new(BoostQuery::new(query, weight))
}

/// The analyses that documents of the index have gone through.
fn analyses(searcher: &Searcher, fields: &Fields) -> tantivy::Result<Vec<String>> {
    let found = words_beginning_with(searcher, fields.analysis, "")?;
    Ok(found.into_keys().collect())
}
