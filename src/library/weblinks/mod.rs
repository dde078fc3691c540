//! Web links: an asset whose file is a snapshot of an address on the web, taken when a person asks for it.
//!
//! It is no crawler: nothing is fetched by the clock, no link is followed but redirects, and no script is run.
//!
//! Invariant: the server connects to public addresses only (`crate::outside`), decided at the moment of connecting and for
//! every redirect, so that neither a name that changes its address nor a redirect leads into the house.

mod fetch;
mod routes;

pub use fetch::Fetcher;
pub use routes::{__path_add_web_link, __path_fetch_again, NewWebLink, add_web_link, fetch_again};
