//! The prospect's page: drawn on the server, readable without script, and the same page as a preview for the rep.
//!
//! What a pitch shows is decided by `pitches`; what the page's script reports is taken by `engagement`. Whether
//! anything is recorded is decided here, on the server: a preview carries no visit token.
//!
//! Invariants: nothing is served that the pitch of the link does not show today; the page is one request before its
//! pictures and names no other host.

mod act;
mod audience;
mod browser;
mod closed;
mod content;
mod cover;
mod download;
mod opt_out;
mod page;
mod picture;
mod privacy;
mod render;
mod share;
mod video;
mod words;

pub use cover::cover;
pub use download::download;
pub use opt_out::{opt_out, opt_out_page};
pub use page::{page, preview};
pub use picture::{page_picture, page_text, preview_page_picture, preview_page_text};
pub use privacy::privacy;
pub use share::share;
pub use video::{captions, preview_captions, preview_video, video};

/// The page's style, as `npm run build:viewer` makes it.
const STYLE: &str = include_str!("../../web/viewer/dist/viewer.css");
/// The page's script, as `npm run build:viewer` makes it.
const SCRIPT: &str = include_str!("../../web/viewer/dist/tracker.js");
