//! Collections as they come: `corpus.jsonl`, `queries.jsonl` and judgements in the form of BEIR or TREC.
//!
//! They come from many hands, so ids may be numbers or hold blanks, lines may end as on any system, and bytes may be no
//! text; but what cannot be understood is named and not passed over, for figures that leave something out mislead.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use serde_json::Value;

use super::classic;
use super::lenient::object;
use super::metrics::Judgements;
use crate::error::{Code, Error, Result};

/// The fields of a document that are read where not said otherwise.
const FIELDS: [&str; 2] = ["title", "text"];
/// What the id of a document or query is called, the usual name first.
const IDS: [&str; 5] = ["_id", "id", "doc_id", "docid", "query_id"];
/// What the text of a query is called.
const QUESTIONS: [&str; 4] = ["text", "query", "question", "title"];
/// Where judgements are looked for.
const JUDGEMENTS: [&str; 6] = [
    "qrels.tsv",
    "qrels/test.tsv",
    "qrels.txt",
    "qrels",
    "qrels/dev.tsv",
    "qrels/train.tsv",
];

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
            let judgements = JUDGEMENTS
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
        // A document that comes twice would be found twice, and what is found twice counts twice.
        let mut seen = HashSet::new();
        let documents: Vec<_> = documents
            .into_iter()
            .map(|row| Document::from_row(&row, &fields))
            .filter(|document| seen.insert(document.id.clone()))
            .collect();
        let mut judged = judged;
        let topics = queries
            .into_iter()
            .filter_map(|row| {
                let (id, text) = (row.id(), row.question());
                let judged = judged.remove(&id)?;
                if text.is_empty() {
                    tracing::warn!(query = id, "this query has no text and finds nothing");
                }
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
            id: row.id(),
            title,
            text: text.join("\n\n"),
        }
    }
}

/// A document or query as it was read: its fields.
#[derive(Debug, Default)]
pub(super) struct Row(pub(super) BTreeMap<String, Value>);

impl Row {
    fn id(&self) -> String {
        let mut named = IDS.iter().map(|name| self.text(name));
        let found = named.find(|id| !id.trim().is_empty());
        found.unwrap_or_default().trim().to_owned()
    }

    /// What a query asks, by the names that collections give it.
    fn question(&self) -> String {
        let mut named = QUESTIONS.iter().map(|name| self.text(name));
        named
            .find(|text| !text.trim().is_empty())
            .unwrap_or_default()
    }

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
    for (number, line) in (1..).zip(read(path)?.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let row = Row(object(line)
            .map_err(|error| wrong(format!("{}, line {number}: {error}", path.display())))?);
        if row.id().is_empty() {
            return Err(wrong(format!(
                "{}, line {number}: there is no _id",
                path.display()
            )));
        }
        rows.push(row);
    }
    Ok(rows)
}

/// `query document score`, mostly under a line of headings, or TREC's `query 0 document score`. Where there are tabs,
/// blanks belong to the ids.
fn read_judgements(path: &Path) -> Result<AllJudgements> {
    let mut judged = AllJudgements::new();
    let text = read(path)?;
    let lines = (1..).zip(text.lines());
    for (at, (number, line)) in lines
        .filter(|(_, line)| !line.trim().is_empty())
        .enumerate()
    {
        let columns: Vec<_> = if line.contains('\t') {
            line.trim_end().split('\t').map(str::trim).collect()
        } else {
            line.split_whitespace().collect()
        };
        let row = match columns.as_slice() {
            [query, document, score] | [query, _, document, score] => {
                score.parse::<f64>().ok().map(|s| (query, document, s))
            }
            _ => None,
        };
        match row {
            Some((query, document, score)) => {
                let of_query = judged.entry((*query).to_owned()).or_default();
                let best = of_query.entry((*document).to_owned()).or_default();
                *best = gain(score).max(*best);
            }
            // The line of headings has no number.
            None if at == 0 => {}
            None => {
                return Err(wrong(format!(
                    "{}, line {number}: this is no query, document and number",
                    path.display()
                )));
            }
        }
    }
    Ok(judged)
}

/// Who judged below zero found it useless.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is within 0 and a thousand"
)]
fn gain(score: f64) -> u32 {
    score.round().clamp(0.0, 1_000.0) as u32
}

/// The text of a file without the mark that some systems put in front; bytes that are no text become a sign for that.
fn read(path: &Path) -> Result<String> {
    let bytes =
        std::fs::read(path).map_err(|error| wrong(format!("{}: {error}", path.display())))?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
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
    fn odd_files_are_read_as_they_were_meant() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &[u8]| std::fs::write(dir.path().join(name), text).unwrap();
        write(
            "corpus.jsonl",
            b"\xef\xbb\xbf{\"id\":7,\"text\":\"first\"}\r\n\r\n{\"_id\":\"a b\",\"title\":null,\"text\":\"caf\xe9\"}\r\n\
              {\"_id\":\"7\",\"text\":\"again\"}\r\n{\"_id\":\"empty\"}",
        );
        write(
            "queries.jsonl",
            b"{\"query_id\":1,\"query\":\"one\"}\r\n{\"_id\":\"unjudged\",\"text\":\"two\"}\r\n",
        );
        // Headings below an empty line, blanks in an id, a grade as a decimal, the same judged twice.
        write(
            "qrels.tsv",
            b"\r\nquery-id\tcorpus-id\tscore\r\n1\ta b\t2.0\r\n1\t7\t1\r\n1\t7\t0\r\n",
        );
        let found = Collection::load(dir.path(), &[], false).unwrap();
        assert_eq!(found.topics[0].text, "one");
        let ids: Vec<_> = found.documents.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, ["7", "a b", "empty"]);
        assert_eq!(found.documents[0].text, "first");
        assert_eq!(found.topics.len(), 1);
        assert_eq!(found.topics[0].judged["a b"], 2);
        assert_eq!(found.topics[0].judged["7"], 1);
    }

    #[test]
    fn what_cannot_be_understood_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        let error = || Collection::load(dir.path(), &[], false).unwrap_err();
        write("corpus.jsonl", "{\"_id\":\"d\",\"text\":\"t\"}\n{\"text\":");
        write("queries.jsonl", "{\"_id\":\"q\",\"text\":\"t\"}\n");
        write("qrels.tsv", "q\td\t1\n");
        assert!(error().to_string().contains("corpus.jsonl, line 2"));
        write("corpus.jsonl", "{\"text\":\"t\"}\n");
        assert!(error().to_string().contains("no _id"));
        write("corpus.jsonl", "{\"_id\":\"d\",\"text\":\"t\"}\n");
        write("qrels.tsv", "query-id\tcorpus-id\tscore\nq\td\t1\nq\td\n");
        assert!(error().to_string().contains("qrels.tsv, line 3"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let error = Collection::load(dir.path(), &[], false).unwrap_err();
        assert!(error.to_string().contains("qrels"), "{error}");
    }
}
