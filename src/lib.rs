//! Lastmile.

pub mod documents;
