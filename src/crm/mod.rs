//! Customers and opportunities.

mod scope;

pub use scope::{find_opportunity, visible_opportunities};
