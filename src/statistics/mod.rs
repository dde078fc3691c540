//! Statistics that know nothing of sales: regressions and what they are computed with.
//!
//! Pure functions over numbers; reads no table, keeps nothing.

mod fading;
mod logistic;
mod sparse;
mod spread;

pub use fading::Fading;
pub use logistic::{Prior, fit, refit, sigmoid};
pub use sparse::Sparse;
pub use spread::{Belief, Estimate, precision};
