//! The form of the classic collections (Cranfield, CACM, CISI): files of records that begin with `.I`, whose fields are
//! headed by a dot and a letter, and judgements of which the first two columns are query and document.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::collection::{AllJudgements, Row, wrong};
use crate::error::Result;

/// Documents, queries and judgements of the folder.
pub(super) fn load(folder: &Path) -> Result<(Vec<Row>, Vec<Row>, AllJudgements)> {
    let judgements = read(&find(folder, &["qrel", ".rel"])?)?;
    let documents = records(&read(&find(folder, &[".all"])?)?);
    let mut queries = records(&read(&find(folder, &[".qry", "query"])?)?);
    let numbers = queries.iter().map(|(id, _)| id.parse().unwrap_or(0));
    // Cranfield's judgements count its queries from 1, whatever their own numbers are.
    if numbers.max().unwrap_or(0) > queries.len() {
        for (place, (id, _)) in (1_usize..).zip(&mut queries) {
            *id = place.to_string();
        }
    }
    let rows = |records: Vec<(String, HashMap<char, String>)>| {
        records
            .into_iter()
            .map(|(id, fields)| row(id, &fields))
            .collect()
    };
    Ok((rows(documents), rows(queries), judged(&judgements)))
}

fn find(folder: &Path, marks: &[&str]) -> Result<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    let named = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = name.to_lowercase();
        marks.iter().any(|mark| name.contains(mark))
            && path.extension().is_none_or(|ending| ending != "md")
    };
    paths.into_iter().find(named).ok_or_else(|| {
        wrong(format!(
            "there is no file with {} in its name",
            marks.join(" or ")
        ))
    })
}

fn read(path: &Path) -> Result<String> {
    Ok(String::from_utf8_lossy(&std::fs::read(path)?).into_owned())
}

/// Each record: its number and its fields by letter.
fn records(text: &str) -> Vec<(String, HashMap<char, String>)> {
    let mut records: Vec<(String, HashMap<char, String>)> = Vec::new();
    let mut field = ' ';
    for line in text.lines() {
        if let Some(id) = line.strip_prefix(".I ") {
            records.push((number(id), HashMap::new()));
            field = ' ';
            continue;
        }
        let mut letters = line.trim_end().chars();
        if let (Some('.'), Some(letter @ 'A'..='Z'), None) =
            (letters.next(), letters.next(), letters.next())
        {
            field = letter;
        } else if let Some((_, fields)) = records.last_mut() {
            let text = fields.entry(field).or_default();
            text.push_str(line);
            text.push('\n');
        }
    }
    records
}

fn row(id: String, fields: &HashMap<char, String>) -> Row {
    let mut row = Row::default();
    row.0.insert("_id".to_owned(), Value::String(id));
    for (letter, name) in [
        ('T', "title"),
        ('W', "text"),
        ('A', "authors"),
        ('K', "keywords"),
        ('B', "source"),
    ] {
        if let Some(text) = fields.get(&letter) {
            let text = text.trim().to_owned();
            row.0.insert(name.to_owned(), Value::String(text));
        }
    }
    row
}

/// Cranfield has a score in its third column, below zero for useless; the others name only what is relevant.
fn judged(text: &str) -> AllJudgements {
    let mut judged = AllJudgements::new();
    for line in text.lines() {
        let columns: Vec<_> = line.split_whitespace().collect();
        let useless = matches!(columns.as_slice(), [_, _, score] if score.starts_with('-'));
        if let [query, document, ..] = columns.as_slice() {
            judged
                .entry(number(query))
                .or_default()
                .insert(number(document), u32::from(!useless));
        }
    }
    judged
}

/// `01` and `1` are the same.
fn number(text: &str) -> String {
    let text = text.trim();
    let short = text.trim_start_matches('0');
    if short.is_empty() { text } else { short }.to_owned()
}

#[cfg(test)]
mod tests {
    use crate::eval::Collection;

    #[test]
    fn queries_meet_their_judgements_by_number_or_by_order() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        write(
            "cran.all.1400",
            ".I 1\n.T\na title\n.A\nsomebody\n.W\nsome\ntext .\n.I 2\n.W\nmore\n",
        );
        write(
            "cran.qry",
            ".I 001\n.W\nfirst query\n.I 004\n.W\nsecond query\n",
        );
        write("cranqrel", "1 2 -1\n1 1 3\n2 2 1 \n");
        let found = Collection::load(dir.path(), &[], true).unwrap();
        assert_eq!(found.documents[0].title, "a title");
        assert_eq!(found.documents[0].text, "some\ntext .");
        assert_eq!(found.topics.len(), 2);
        assert_eq!(found.topics[0].judged["1"], 1);
        assert_eq!(found.topics[0].judged["2"], 0);
        assert_eq!(found.topics[1].text, "second query");
        assert_eq!(found.topics[1].judged["2"], 1);
    }
}
