//! The demo: a fictional vendor's collateral, customers and a year of history, loaded through the real pipeline.
//!
//! Invariant: nothing here writes a table that a feature owns; it calls the features as a user would. An installation
//! is a demo from its first row on, and complete when its setting says so; a loading that was cut off begins anew.

mod compose;
mod consent;
mod load;
mod manifest;
mod plan;
mod play;
mod shift;
mod upkeep;

pub use load::{PASSWORD, is_loaded, load};
