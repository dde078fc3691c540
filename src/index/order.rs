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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Of its best document, raised by how well it fits.
    pub(super) score: f32,
    /// When its current version came.
    pub(super) time: i64,
    /// Its title as it is sorted, in a list by title.
    pub(super) title: String,
    /// The random half of the asset's id.
    pub(super) key: u64,
}

impl Position {
    /// Which of the two comes first.
    pub(super) fn order(&self, other: &Self, sort: Sort) -> Ordering {
        match sort {
            Sort::Relevance => {
                let by_score = other.score.total_cmp(&self.score);
                by_score.then(other.time.cmp(&self.time))
            }
            Sort::Newest => other.time.cmp(&self.time),
            Sort::Title => self.title.cmp(&other.title),
        }
        .then(self.key.cmp(&other.key))
    }
}
