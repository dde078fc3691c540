//! What every feature's routes share: who is asking, what they may do, how lists are paged and errors are written.
//!
//! It knows no feature and no URL; the table of URLs is `routes.rs`.
//!
//! Invariant: a route cannot be registered without saying who may use it ([`Access`]).

mod access;
mod edit;
mod form;
mod headers;
mod idempotency;
pub mod limits;
mod network;
mod packing;
mod page;
mod permission;
mod principal;
mod problem;
mod range;
mod route;
pub mod token;

pub use edit::{IfMatch, with_etag};
pub use form::Form;
pub use headers::security_headers;
pub use network::{address_of, network, network_of};
pub use packing::{BROTLI_WINDOW, pack, takes_brotli};
pub use page::{Cursor, ListQuery, Page, next_cursor};
pub use permission::Permission;
pub use principal::{Credential, Principal, data as app_data};
pub use problem::{Problem, configure_extractors, method_not_allowed, not_found, write_problems};
pub use range::requested_range;
pub use route::{Access, DrawRefusal, Route, register};
pub use token::SESSION_COOKIE;
