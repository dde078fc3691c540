//! Values of facets that are typed into a question, such as `industry:bank`.

use crate::index::analysis::{folded, plain_tokens};
use crate::index::groups::{Counts, comparable};
use crate::index::schema::Dimension;

/// The values that somebody means who types one: itself, or all that have a word beginning like it.
pub(super) fn meant(known: &Counts, dimension: Dimension, typed: &str) -> Vec<String> {
    let values = || known.get(&dimension).into_iter().flat_map(|v| v.keys());
    let wanted = comparable(typed);
    if values().any(|value| comparable(value) == wanted) {
        return vec![typed.to_owned()];
    }
    let wanted: Vec<_> = plain_tokens(&wanted)
        .into_iter()
        .map(|token| token.text)
        .collect();
    let like: Vec<_> = values()
        .filter(|value| {
            let words = folded(&value.replace('_', " "));
            wanted
                .iter()
                .all(|wanted| words.split(' ').any(|word| word.starts_with(wanted)))
        })
        .cloned()
        .collect();
    if like.is_empty() || wanted.is_empty() {
        vec![typed.to_owned()]
    } else {
        like
    }
}

/// Adds values to a dimension's filter.
pub(in crate::index) fn add_filter(
    filters: &mut Vec<(Dimension, Vec<String>)>,
    dimension: Dimension,
    values: Vec<String>,
) {
    match filters.iter_mut().find(|(named, _)| *named == dimension) {
        Some((_, chosen)) => chosen.extend(values),
        None => filters.push((dimension, values)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_value_is_meant_by_itself_or_by_the_beginning_of_its_words() {
        let values = ["banking", "investment_banks", "Public Sector"];
        let counts: BTreeMap<_, _> = values.iter().map(|v| ((*v).to_owned(), 1)).collect();
        let known = Counts::from([(Dimension::Industry, counts)]);
        let meant = |typed| meant(&known, Dimension::Industry, typed);
        assert_eq!(meant("bank"), ["banking", "investment_banks"]);
        assert_eq!(meant("Banking"), ["Banking"]);
        assert_eq!(meant("public_sector"), ["public_sector"]);
        assert_eq!(meant("sector"), ["Public Sector"]);
        assert_eq!(meant("farming"), ["farming"]);
    }
}
