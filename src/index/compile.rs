//! From what was typed to a query: one weighted clause per word, however often its forms occur.
//!
//! tantivy's own query parser drops repeated words and knows one language, so the query is put together here.

use std::collections::HashMap;

use tantivy::query::{
    Bm25StatisticsProvider, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery,
    EmptyQuery, Occur, PhraseQuery, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::analysis::{Depth, all_tokens, folded, plain_tokens, tokens};
use super::groups::{Counts, comparable};
use super::schema::{COVER, Dimension, Fields, TEXT};
use super::several::TwoOf;
use super::synonyms::Synonyms;
use super::text::{Part, Place, is_notes, parse, replaced, says_something};
use super::view::View;
use super::visible::Visible;
use super::words::{Alternative, Reader, Word, Words};
use crate::entities::AssetState;

/// What a hit in the titles adds to one in the text.
const TITLE: f32 = 0.35;
/// What a hit in what people say about the asset adds.
const ABOUT: f32 = 0.25;
/// What the beginning of a word counts while it is being typed.
const BEGINNING: f32 = 0.3;
/// What another name for a word counts, at the most.
const SYNONYM: f32 = 0.8;
/// What the weaker of several names adds to the strongest.
const BESIDES: f32 = 0.2;

/// Of so many words a page must hold two. The ranking does the rest; this keeps what is hardly related out of counts and
/// long lists. Of notes with many words no more is asked: a page that answers them need not repeat them.
const MANY: usize = 3;

/// How texts and queries meet. Anything but the default is there to measure what each part brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matching {
    /// How far words are reduced.
    pub depth: Depth,
    /// Whether slips are forgiven.
    pub typos: bool,
    /// Whether titles and descriptions count for themselves.
    pub fields: bool,
}

impl Default for Matching {
    fn default() -> Self {
        Self {
            depth: Depth::default(),
            typos: true,
            fields: true,
        }
    }
}

/// How a query was, or might be, spelled better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelling {
    /// The better query.
    pub query: String,
    /// Whether it is what was searched for, as a word of the typed one occurs nowhere.
    pub applied: bool,
}

/// What is asked, and of whom.
pub(super) struct Question<'a> {
    pub(super) view: &'a View,
    pub(super) fields: &'a Fields,
    pub(super) matching: Matching,
    pub(super) synonyms: &'a Synonyms,
    /// The values of facets that the searcher may know.
    pub(super) known: &'a Counts,
    pub(super) states: &'a [AssetState],
    /// As it was typed.
    pub(super) text: &'a str,
    /// Whether its last word is most likely not complete.
    pub(super) typing: bool,
    /// Whether quotes, dashes and colons mean nothing in it, and its last word is complete.
    pub(super) literal: bool,
}

/// A query that is ready to run.
pub(super) struct Compiled {
    /// The query.
    pub(super) query: Box<dyn Query>,
    /// The stems to mark in what is found, with their weights.
    pub(super) wanted: HashMap<String, f32>,
    /// What must not be found. tantivy cannot leave phrases out of a query (its phrase scorer is asked for documents
    /// that it has passed), so these are looked up by themselves.
    pub(super) unwanted: Option<Box<dyn Query>>,
    /// What assets must be for, as typed.
    pub(super) filters: Vec<(Dimension, Vec<String>)>,
    /// What they must not be for.
    pub(super) excluded: Vec<(Dimension, Vec<String>)>,
    /// The query with what was corrected.
    pub(super) spelling: Option<Spelling>,
    /// Words that may be slips, if little is found.
    rare: Vec<(std::ops::Range<usize>, String)>,
}

/// Compiles the text of a question, which may be empty.
pub(super) fn compile(question: &Question<'_>) -> tantivy::Result<Compiled> {
    let analyses = analyses(question.view, question.fields)?;
    let visible = Visible::new(question.view, question.states)?;
    let compiler = Compiler {
        searcher: question.view.searcher(),
        fields: question.fields,
        matching: question.matching,
        docs: Statistics::new(question.view.searcher(), question.fields)?.docs,
        analyses: &analyses,
        reader: reader(question, &analyses, &visible),
    };
    compiler.compile(question)
}

/// A better spelling of a question that found little, if there is one.
pub(super) fn better_spelling(
    question: &Question<'_>,
    compiled: &Compiled,
) -> tantivy::Result<Option<Spelling>> {
    if compiled.rare.is_empty() {
        return Ok(None);
    }
    let analyses = analyses(question.view, question.fields)?;
    let visible = Visible::new(question.view, question.states)?;
    let better = reader(question, &analyses, &visible).better_known(&compiled.rare)?;
    Ok((!better.is_empty()).then(|| Spelling {
        query: replaced(question.text, &better),
        applied: false,
    }))
}

fn reader<'a>(
    question: &Question<'a>,
    analyses: &'a [String],
    visible: &'a Visible<'a>,
) -> Reader<'a> {
    Reader {
        searcher: question.view.searcher(),
        fields: question.fields,
        analyses,
        visible,
        synonyms: question.synonyms,
        forgiving: question.matching.typos,
    }
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

/// A condition on a field that does not count in the score.
pub(super) fn filter<'a>(
    field: Field,
    values: impl IntoIterator<Item = &'a str>,
) -> Box<dyn Query> {
    let values = values
        .into_iter()
        .map(|value| term(field, value, IndexRecordOption::Basic))
        .collect();
    Box::new(ConstScoreQuery::new(union(values), 0.0))
}

/// A query for one term.
pub(super) fn term(field: Field, text: &str, option: IndexRecordOption) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), option))
}

/// Any of the clauses.
pub(super) fn union(mut clauses: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    if clauses.len() == 1
        && let Some(only) = clauses.pop()
    {
        return only;
    }
    Box::new(BooleanQuery::union(clauses))
}

struct Compiler<'a> {
    searcher: &'a Searcher,
    fields: &'a Fields,
    matching: Matching,
    analyses: &'a [String],
    docs: u64,
    reader: Reader<'a>,
}

impl Compiler<'_> {
    fn compile(&self, question: &Question<'_>) -> tantivy::Result<Compiled> {
        let parts = parse(question.text, question.literal);
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        let mut wanted = HashMap::new();
        let unfinished = !question.literal && !question.text.ends_with(char::is_whitespace);
        let words = self.reader.words(&parts, unfinished, question.typing)?;
        let mut positive = !words.words.is_empty();
        let mut unwanted = Vec::new();
        if positive {
            clauses.push((Occur::Must, self.words_clause(&words, &mut wanted)?));
        }
        for part in parts
            .iter()
            .filter(|part| !part.is_word() && !part.is_filter())
        {
            let clause = if part.place == Place::Title {
                self.title_clause(part, &mut wanted)?
            } else {
                self.exact_clause(part)
            };
            if part.excluded {
                match clause {
                    Some(clause) if plain_tokens(&part.text).len() == 1 => {
                        clauses.push((Occur::MustNot, clause));
                    }
                    clause => unwanted.extend(clause),
                }
                continue;
            }
            positive = true;
            self.want(&part.text, &mut wanted)?;
            // What cannot be read occurs nowhere.
            let clause = clause.unwrap_or_else(|| Box::new(EmptyQuery));
            clauses.push((Occur::Must, clause));
        }
        if !positive {
            let mut about_text = parts.iter().filter(|part| !part.is_filter()).peekable();
            clauses.push(if parts.is_empty() && says_something(question.text) {
                (Occur::Must, Box::new(EmptyQuery))
            } else if about_text.peek().is_none() {
                (Occur::Must, filter(self.fields.role, [COVER]))
            } else if about_text.all(|part| part.excluded) {
                (Occur::Must, filter(self.fields.role, [TEXT]))
            } else {
                // Something was asked for that occurs nowhere.
                (Occur::Must, Box::new(EmptyQuery))
            });
        }
        let filters = |excluded: bool| {
            let mut filters: Vec<(Dimension, Vec<String>)> = Vec::new();
            for part in parts.iter().filter(|part| part.excluded == excluded) {
                if let Place::Dimension(dimension) = part.place {
                    let values = meant(question.known, dimension, &part.text);
                    add_filter(&mut filters, dimension, values);
                }
            }
            filters
        };
        let query = match clauses.pop() {
            // By itself it runs faster: tantivy then knows that it is a sum of words.
            Some((Occur::Must, only)) if clauses.is_empty() => only,
            last => Box::new(BooleanQuery::new(clauses.into_iter().chain(last).collect())),
        };
        Ok(Compiled {
            query,
            wanted,
            unwanted: (!unwanted.is_empty()).then(|| union(unwanted)),
            filters: filters(false),
            excluded: filters(true),
            // Of notes nobody wants to read another version.
            spelling: (!words.corrections.is_empty() && !is_notes(question.text)).then(|| {
                Spelling {
                    query: replaced(question.text, &words.corrections),
                    applied: true,
                }
            }),
            rare: words.rare,
        })
    }

    fn words_clause(
        &self,
        words: &Words,
        wanted: &mut HashMap<String, f32>,
    ) -> tantivy::Result<Box<dyn Query>> {
        let one_is_enough = words.words.len() < MANY;
        let mut clauses = Vec::with_capacity(words.words.len());
        for word in &words.words {
            for stem in word.stems.iter().chain(&word.completions) {
                wanted.insert(stem.clone(), self.weight_of(stem)?);
            }
            let mut others = Vec::new();
            for other in &word.also {
                self.want_term(other, wanted)?;
                others.extend(self.synonym_clause(word, other)?);
            }
            let forms = self.word_clauses(word);
            if !others.is_empty() {
                let names = std::iter::once(union(forms)).chain(others);
                let best = DisjunctionMaxQuery::with_tie_breaker(names.collect(), BESIDES);
                clauses.push(Box::new(best) as Box<dyn Query>);
            } else if one_is_enough {
                // A sum of sums is one sum, and faster so.
                clauses.extend(forms);
            } else {
                clauses.push(union(forms));
            }
        }
        Ok(if one_is_enough {
            union(clauses)
        } else {
            Box::new(TwoOf(clauses))
        })
    }

    /// One clause for each way to find a word.
    fn word_clauses(&self, word: &Word) -> Vec<Box<dyn Query>> {
        let weight = f32::from(word.count) * word.weight;
        let mut clauses = if word.stems.is_empty() && word.completions.is_empty() {
            let plain = term(self.fields.words, &word.plain, IndexRecordOption::Basic);
            vec![boosted(plain, weight)]
        } else {
            self.stem_clauses(&word.stems, weight)
        };
        let beginning = if word.stems.is_empty() {
            weight
        } else {
            weight * BEGINNING
        };
        clauses.extend(self.stem_clauses(&word.completions, beginning));
        if word.beginning {
            let titles = term(self.fields.begins, &word.plain, IndexRecordOption::Basic);
            clauses.push(boosted(titles, weight * BEGINNING));
        }
        clauses
    }

    /// One clause per stem and field.
    fn stem_clauses(&self, stems: &[String], weight: f32) -> Vec<Box<dyn Query>> {
        let fields = [
            (self.fields.all, 1.0),
            (self.fields.title, TITLE),
            (self.fields.about, ABOUT),
        ];
        let used = if self.matching.fields { 3 } else { 1 };
        stems
            .iter()
            .flat_map(|stem| {
                fields
                    .into_iter()
                    .take(used)
                    .map(move |(field, share)| (stem, field, share))
            })
            .map(|(stem, field, share)| {
                boosted(
                    term(field, stem, IndexRecordOption::WithFreqs),
                    weight * share,
                )
            })
            .collect()
    }

    /// Another name for a word, or for several of which it is one. However rare the name is, it counts less than
    /// what was typed.
    fn synonym_clause(
        &self,
        word: &Word,
        other: &Alternative,
    ) -> tantivy::Result<Option<Box<dyn Query>>> {
        let read = all_tokens(other.analysis, &other.term);
        let telling = tokens(other.analysis, &other.term);
        let mut typed = 0.0;
        for stems in &other.instead_of {
            typed += self.rarity(stems)?;
        }
        let mut name = 0.0;
        for token in if telling.is_empty() { &read } else { &telling } {
            name += self.rarity(std::slice::from_ref(&token.text))?;
        }
        let share: f32 = other.instead_of.iter().map(|_| 1.0).sum::<f32>().max(1.0);
        let weight =
            SYNONYM * (typed / name.max(f32::MIN_POSITIVE)).min(1.0) * f32::from(word.count)
                / share;
        let clause = match read.as_slice() {
            [] => return Ok(None),
            [only] => union(self.stem_clauses(std::slice::from_ref(&only.text), weight)),
            several => {
                let mut clauses = vec![boosted(phrase(self.fields.exact, several), weight)];
                if telling.len() > 1 {
                    let title = phrase(self.fields.title, &telling);
                    clauses.push(boosted(title, weight * TITLE));
                }
                union(clauses)
            }
        };
        if !other.restricted {
            return Ok(Some(clause));
        }
        let language = filter(self.fields.analysis, [other.analysis]);
        Ok(Some(Box::new(BooleanQuery::new(vec![
            (Occur::Must, clause),
            (Occur::Must, language),
        ]))))
    }

    /// Words that must, or must not, be in the titles.
    fn title_clause(
        &self,
        part: &Part,
        wanted: &mut HashMap<String, f32>,
    ) -> tantivy::Result<Option<Box<dyn Query>>> {
        if part.phrase {
            return Ok(self.phrases(part, &[self.fields.title], tokens));
        }
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for stems in self.reader.readings(part)? {
            for stem in &stems {
                wanted.insert(stem.clone(), self.weight_of(stem)?);
            }
            let stems = stems
                .iter()
                .map(|stem| term(self.fields.title, stem, IndexRecordOption::WithFreqs))
                .collect();
            clauses.push((Occur::Must, union(stems)));
        }
        Ok((!clauses.is_empty())
            .then(|| -> Box<dyn Query> { Box::new(BooleanQuery::new(clauses)) }))
    }

    /// What must, or must not, be there as it is written.
    fn exact_clause(&self, part: &Part) -> Option<Box<dyn Query>> {
        // What is said about an asset rules all its pages out, but makes none of them say it.
        let fields: &[Field] = if part.excluded {
            &[self.fields.exact, self.fields.about]
        } else {
            &[self.fields.exact]
        };
        self.phrases(part, fields, all_tokens)
    }

    /// The part's words in this order, in one of the fields, read as any of the index's languages reads them.
    fn phrases(
        &self,
        part: &Part,
        fields: &[Field],
        read: impl Fn(&str, &str) -> Vec<tantivy::tokenizer::Token>,
    ) -> Option<Box<dyn Query>> {
        let mut readings: Vec<_> = self
            .analyses
            .iter()
            .map(|analysis| read(analysis, &part.text))
            .filter(|reading| !reading.is_empty())
            .collect();
        readings.sort_by(|a, b| a.iter().map(|t| &t.text).cmp(b.iter().map(|t| &t.text)));
        readings.dedup_by(|a, b| a.iter().map(|t| &t.text).eq(b.iter().map(|t| &t.text)));
        let mut clauses = Vec::new();
        for reading in &readings {
            for field in fields {
                clauses.push(phrase(*field, reading));
            }
        }
        (!clauses.is_empty()).then(|| union(clauses))
    }

    /// Notes the words of a text as those to mark.
    fn want(&self, text: &str, wanted: &mut HashMap<String, f32>) -> tantivy::Result<()> {
        for analysis in self.analyses {
            for token in tokens(analysis, text) {
                let weight = self.weight_of(&token.text)?;
                wanted.insert(token.text, weight);
            }
        }
        Ok(())
    }

    fn want_term(
        &self,
        other: &Alternative,
        wanted: &mut HashMap<String, f32>,
    ) -> tantivy::Result<()> {
        for token in tokens(other.analysis, &other.term) {
            let weight = self.weight_of(&token.text)? * SYNONYM;
            wanted.entry(token.text).or_insert(weight);
        }
        Ok(())
    }

    /// How much BM25 makes of the most frequent of these stems.
    fn rarity(&self, stems: &[String]) -> tantivy::Result<f32> {
        let mut most = 0;
        for stem in stems {
            most = most.max(self.frequency(self.fields.all, stem)?.min(self.docs));
        }
        let (docs, most) = (as_f32(self.docs), as_f32(most));
        Ok((1.0 + (docs - most + 0.5) / (most + 0.5)).ln())
    }

    fn weight_of(&self, stem: &str) -> tantivy::Result<f32> {
        let frequency = self.frequency(self.fields.all, stem)?;
        Ok((1.0 + as_f32(self.docs) / (1.0 + as_f32(frequency))).ln())
    }

    fn frequency(&self, field: Field, text: &str) -> tantivy::Result<u64> {
        self.searcher.doc_freq(&Term::from_field_text(field, text))
    }
}

#[allow(clippy::cast_precision_loss, reason = "a weight needs no precision")]
fn as_f32(count: u64) -> f32 {
    count as f32
}

/// The values that somebody means who types one: itself, or all that have a word beginning like it.
fn meant(known: &Counts, dimension: Dimension, typed: &str) -> Vec<String> {
    let values = || known.get(&dimension).into_iter().flat_map(|v| v.keys());
    let wanted = comparable(typed);
    if values().any(|value| comparable(value) == wanted) {
        return vec![typed.to_owned()];
    }
    let wanted: Vec<_> = plain_tokens(&wanted)
        .into_iter()
        .map(|token| token.text)
        .collect();
    let like: Vec<_> = values()
        .filter(|value| {
            let words = folded(&value.replace('_', " "));
            wanted
                .iter()
                .all(|wanted| words.split(' ').any(|word| word.starts_with(wanted)))
        })
        .cloned()
        .collect();
    if like.is_empty() || wanted.is_empty() {
        vec![typed.to_owned()]
    } else {
        like
    }
}

/// Adds values to a dimension's filter.
pub(super) fn add_filter(
    filters: &mut Vec<(Dimension, Vec<String>)>,
    dimension: Dimension,
    values: Vec<String>,
) {
    match filters.iter_mut().find(|(named, _)| *named == dimension) {
        Some((_, chosen)) => chosen.extend(values),
        None => filters.push((dimension, values)),
    }
}

/// These tokens in their order and distance.
fn phrase(field: Field, reading: &[tantivy::tokenizer::Token]) -> Box<dyn Query> {
    match reading {
        [only] => term(field, &only.text, IndexRecordOption::WithFreqs),
        several => Box::new(PhraseQuery::new_with_offset(
            several
                .iter()
                .map(|token| (token.position, Term::from_field_text(field, &token.text)))
                .collect(),
        )),
    }
}

fn boosted(query: Box<dyn Query>, weight: f32) -> Box<dyn Query> {
    if (weight - 1.0).abs() < f32::EPSILON {
        return query;
    }
    Box::new(BoostQuery::new(query, weight))
}

/// The analyses that documents of the index have gone through.
fn analyses(view: &View, fields: &Fields) -> tantivy::Result<Vec<String>> {
    let found = view.words_like(fields.analysis, "")?;
    Ok(found
        .beginning_with("")
        .map(|(analysis, _)| analysis.to_owned())
        .collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_value_is_meant_by_itself_or_by_the_beginning_of_its_words() {
        let values = ["banking", "investment_banks", "Public Sector"];
        let counts: BTreeMap<_, _> = values.iter().map(|v| ((*v).to_owned(), 1)).collect();
        let known = Counts::from([(Dimension::Industry, counts)]);
        let meant = |typed| meant(&known, Dimension::Industry, typed);
        assert_eq!(meant("bank"), ["banking", "investment_banks"]);
        assert_eq!(meant("Banking"), ["Banking"]);
        assert_eq!(meant("public_sector"), ["public_sector"]);
        assert_eq!(meant("sector"), ["Public Sector"]);
        assert_eq!(meant("farming"), ["farming"]);
    }
}
