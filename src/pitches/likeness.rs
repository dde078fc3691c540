//! What could stand in for a piece that must not be sent any more: the same kind, the nearest facets, the freshest. Pure
//! arithmetic with its reasons in words; whether a candidate may be sent was asked before.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use crate::entities::Facet;
use crate::library::{AssetSummary, Facets};

/// What each dimension in common is worth, the weightiest first; that is also the order of the reasons.
const WEIGHTS: [(Facet, f64); 7] = [
    (Facet::Product, 4.0),
    (Facet::Industry, 3.0),
    (Facet::Stage, 2.0),
    (Facet::Persona, 2.0),
    (Facet::Competitor, 1.5),
    (Facet::Region, 1.0),
    (Facet::Tag, 0.5),
];
/// What the same words in the title are worth: the next year's price sheet is the likeliest of all.
const TITLE: f64 = 3.0;
/// What another language costs: a reader who cannot read it is not helped.
const OTHER_LANGUAGE: f64 = 12.0;
/// What being brand-new is worth; it halves every half year.
const FRESH: f64 = 1.5;
const HALF_LIFE_DAYS: f64 = 182.0;

/// What is compared of a piece.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traits<'a> {
    pub(super) title: &'a str,
    pub(super) language: Option<&'a str>,
    pub(super) facets: &'a Facets,
    pub(super) updated_at: DateTime<Utc>,
}

impl<'a> From<&'a AssetSummary> for Traits<'a> {
    fn from(asset: &'a AssetSummary) -> Self {
        Self {
            title: &asset.title,
            language: asset.language.as_deref(),
            facets: &asset.facets,
            updated_at: asset.updated_at,
        }
    }
}

/// How well a candidate could stand in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Likeness {
    pub(super) score: f64,
    /// Why, in words; the weightiest first.
    pub(super) reasons: Vec<String>,
    updated_at: DateTime<Utc>,
}

impl Likeness {
    /// The likest first, and of equals the freshest.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        other
            .score
            .total_cmp(&self.score)
            .then_with(|| other.updated_at.cmp(&self.updated_at))
    }
}

/// Compares a candidate of the same kind with the piece that it would replace.
pub(super) fn likeness(old: Traits<'_>, candidate: Traits<'_>, now: DateTime<Utc>) -> Likeness {
    let mut score = 0.0;
    let mut reasons = Vec::new();
    let titles = overlap(&words(old.title), &words(candidate.title));
    if titles >= 0.5 {
        reasons.push("Much the same title".to_owned());
    }
    score += TITLE * titles;
    for (facet, weight) in WEIGHTS {
        let (had, has) = (old.facets.get(facet), candidate.facets.get(facet));
        let common: Vec<&str> = had
            .iter()
            .filter(|value| has.contains(value))
            .map(String::as_str)
            .collect();
        if common.is_empty() {
            continue;
        }
        score += weight * overlap(had, has);
        reasons.push(format!(
            "Same {facet}: {}",
            common.join(", ").replace('_', " ")
        ));
    }
    if let (Some(one), Some(other)) = (old.language, candidate.language)
        && primary(one) != primary(other)
    {
        score -= OTHER_LANGUAGE;
        reasons.push(format!("But in another language ({other})"));
    }
    let days = (now - candidate.updated_at).num_days().max(0);
    #[allow(clippy::cast_precision_loss, reason = "days of a lifetime are exact")]
    let age = days as f64;
    score += FRESH * 0.5_f64.powf(age / HALF_LIFE_DAYS);
    if candidate.updated_at > old.updated_at {
        reasons.push("Changed more recently".to_owned());
    }
    Likeness {
        score,
        reasons,
        updated_at: candidate.updated_at,
    }
}

/// The share of what two lists have in common in all that they have, 0 to 1.
fn overlap(one: &[String], other: &[String]) -> f64 {
    let common = one.iter().filter(|value| other.contains(value)).count();
    let all = one.len() + other.len() - common;
    if all == 0 {
        return 0.0;
    }
    #[allow(clippy::cast_precision_loss, reason = "lists are short")]
    let share = common as f64 / all as f64;
    share
}

/// The words of a title, each once; numbers such as the year are none.
fn words(title: &str) -> Vec<String> {
    let mut words: Vec<String> = title
        .to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.chars().any(char::is_alphabetic))
        .map(str::to_owned)
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// `de` of `de-AT`.
fn primary(language: &str) -> &str {
    language.split('-').next().unwrap_or(language)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    fn facets(product: &[&str], industry: &[&str]) -> Facets {
        let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        Facets {
            product: list(product),
            industry: list(industry),
            ..Facets::default()
        }
    }

    fn traits<'a>(title: &'a str, facets: &'a Facets, days: i64) -> Traits<'a> {
        Traits {
            title,
            language: Some("en"),
            facets,
            updated_at: now() - TimeDelta::days(days),
        }
    }

    fn best<'a>(old: Traits<'_>, candidates: &[Traits<'a>]) -> &'a str {
        let mut ranked: Vec<_> = candidates
            .iter()
            .map(|one| (likeness(old, *one, now()), one.title))
            .collect();
        ranked.sort_by(|one, other| one.0.order(&other.0));
        ranked[0].1
    }

    #[test]
    fn the_next_edition_stands_in_before_anything_else() {
        let ours = facets(&["ledger"], &["banking"]);
        let old = traits("Price sheet 2025", &ours, 400);
        let same = facets(&["ledger"], &["banking"]);
        let found = best(
            old,
            &[
                traits("Terms for banks", &same, 1),
                traits("Price sheet 2026", &same, 30),
            ],
        );
        assert_eq!(found, "Price sheet 2026");
    }

    #[test]
    fn nearer_facets_beat_freshness_and_freshness_decides_among_equals() {
        let ours = facets(&["ledger"], &["banking"]);
        let old = traits("A story", &ours, 400);
        let (near, far) = (facets(&["ledger"], &["banking"]), facets(&[], &["retail"]));
        let found = best(
            old,
            &[traits("Retailer", &far, 0), traits("Bank", &near, 300)],
        );
        assert_eq!(found, "Bank");
        let found = best(
            old,
            &[
                traits("Old bank", &near, 300),
                traits("New bank", &near, 10),
            ],
        );
        assert_eq!(found, "New bank");
    }

    #[test]
    fn another_language_is_the_last_resort_and_said() {
        let ours = facets(&["ledger"], &["banking"]);
        let old = traits("A story", &ours, 400);
        let german = Traits {
            language: Some("de-AT"),
            ..traits("Eine Geschichte", &ours, 1)
        };
        let plain = facets(&[], &["banking"]);
        assert_eq!(best(old, &[german, traits("Other", &plain, 300)]), "Other");
        let reasons = likeness(old, german, now()).reasons;
        assert!(reasons.contains(&"But in another language (de-AT)".to_owned()));
    }

    #[test]
    fn reasons_name_what_is_in_common() {
        let ours = facets(&["ledger"], &["public_sector"]);
        let found = likeness(traits("A", &ours, 400), traits("B", &ours, 2), now());
        assert_eq!(
            found.reasons,
            [
                "Same product: ledger",
                "Same industry: public sector",
                "Changed more recently"
            ]
        );
    }

    proptest! {
        #[test]
        fn more_in_common_is_never_worth_less(extra in "[a-z]{3,8}") {
            let one = facets(&["ledger"], &["banking"]);
            let half = facets(&["ledger"], &[extra.as_str()]);
            let old = traits("Old", &one, 10);
            let full = likeness(old, traits("New", &one, 10), now());
            let part = likeness(old, traits("New", &half, 10), now());
            prop_assert!(full.score >= part.score);
        }
    }
}
