//! What to send next in an opportunity, without a query.
//!
//! ```text
//! history (deals, sends, moves) -> gates.rs (what goes together with going on) -> slate.rs (a list worth reading)
//!                               -> recommender.rs (kept ready per opportunity) -> handlers.rs
//! ```
//!
//! `stories/` proposes the story of a similar customer for what this prospect has told.
//! `similar.rs` is what people are told as evidence; it never ranks. `lessons.rs` hands to searches what was learnt.
//! Nothing here searches by what somebody typed, and nothing claims to know what causes a win.
//!
//! Invariant: lists are derived from the database and can be made anew at any time; what may not be pitched is never in
//! one; one place in five goes to what was hardly ever sent, and is marked so.

mod gates;
mod handlers;
mod knowledge;
mod lessons;
mod reasons;
mod received;
mod recommender;
mod similar;
mod slate;
mod stories;
mod views;

pub use gates::{Deal, Gate, GateModel, History, Match, Piece, STAGES, Send};
pub use handlers::{
    __path_received_content, __path_recommendations, ReceivedQuery, received_content,
    recommendations,
};
pub use lessons::Lessons;
pub use reasons::sentence;
pub use received::{Received, ReceivedBy, received};
pub use recommender::Recommender;
pub use stories::{
    __path_stories, ConflictSource, ConflictView, Stories, StoriesQuery, StoryPage, StoryView,
    stories,
};
pub use views::{
    EvidenceView, ReceivedAsset, ReceivedContent, RecommendationView, Recommendations,
    RecommendedPage,
};
