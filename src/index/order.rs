//! The order of a list of assets, and places in it.
//!
//! Invariant: no two assets of a list have the same place, so that a list goes on exactly where its page before ended.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// The order of hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// The best first.
    #[default]
    Relevance,
    /// Whose current version came last first.
    Newest,
    /// By title.
    Title,
}

/// A place in the list of hits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    score: f32,
    time: i64,
    title: String,
    key: u64,
}

/// What a place is told by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) score: f32,
    pub(super) time: i64,
    pub(super) title: &'a str,
    pub(super) key: u64,
}

impl Position {
    pub(super) fn place(&self) -> Place<'_> {
        Place {
            score: self.score,
            time: self.time,
            title: &self.title,
            key: self.key,
        }
    }
}

impl Place<'_> {
    /// For those who come back later.
    pub(super) fn position(self) -> Position {
        Position {
            score: self.score,
            time: self.time,
            title: self.title.to_owned(),
            key: self.key,
        }
    }

    /// Which of the two comes first.
    pub(super) fn order(self, other: Self, sort: Sort) -> Ordering {
        match sort {
            Sort::Relevance => {
                let by_score = other.score.total_cmp(&self.score);
                by_score.then(other.time.cmp(&self.time))
            }
            Sort::Newest => other.time.cmp(&self.time),
            Sort::Title => self.title.cmp(other.title),
        }
        .then(self.key.cmp(&other.key))
    }
}
