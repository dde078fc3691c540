//! The search index of a node: tantivy, fed by the change log.
//!
//! Documents are pages, grouped by asset. It knows assets as rows and nothing of who asks: callers say which states
//! they may see, and that is part of every query.
//!
//! Invariant: the database is the truth; the index can be thrown away at any time and builds itself anew. One
//! [`Follower`] writes, requests only hold the [`Index`] to read.

mod analysis;
mod assets;
mod compile;
mod entries;
mod find;
mod follower;
mod groups;
mod handle;
mod lexicon;
mod order;
mod place;
mod schema;
mod several;
mod snippet;
mod spelling;
mod suggest;
mod synonyms;
mod text;
mod tokenizer;
mod view;
mod visible;
mod vocabulary;
mod words;
mod writer;

pub use analysis::{Depth, stems};
pub use compile::{Matching, Spelling};
pub use find::{Found, FoundAsset, FoundPage, SearchRequest, same_value};
pub use follower::{Follower, REINDEX, SYNONYMS};
pub use groups::{Preference, Weights};
pub use handle::Index;
pub use order::{Position, Sort};
pub use schema::Dimension;
pub use snippet::Segment;
pub use spelling::nearest;
pub use suggest::{SuggestRequest, Suggestion, Suggestions};
pub use synonyms::{MOST_SYNONYMS, SynonymGroup, Synonyms};
