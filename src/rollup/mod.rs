//! The arithmetic from signals to numbers: events fold into a visit, a visit contributes to the rollups.
//!
//! It knows the tables and no feature. The live path adds `contribution(after) - contribution(before)` in the
//! transaction of its events; [`rebuild`] folds every event from the beginning. Both run the same functions.
//!
//! Invariant: the fold does not depend on the order of events, so what is kept live equals what is rebuilt.

mod classify;
mod contribution;
#[cfg(test)]
mod properties;
mod rebuild;
mod rules;
mod signal;
mod statements;
mod tables;
mod visit;

pub use classify::{CLASSIFIER_VERSION, Reason, Verdict};
pub use contribution::{AssetSums, Deltas, PageSums, contribution};
pub use rebuild::{Rebuilt, rebuild};
pub use rules::{Rules, Ruling};
pub use signal::{ClientFacts, ServerFacts, Signal, SignalData};
pub use statements::Rows;
pub use tables::{add_deltas, insert_visits, overwrite_visits, replace_pages};
pub use visit::{Facts, LinkFacts, PageState, Visit, started_at};

/// A page was seen when it was in view and active for this long.
pub const SEEN_MS: i64 = 1_000;

/// A visit read when a person had one page in view and active for this long.
pub const READ_MS: i64 = 3_000;

/// How many rows go into one statement: 20 columns stay below SQLite's 32,766 and PostgreSQL's 65,535 values.
pub const CHUNK: usize = 1_000;
