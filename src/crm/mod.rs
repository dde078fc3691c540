//! Customers and opportunities.

mod scope;

pub use scope::visible_opportunities;
