//! From what was typed to a query: one weighted clause per word, however often its forms occur.
//!
//! tantivy's own query parser drops repeated words and knows one language, so the query is put together here.

mod clauses;
mod meant;
mod weights;

use std::collections::HashMap;

use tantivy::query::{BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

pub(super) use self::meant::add_filter;
use self::meant::meant;
pub(super) use self::weights::Statistics;
use super::analysis::{Depth, plain_tokens};
use super::groups::Counts;
use super::schema::{COVER, Dimension, Fields, TEXT};
use super::synonyms::Synonyms;
use super::text::{Place, is_notes, parse, replaced, says_something};
use super::view::View;
use super::visible::Visible;
use super::words::Reader;
use crate::entities::AssetState;

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
}

/// The analyses that documents of the index have gone through.
fn analyses(view: &View, fields: &Fields) -> tantivy::Result<Vec<String>> {
    let found = view.words_like(fields.analysis, "")?;
    Ok(found
        .beginning_with("")
        .map(|(analysis, _)| analysis.to_owned())
        .collect())
}
