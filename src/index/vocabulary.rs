//! The values of facets that somebody may see, with what every search of theirs asks of them.
//!
//! Invariant: it is of one commit, as the view that keeps it.

use super::analysis::stems;
use super::groups::{Counts, Preference};
use super::schema::Dimension;
use crate::entities::AssetKind;

/// What share of its score an asset gains for each value that the query names: less than a word of the text.
const NAMED: f32 = 0.25;
/// What queries name values of.
const NAMING: [Dimension; 4] = [
    Dimension::Kind,
    Dimension::Product,
    Dimension::Industry,
    Dimension::Competitor,
];

/// All values, with nothing asked for.
pub(super) struct Vocabulary {
    /// How many assets have each.
    pub(super) counts: Counts,
    naming: Vec<Naming>,
}

/// A value that a query can name by its words.
struct Naming {
    dimension: Dimension,
    value: String,
    stems: Vec<String>,
}

impl Vocabulary {
    /// Reads the words of the values, once for all searches.
    pub(super) fn new(counts: Counts) -> Self {
        let mut naming = Vec::new();
        for dimension in NAMING {
            for value in counts.get(&dimension).into_iter().flat_map(|v| v.keys()) {
                let stems = stems(&value.replace('_', " "));
                if !stems.is_empty() && value != AssetKind::Other.as_str() {
                    naming.push(Naming {
                        dimension,
                        value: value.clone(),
                        stems,
                    });
                }
            }
        }
        Self { counts, naming }
    }

    /// The values that a text names: who asks for a case study means the kind as much as the words.
    pub(super) fn named(&self, text: &str) -> Vec<Preference> {
        let asked = stems(text);
        let named = |value: &&Naming| value.stems.iter().all(|stem| asked.contains(stem));
        self.naming
            .iter()
            .filter(named)
            .map(|value| Preference {
                dimension: value.dimension,
                value: value.value.clone(),
                weight: NAMED,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_text_names_the_values_of_which_it_has_all_words() {
        let values = |values: &[&str]| -> BTreeMap<String, u64> {
            values
                .iter()
                .map(|value| ((*value).to_owned(), 1))
                .collect()
        };
        let vocabulary = Vocabulary::new(Counts::from([
            (Dimension::Kind, values(&["case_study", "other", "deck"])),
            (Dimension::Industry, values(&["Public Sector"])),
            (Dimension::Tag, values(&["studies"])),
        ]));
        let named = |text| -> Vec<String> {
            let named = vocabulary.named(text).into_iter();
            named.map(|one| one.value).collect()
        };
        assert_eq!(named("case studies of other banks"), ["case_study"]);
        assert_eq!(
            named("a deck for the public sectors"),
            ["deck", "Public Sector"]
        );
        assert_eq!(named("sector"), Vec::<String>::new());
    }
}
