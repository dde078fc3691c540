//! Conversions through the real executable, from file to pages.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::format_push_string,
    clippy::format_collect,
    reason = "a test may fail where it stands"
)]

#[cfg(feature = "embedded-office")]
mod embedded;
mod fixtures;
mod formats;
mod hostile;
mod office;
mod support;
