//! The query string of a search, read into what the index takes. Facets may be repeated, which serde cannot read.

use std::str::FromStr;

use url::form_urlencoded;

use crate::error::{Error, Result};
use crate::http::Cursor;
use crate::ids::OpportunityId;
use crate::index::{Dimension, Position, Sort};

/// Hits on one page of the list where not said otherwise.
const LIMIT: usize = 20;
const MOST: usize = 100;
/// Longer texts are cut.
const LONGEST_TEXT: usize = 4_000;

/// What is asked.
#[derive(Debug, Default)]
pub struct SearchQuery {
    /// As it was typed.
    pub(super) text: String,
    /// Whether its last word is still being typed.
    pub(super) typing: bool,
    /// Whether it is nothing but words.
    pub(super) literal: bool,
    /// The deal that content is looked for.
    pub(super) opportunity: Option<OpportunityId>,
    /// The chosen values per dimension.
    pub(super) filters: Vec<(Dimension, Vec<String>)>,
    /// The order.
    pub(super) sort: Sort,
    /// Where the page before ended.
    pub(super) after: Option<Position>,
    /// How many assets.
    pub(super) limit: usize,
    /// The change that must be seen.
    pub(super) after_seq: Option<i64>,
}

impl SearchQuery {
    /// These words, whatever signs stand among them, and so many assets.
    pub fn words(text: String, limit: usize) -> Self {
        Self {
            text,
            literal: true,
            limit,
            ..Self::default()
        }
    }

    /// Reads a query string.
    pub fn parse(query_string: &str) -> Result<Self> {
        let mut query = Self {
            limit: LIMIT,
            ..Self::default()
        };
        for (name, value) in form_urlencoded::parse(query_string.as_bytes()) {
            if value.is_empty() {
                continue;
            }
            match name.as_ref() {
                "q" => query.text = value.chars().take(LONGEST_TEXT).collect(),
                "opportunity" => {
                    query.opportunity = Some(read(&name, &value, "the id of an opportunity")?);
                }
                "sort" => query.sort = sort(&value)?,
                "cursor" => query.after = Some(Cursor::decode(&value)?),
                "limit" => query.limit = read::<usize>(&name, &value, "a number")?.clamp(1, MOST),
                "typing" => query.typing = value == "true",
                "after_seq" => query.after_seq = Some(read(&name, &value, "a number")?),
                name => query.choose(name, &value),
            }
        }
        Ok(query)
    }

    /// Adds a value to its dimension's filter; parameters that are no dimension are none of ours.
    fn choose(&mut self, name: &str, value: &str) {
        let Some(dimension) = Dimension::ALL
            .into_iter()
            .find(|dimension| dimension.as_str() == name)
        else {
            return;
        };
        match self
            .filters
            .iter_mut()
            .find(|(chosen, _)| *chosen == dimension)
        {
            Some((_, values)) => values.push(value.to_owned()),
            None => self.filters.push((dimension, vec![value.to_owned()])),
        }
    }
}

fn sort(value: &str) -> Result<Sort> {
    match value {
        "relevance" => Ok(Sort::Relevance),
        "newest" => Ok(Sort::Newest),
        "title" => Ok(Sort::Title),
        _ => Err(Error::field("sort", "Sort by relevance, newest or title.")),
    }
}

fn read<T: FromStr>(name: &str, value: &str, what: &str) -> Result<T> {
    value
        .parse()
        .map_err(|_| Error::field(name, format!("This must be {what}.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facets_may_be_repeated_and_empty_ones_do_not_count() {
        let query = SearchQuery::parse(
            "q=cold+chain&industry=banking&industry=public%20sector&stage=&limit=500",
        )
        .unwrap();
        assert_eq!(query.text, "cold chain");
        let industry = vec!["banking".to_owned(), "public sector".to_owned()];
        assert_eq!(query.filters, [(Dimension::Industry, industry)]);
        assert_eq!(query.limit, MOST);
    }

    #[test]
    fn wrong_values_are_named() {
        for (text, field) in [
            ("sort=best", "sort"),
            ("limit=many", "limit"),
            ("opportunity=x", "opportunity"),
            ("cursor=x", "cursor"),
        ] {
            let error = SearchQuery::parse(text).unwrap_err();
            assert_eq!(error.fields[0].field, field);
        }
    }
}
