//! What a manifest says of files: `manifest.toml` with `[[asset]]` tables, or `manifest.csv` with the same names as
//! columns.
//!
//! A row that makes no sense is told in its place in the report; it does not stop the others.

use std::collections::HashMap;
use std::str::FromStr;

use chrono::NaiveDate;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};
use unicode_normalization::UnicodeNormalization as _;

use crate::entities::{AssetKind, AssetState};
use crate::error::{Error, Result};
use crate::library::metadata::{FacetsInput, Metadata};

/// The names under which a manifest is looked for, in the top folder.
pub(super) const NAMES: [&str; 2] = ["manifest.toml", "manifest.csv"];
/// Columns that hold several values.
const LISTS: [&str; 8] = [
    "product",
    "industry",
    "stage",
    "persona",
    "region",
    "competitor",
    "tag",
    "tags",
];

/// A file and what is said of it.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    /// With `/` between folders, and accents as part of their letters.
    pub(super) file: String,
    /// What is said, or why that makes no sense.
    pub(super) said: Result<Said, String>,
}

/// What is said of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) metadata: Metadata,
    /// The owner's e-mail address.
    pub(super) owner: Option<String>,
    /// Where in its life the asset goes at once: it was over before it came here.
    pub(super) over: Option<AssetState>,
}

#[derive(Debug, Deserialize)]
struct Row {
    title: Option<String>,
    description: Option<String>,
    #[serde(default, deserialize_with = "word")]
    kind: Option<AssetKind>,
    language: Option<String>,
    #[serde(default, deserialize_with = "word")]
    state: Option<AssetState>,
    internal_only: Option<bool>,
    owner: Option<String>,
    product: Option<Vec<String>>,
    industry: Option<Vec<String>>,
    stage: Option<Vec<String>>,
    persona: Option<Vec<String>>,
    region: Option<Vec<String>>,
    competitor: Option<Vec<String>>,
    #[serde(alias = "tags")]
    tag: Option<Vec<String>>,
    #[serde(default, deserialize_with = "day")]
    review_by: Option<NaiveDate>,
    #[serde(default, deserialize_with = "day")]
    expires_at: Option<NaiveDate>,
}

/// Reads a manifest; its name says in which form it is.
pub(super) fn parse(name: &str, content: &[u8]) -> Result<Vec<Listed>> {
    let text = decode(content);
    let listed = if name.to_lowercase().ends_with(".csv") {
        parse_csv(&text)?
    } else {
        parse_toml(&text)?
    };
    let mut seen = HashMap::new();
    for row in &listed {
        *seen.entry(row.file.clone()).or_insert(0) += 1;
    }
    Ok(listed
        .into_iter()
        .map(|row| match seen.get(&row.file) {
            Some(1) => row,
            _ => Listed {
                said: Err("The manifest names this file more than once.".to_owned()),
                ..row
            },
        })
        .collect())
}

fn parse_toml(text: &str) -> Result<Vec<Listed>> {
    let manifest: toml::Table = text
        .parse()
        .map_err(|error| Error::field("manifest", format!("The manifest is no TOML: {error}")))?;
    let rows = manifest
        .get("asset")
        .and_then(toml::Value::as_array)
        .ok_or_else(|| Error::field("manifest", "The manifest has no [[asset]]."))?;
    rows.iter()
        .map(|row| {
            let file = row
                .get("file")
                .and_then(toml::Value::as_str)
                .ok_or_else(|| {
                    Error::field("manifest", "An [[asset]] of the manifest names no file.")
                })?;
            Ok(listed(
                file,
                Row::deserialize(row.clone()).map_err(|error| error.to_string()),
            ))
        })
        .collect()
}

fn parse_csv(text: &str) -> Result<Vec<Listed>> {
    let head = text.lines().next().unwrap_or_default();
    let delimiter = if head.matches(';').count() > head.matches(',').count() {
        b';'
    } else {
        b','
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let unreadable =
        |error: csv::Error| Error::field("manifest", format!("The manifest is no CSV: {error}"));
    let names: Vec<String> = reader
        .headers()
        .map_err(unreadable)?
        .iter()
        .map(str::to_lowercase)
        .collect();
    if !names.iter().any(|name| name == "file") {
        return Err(Error::field(
            "manifest",
            "The manifest has no column \"file\".",
        ));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let mut fields = Map::new();
        for (name, value) in names.iter().zip(&record) {
            if !value.is_empty() {
                fields.insert(name.clone(), typed(name, value));
            }
        }
        let Some(file) = fields
            .get("file")
            .and_then(Value::as_str)
            .map(str::to_owned)
        else {
            continue;
        };
        rows.push(listed(&file, read(Value::Object(fields))));
    }
    Ok(rows)
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// A cell as the manifest in TOML would have it.
fn typed(name: &str, value: &str) -> Value {
    if LISTS.contains(&name) {
        let parts = value.split([';', '|']).map(str::trim);
        return parts.filter(|part| !part.is_empty()).collect();
    }
    match (name, value.to_lowercase().as_str()) {
        ("internal_only", "true" | "yes" | "1") => json!(true),
        ("internal_only", "false" | "no" | "0") => json!(false),
        ("kind" | "state", lower) => json!(lower.replace([' ', '-'], "_")),
        _ => json!(value),
    }
}

fn listed(file: &str, row: Result<Row, String>) -> Listed {
    let file = file.replace('\\', "/").nfc().collect();
    let said = row.and_then(|row| {
        let over = row
            .state
            .filter(|state| matches!(state, AssetState::Expired | AssetState::Archived));
        let facets = FacetsInput {
            product: row.product,
            industry: row.industry,
            stage: row.stage,
            persona: row.persona,
            region: row.region,
            competitor: row.competitor,
            tag: row.tag,
        };
        let metadata = Metadata {
            title: row.title,
            description: row.description,
            kind: row.kind,
            language: row.language.map(Some),
            internal_only: row.internal_only,
            // What is over was approved once.
            state: over.map_or(row.state, |_| Some(AssetState::Approved)),
            facets: Some(facets),
            review_by: row.review_by.map(Some),
            expires_at: row.expires_at.map(Some),
            owner_id: None,
            change_note: None,
        };
        let metadata = metadata.checked().map_err(|error| error.detail)?;
        Ok(Said {
            metadata,
            owner: row.owner,
            over,
        })
    });
    Listed { file, said }
}

/// One of a few words; who writes another is told which there are.
fn word<'de, D: Deserializer<'de>, T: FromStr<Err = String>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let known = text.parse();
    known
        .map(Some)
        .map_err(|why| serde::de::Error::custom(format!("\u{201c}{text}\u{201d} {why}.")))
}

/// TOML has dates of its own; CSV has text.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Day {
        Toml(toml::value::Datetime),
        Text(String),
    }
    let text = match Day::deserialize(deserializer)? {
        Day::Toml(date) => date.to_string(),
        Day::Text(text) => text,
    };
    text.parse()
        .map(Some)
        .map_err(|_| serde::de::Error::custom(format!("{text} is no day such as 2027-01-31")))
}

/// Text as spreadsheets save it: UTF-8, with or without a mark, or Windows-1252.
fn decode(content: &[u8]) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(content) {
        let rest = content.get(mark..).unwrap_or_default();
        return encoding.decode_without_bom_handling(rest).0.into_owned();
    }
    let text = UTF_8.decode_without_bom_handling_and_without_replacement(content);
    text.unwrap_or_else(|| WINDOWS_1252.decode_without_bom_handling(content).0)
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_none_is_told_with_those_that_are() {
        let csv = parse("m.csv", b"file,state\na.md,approvd\n").unwrap();
        let toml = parse(
            "m.toml",
            b"[[asset]]\nfile = \"a.md\"\nstate = \"approvd\"\n",
        );
        for rows in [csv, toml.unwrap()] {
            let why = rows[0].said.as_ref().unwrap_err();
            assert!(
                why.starts_with("\u{201c}approvd\u{201d} must be one of draft, in_review,"),
                "{why}"
            );
        }
    }

    #[test]
    fn toml_and_csv_say_the_same() {
        let toml = br#"
            anchor = 2026-11-20
            [[asset]]
            file = "decks/plan.pptx"
            title = "The plan"
            kind = "deck"
            state = "archived"
            internal_only = true
            owner = "a@example.com"
            industry = ["banking", "retail"]
            tags = ["x"]
            expires_at = 2027-01-31
            created_on = 2024-05-06
        "#;
        let csv = "\u{feff}file;Title;kind;state;internal_only;owner;industry;tags;expires_at\n\
            decks\\plan.pptx;The plan;Deck;archived;yes;a@example.com;banking | retail;x;2027-01-31\n";
        for rows in [
            parse("manifest.toml", toml),
            parse("Manifest.CSV", csv.as_bytes()),
        ] {
            let rows = rows.unwrap();
            let [row] = rows.as_slice() else { panic!() };
            assert_eq!(row.file, "decks/plan.pptx");
            let said = row.said.as_ref().unwrap();
            assert_eq!(said.owner.as_deref(), Some("a@example.com"));
            assert_eq!(said.over, Some(AssetState::Archived));
            let metadata = &said.metadata;
            assert_eq!(metadata.title.as_deref(), Some("The plan"));
            assert_eq!(metadata.kind, Some(AssetKind::Deck));
            assert_eq!(metadata.state, Some(AssetState::Approved));
            assert_eq!(metadata.internal_only, Some(true));
            let facets = metadata.facets.as_ref().unwrap();
            assert_eq!(
                facets.industry.as_deref(),
                Some(["banking".to_owned(), "retail".to_owned()].as_slice())
            );
            assert_eq!(facets.tag.as_deref(), Some(["x".to_owned()].as_slice()));
            assert_eq!(facets.product, None);
            assert_eq!(
                metadata.expires_at,
                Some(NaiveDate::from_ymd_opt(2027, 1, 31))
            );
        }
    }

    #[test]
    fn a_row_that_makes_no_sense_does_not_stop_the_others() {
        let csv = b"file,kind,expires_at\na.pdf,brochure,\nb.pdf,deck,soon\nc.pdf,deck,\nc.pdf,deck,\nd.pdf,,";
        let rows = parse("m.csv", csv).unwrap();
        let sound: Vec<bool> = rows.iter().map(|row| row.said.is_ok()).collect();
        assert_eq!(sound, [false, false, false, false, true]);
        let why = |index: usize| rows[index].said.as_ref().unwrap_err();
        assert!(why(0).contains("brochure") && why(0).contains("battlecard"));
        assert!(why(1).contains("soon"));
        assert!(why(2).contains("more than once"));
    }

    #[test]
    fn the_samples_manifest_can_be_read() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/content-samples/manifest.toml");
        let rows = parse("manifest.toml", &std::fs::read(path).unwrap()).unwrap();
        assert!(rows.len() > 40);
        for row in rows {
            assert!(row.said.is_ok(), "{}: {:?}", row.file, row.said);
        }
    }
}
