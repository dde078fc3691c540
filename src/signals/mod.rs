//! Named signals and scores: what the visits of an opportunity say about its people, in words, with a next step.
//!
//! ```text
//! visits, links, committee -> load.rs -> History -> rules.rs (named signals), score.rs (how warm): pure functions
//!                                               -> write.rs: rows once per cause (rows.rs) and who hears of it (tell.rs), one transaction
//! reconciler.rs: looks which opportunities have changed, on every node, without input
//! ```
//!
//! It takes in no event (`engagement` does) and decides nothing about who hears of it when (`alerts` does).
//!
//! Invariants: only what a person did, judged after the stall, makes a signal; one cause makes one; what is no longer
//! so is withdrawn and says so; scores are derived from visits, and a rebuild makes the same.

mod contacts;
mod history;
mod list;
mod load;
mod price;
mod reconciler;
mod rows;
mod rules;
mod score;
mod score_views;
mod tell;
mod who;
mod words;
mod write;

pub use list::{
    __path_handle_signal, __path_list_signals, HandleSignal, SignalView, SignalsQuery,
    handle_signal, list_signals,
};
pub use reconciler::Signaler;
pub use score::{Crossing, Scale, Term, replay};
pub use score_views::{
    __path_contact_score, __path_opportunity_score, ReachView, ScoreDay, ScorePart, ScoreTerm,
    ScoreView, contact_score, opportunity_score,
};
