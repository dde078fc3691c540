//! How the parts of a question become clauses: a word in all its forms and fields, another name for it, a phrase.
//!
//! It decides what a hit in each place counts; which words there are, `super::super::words` has found out.

use std::collections::HashMap;

use tantivy::Term;
use tantivy::query::{BooleanQuery, BoostQuery, DisjunctionMaxQuery, Occur, PhraseQuery, Query};
use tantivy::schema::{Field, IndexRecordOption};

use super::{Compiler, filter, term, union};
use crate::index::analysis::{all_tokens, tokens};
use crate::index::several::TwoOf;
use crate::index::text::Part;
use crate::index::words::{Alternative, Word, Words};

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

impl Compiler<'_> {
    pub(super) fn words_clause(
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
    pub(super) fn title_clause(
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
    pub(super) fn exact_clause(&self, part: &Part) -> Option<Box<dyn Query>> {
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
    pub(super) fn want(
        &self,
        text: &str,
        wanted: &mut HashMap<String, f32>,
    ) -> tantivy::Result<()> {
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
