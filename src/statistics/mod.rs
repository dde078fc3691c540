//! Statistics that know nothing of sales: regressions and what they are computed with.
//!
//! Pure functions over numbers; reads no table, keeps nothing.

mod fading;
mod logistic;
mod sparse;

pub use fading::Fading;
pub use logistic::{Prior, fit, sigmoid};
pub use sparse::Sparse;
