//! Why an asset is recommended, in sentences that a representative can repeat.

use super::gates::Match;
use super::knowledge::{Candidate, KnownDeal};

/// Which of the deal's traits the asset is made for, the most telling first.
pub(super) fn fitting(deal: &KnownDeal, candidate: &Candidate) -> Vec<String> {
    Match::ALL
        .into_iter()
        .zip(deal.traits.iter().zip(&candidate.facets))
        .filter_map(|(facet, (wanted, values))| {
            let wanted = wanted.as_ref()?;
            let hit = values.iter().any(|value| same(value, wanted));
            hit.then(|| sentence(facet, wanted))
        })
        .collect()
}

/// What a facet in common means.
pub fn sentence(facet: Match, value: &str) -> String {
    let value = value.trim().replace('_', " ");
    match facet {
        Match::Industry => format!("Made for {value}"),
        Match::Product => format!("About {}", named(&value)),
        Match::Persona => format!("Written for {value}"),
        Match::Competitor => format!("Answers {}", named(&value)),
        Match::Stage => format!("Fits the {value} stage"),
    }
}

/// Products and competitors are names.
fn named(value: &str) -> String {
    let mut rest = value.chars();
    rest.next()
        .map(|first| first.to_uppercase().chain(rest).collect())
        .unwrap_or_default()
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}
