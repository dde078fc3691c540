//! What people say about an asset: read leniently, checked in one place, told field by field.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize};

use super::views::Facets;
use crate::entities::{AssetKind, AssetState, Facet};
use crate::error::{Error, FieldError, Result};
use crate::ids::UserId;

const LONGEST_TITLE: usize = 200;
const LONGEST_DESCRIPTION: usize = 4_000;
const LONGEST_NOTE: usize = 2_000;
pub(super) const LONGEST_VALUE: usize = 80;
/// The most values of one facet of an asset.
pub(super) const MOST_VALUES: usize = 50;

/// What an upload or an edit says about an asset. What is not said stays as it is; `null` takes a value away.
#[derive(Clone, Debug, Default, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Metadata {
    /// Where not said at upload: the document's own title, or the file's name.
    pub title: Option<String>,
    /// A few sentences.
    pub description: Option<String>,
    /// Guessed from the file where not said at upload.
    pub kind: Option<AssetKind>,
    /// BCP 47; detected where not said.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    pub language: Option<Option<String>>,
    /// Reps may read it; it never leaves in a pitch.
    pub internal_only: Option<bool>,
    /// Where it starts in its life cycle: `draft` where not said.
    pub state: Option<AssetState>,
    /// What it is for; a dimension that is not named stays as it is.
    pub facets: Option<FacetsInput>,
    /// The day by which somebody should look at it again.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<NaiveDate>)]
    pub review_by: Option<Option<NaiveDate>>,
    /// The day from which it may not be pitched any more.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<NaiveDate>)]
    pub expires_at: Option<Option<NaiveDate>>,
    /// Of a further version: what changed. Nothing else asks for it.
    pub change_note: Option<String>,
    /// Who looks after it; whoever uploads it where not said.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<UserId>)]
    pub owner_id: Option<Option<UserId>>,
}

/// New values for some of the facets.
#[derive(Clone, Debug, Default, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(default)]
#[allow(missing_docs, reason = "the names say it")]
pub struct FacetsInput {
    pub product: Option<Vec<String>>,
    pub industry: Option<Vec<String>>,
    pub stage: Option<Vec<String>>,
    pub persona: Option<Vec<String>>,
    pub region: Option<Vec<String>>,
    pub competitor: Option<Vec<String>>,
    pub tag: Option<Vec<String>>,
}

impl FacetsInput {
    fn get_mut(&mut self, facet: Facet) -> Option<&mut Vec<String>> {
        match facet {
            Facet::Product => self.product.as_mut(),
            Facet::Industry => self.industry.as_mut(),
            Facet::Stage => self.stage.as_mut(),
            Facet::Persona => self.persona.as_mut(),
            Facet::Region => self.region.as_mut(),
            Facet::Competitor => self.competitor.as_mut(),
            Facet::Tag => self.tag.as_mut(),
        }
    }

    /// The same, with `others` where a dimension is not named.
    pub(super) fn or(self, others: Self) -> Self {
        Self {
            product: self.product.or(others.product),
            industry: self.industry.or(others.industry),
            stage: self.stage.or(others.stage),
            persona: self.persona.or(others.persona),
            region: self.region.or(others.region),
            competitor: self.competitor.or(others.competitor),
            tag: self.tag.or(others.tag),
        }
    }

    /// `old` with the dimensions that are named here replaced.
    pub(super) fn applied_to(mut self, mut old: Facets) -> Facets {
        for facet in Facet::ALL {
            if let Some(values) = self.get_mut(*facet) {
                *old.get_mut(*facet) = std::mem::take(values);
            }
        }
        old
    }
}

impl From<Facets> for FacetsInput {
    fn from(facets: Facets) -> Self {
        Self {
            product: Some(facets.product),
            industry: Some(facets.industry),
            stage: Some(facets.stage),
            persona: Some(facets.persona),
            region: Some(facets.region),
            competitor: Some(facets.competitor),
            tag: Some(facets.tag),
        }
    }
}

impl Metadata {
    /// Reads the JSON of an upload's `metadata` part.
    pub(super) fn from_json(text: &[u8]) -> Result<Self> {
        serde_json::from_slice(text)
            .map_err(|error| Error::field("metadata", format!("This is not as expected: {error}")))
    }

    /// The same, trimmed, or every field that is wrong.
    pub(super) fn checked(mut self) -> Result<Self> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, detail: String| {
            errors.push(FieldError {
                field: field.to_owned(),
                detail,
            });
        };
        if let Some(title) = &mut self.title {
            *title = one_line(title);
            if title.is_empty() || title.chars().count() > LONGEST_TITLE {
                wrong(
                    "title",
                    format!("A title has 1 to {LONGEST_TITLE} characters."),
                );
            }
        }
        if let Some(note) = &mut self.change_note {
            *note = note.trim().replace('\0', "");
            if note.chars().count() > LONGEST_NOTE {
                wrong(
                    "change_note",
                    format!("A note on what changed has {LONGEST_NOTE} characters at the most."),
                );
            }
        }
        if let Some(text) = &mut self.description {
            *text = text.trim().to_owned();
            if text.chars().count() > LONGEST_DESCRIPTION {
                wrong(
                    "description",
                    format!("A description has {LONGEST_DESCRIPTION} characters at the most."),
                );
            }
        }
        if let Some(Some(language)) = &mut self.language {
            match language_tag(language) {
                Some(tag) => *language = tag,
                None => wrong(
                    "language",
                    "Give a language tag such as en or de-AT.".to_owned(),
                ),
            }
        }
        for facet in Facet::ALL {
            let Some(values) = self.facets.as_mut().and_then(|all| all.get_mut(*facet)) else {
                continue;
            };
            *values = cleaned(values);
            let too_long = values
                .iter()
                .any(|value| value.chars().count() > LONGEST_VALUE);
            if too_long || values.len() > MOST_VALUES {
                wrong(
                    &format!("facets.{facet}"),
                    format!("At most {MOST_VALUES} values of {LONGEST_VALUE} characters each."),
                );
            }
        }
        if errors.is_empty() {
            return Ok(self);
        }
        Err(Error::fields(errors))
    }
}

/// Trimmed, without empty and repeated values; two that differ only in case are one.
pub(super) fn cleaned(values: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for value in values.iter().map(|value| one_line(value)) {
        let known = kept
            .iter()
            .any(|other| other.to_lowercase() == value.to_lowercase());
        if !value.is_empty() && !known {
            kept.push(value);
        }
    }
    kept
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn clipped_title(text: &str) -> String {
    one_line(text).chars().take(LONGEST_TITLE).collect()
}

/// A language tag in its usual spelling (`de-AT`, `zh-Hant`), if it is one.
pub(super) fn language_tag(text: &str) -> Option<String> {
    let mut parts = text.trim().split('-');
    let first = parts.next()?;
    if !(2..=3).contains(&first.len()) || !first.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let mut tag = first.to_ascii_lowercase();
    for part in parts {
        if !(1..=8).contains(&part.len()) || !part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            return None;
        }
        tag.push('-');
        match part.len() {
            2 => tag.push_str(&part.to_ascii_uppercase()),
            4 => {
                let mut letters = part.chars();
                tag.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
                tag.push_str(&letters.as_str().to_ascii_lowercase());
            }
            _ => tag.push_str(&part.to_ascii_lowercase()),
        }
    }
    Some(tag)
}

/// Tells "not said" from "said to be nothing".
pub(super) fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_is_named() {
        let json = br#"{"title":" ","language":"english please","facets":{"tag":["a","A"," "]}}"#;
        let error = Metadata::from_json(json).unwrap().checked().unwrap_err();
        let fields: Vec<_> = error
            .fields
            .iter()
            .map(|field| field.field.as_str())
            .collect();
        assert_eq!(fields, ["title", "language"]);
    }

    #[test]
    fn language_tags_have_one_spelling() {
        assert_eq!(language_tag("de-at").as_deref(), Some("de-AT"));
        assert_eq!(language_tag(" ZH-hant-tw").as_deref(), Some("zh-Hant-TW"));
        assert_eq!(language_tag("english"), None);
        assert_eq!(language_tag("e"), None);
    }

    #[test]
    fn null_is_told_from_absent() {
        let said = Metadata::from_json(br#"{"expires_at":null}"#).unwrap();
        assert_eq!(said.expires_at, Some(None));
        assert_eq!(said.review_by, None);
    }

    #[test]
    fn facets_that_are_not_named_stay() {
        let old = Facets {
            product: vec!["Ledger".to_owned()],
            tag: vec!["old".to_owned()],
            ..Facets::default()
        };
        let json = br#"{"facets":{"tag":[" new  tag ","New Tag",""]}}"#;
        let input = Metadata::from_json(json)
            .unwrap()
            .checked()
            .unwrap()
            .facets
            .unwrap();
        let new = input.applied_to(old);
        assert_eq!(new.product, ["Ledger"]);
        assert_eq!(new.tag, ["new tag"]);
    }
}
