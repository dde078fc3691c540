//! Pitches and their tracked links: what was chosen for one opportunity, and who was given a way to it.
//!
//! The page that a prospect sees is `viewer`; what they do there is `engagement`.
//!
//! Invariant: a link's token exists only in the address; the database holds its hash.

mod layout;
mod token;

pub use layout::{Layout, LayoutItem, layout};
pub use token::{find_open_link, link_token, link_url, token_hash};
