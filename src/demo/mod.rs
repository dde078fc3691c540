//! The demo: a fictional vendor's collateral, customers and a year of history, loaded through the real pipeline.
//!
//! Invariant: nothing here writes a table that a feature owns; it calls the features as a user would.

pub mod manifest;
pub mod plan;
pub mod shift;
