//! Measuring how well the search finds, on any collection of documents, queries and judgements.
//!
//! The collection goes the way of all content: rows in a database of its own, the follower, the index; and queries are
//! answered by the very function that answers the API. It measures and prints nothing.

mod classic;
mod collection;
mod lenient;
mod measure;
mod metrics;
mod store;
mod typos;

pub use collection::{Collection, Document, Topic};
pub use measure::{Figures, Latency, Options, Report, Row, TypoFigures, measure};
