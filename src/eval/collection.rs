//! Collections as they come: `corpus.jsonl`, `queries.jsonl` and judgements in the form of BEIR or TREC.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use serde_json::Value;

use super::classic;
use super::metrics::Judgements;
use crate::error::{Code, Error, Result};

/// The fields of a document that are read where not said otherwise.
const FIELDS: [&str; 2] = ["title", "text"];

/// A document.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its name in the judgements.
    pub id: String,
    /// Its title; may be empty.
    pub title: String,
    /// Everything else.
    pub text: String,
}

/// A query with what judges said.
#[derive(Clone, Debug)]
pub struct Topic {
    /// Its name in the judgements.
    pub id: String,
    /// What is searched for.
    pub text: String,
    /// By document: how useful.
    pub judged: HashMap<String, u32>,
}

/// Documents, queries and judgements.
#[derive(Clone, Debug)]
pub struct Collection {
    /// The documents.
    pub documents: Vec<Document>,
    /// The queries for which there is something to be found.
    pub topics: Vec<Topic>,
}

impl Collection {
    /// Reads the collection in `folder`. `fields` names the fields of a document that count, besides its title as the
    /// text; nothing means title and text.
    pub fn load(folder: &Path, fields: &[String], classic: bool) -> Result<Self> {
        let fields: Vec<&str> = if fields.is_empty() {
            FIELDS.to_vec()
        } else {
            fields.iter().map(String::as_str).collect()
        };
        let (documents, queries, judged) = if classic {
            classic::load(folder)?
        } else {
            let judgements = ["qrels.tsv", "qrels/test.tsv", "qrels.txt", "qrels"]
                .map(|name| folder.join(name))
                .into_iter()
                .find(|path| path.is_file())
                .ok_or_else(|| wrong("there is no qrels.tsv and no qrels/test.tsv"))?;
            (
                rows(&folder.join("corpus.jsonl"))?,
                rows(&folder.join("queries.jsonl"))?,
                read_judgements(&judgements)?,
            )
        };
        let documents: Vec<_> = documents
            .into_iter()
            .map(|row| Document::from_row(&row, &fields))
            .collect();
        let mut judged = judged;
        let topics = queries
            .into_iter()
            .filter_map(|row| {
                let (id, text) = (row.text("_id"), row.text("text"));
                let judged = judged.remove(&id)?;
                judged
                    .values()
                    .any(|gain| *gain > 0)
                    .then_some(Topic { id, text, judged })
            })
            .collect();
        Ok(Self { documents, topics })
    }
}

impl Document {
    fn from_row(row: &Row, fields: &[&str]) -> Self {
        let text: Vec<_> = fields
            .iter()
            .filter(|field| **field != "title")
            .map(|field| row.text(field))
            .filter(|text| !text.is_empty())
            .collect();
        let title = if fields.contains(&"title") {
            row.text("title")
        } else {
            String::new()
        };
        Self {
            id: row.text("_id"),
            title,
            text: text.join("\n\n"),
        }
    }
}

/// A document or query as it was read: its fields.
#[derive(Debug, Default)]
pub(super) struct Row(pub(super) BTreeMap<String, Value>);

impl Row {
    fn text(&self, field: &str) -> String {
        match self.0.get(field) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(texts)) => {
                let texts: Vec<_> = texts.iter().filter_map(Value::as_str).collect();
                texts.join("\n")
            }
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    }
}

/// By query, by document.
pub(super) type AllJudgements = HashMap<String, Judgements>;

fn rows(path: &Path) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for line in lines(path)? {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let row = serde_json::from_str(&line)
            .map_err(|error| wrong(format!("{}: {error}", path.display())))?;
        rows.push(Row(row));
    }
    Ok(rows)
}

/// `query document score` with a line of headings, or TREC's `query 0 document score`.
fn read_judgements(path: &Path) -> Result<AllJudgements> {
    let mut judged = AllJudgements::new();
    for line in lines(path)? {
        let line = line?;
        let columns: Vec<_> = line.split_whitespace().collect();
        let ([query, document, score] | [query, _, document, score]) = columns.as_slice() else {
            continue;
        };
        // The line of headings has no number; who judged below zero found it useless.
        if let Ok(score) = score.parse::<i64>() {
            let gain = u32::try_from(score.max(0)).unwrap_or(u32::MAX);
            judged
                .entry((*query).to_owned())
                .or_default()
                .insert((*document).to_owned(), gain);
        }
    }
    Ok(judged)
}

fn lines(path: &Path) -> Result<std::io::Lines<BufReader<File>>> {
    let file = File::open(path).map_err(|error| wrong(format!("{}: {error}", path.display())))?;
    Ok(BufReader::new(file).lines())
}

/// What is wrong with the collection, in words.
pub(super) fn wrong(what: impl Into<String>) -> Error {
    Error::new(Code::Invalid, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_judgements_are_read_and_queries_without_any_left_out() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        write(
            "corpus.jsonl",
            "{\"_id\":\"d1\",\"title\":\"T\",\"text\":\"body\",\"keywords\":[\"k\",\"l\"]}\n{\"_id\":\"d2\",\"text\":\"b\"}\n",
        );
        write(
            "queries.jsonl",
            "{\"_id\":\"1\",\"text\":\"one\"}\n{\"_id\":\"2\",\"text\":\"two\"}\n",
        );
        for judgements in [
            "query-id\tcorpus-id\tscore\n1\td1\t2\n1\td2\t-1\n2\td1\t0\n",
            "1 0 d1 2\n1 0 d2 -1\n2 0 d1 0\n",
        ] {
            write("qrels.tsv", judgements);
            let fields = ["title", "text", "keywords"].map(str::to_owned);
            let found = Collection::load(dir.path(), &fields, false).unwrap();
            assert_eq!(found.documents[0].title, "T");
            assert_eq!(found.documents[0].text, "body\n\nk\nl");
            assert_eq!(found.documents[1].title, "");
            let [only] = found.topics.as_slice() else {
                panic!("{:?}", found.topics)
            };
            assert_eq!(
                (only.id.as_str(), only.judged["d1"], only.judged["d2"]),
                ("1", 2, 0)
            );
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let error = Collection::load(dir.path(), &[], false).unwrap_err();
        assert!(error.to_string().contains("qrels"), "{error}");
    }
}
