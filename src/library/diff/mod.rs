//! What changed from one version of an asset to another, page by page.
//!
//! `fingerprint.rs` says what a page is, as far as comparing goes; `align.rs` finds which page became which, pure and in
//! bounded time; `words.rs` marks the words; `route.rs` answers the question of the screen. Pictures are compared by the
//! addresses of their blobs and by their likeness, never decoded here.

mod align;
mod fingerprint;
mod pages;
mod route;
mod words;

pub use pages::{Became, Fates, page_fates};
pub use route::{
    __path_diff_versions, DiffPage, DiffQuery, DiffSide, DiffSummary, DiffView, PageChange,
    diff_versions,
};
pub use words::{Passage, PassageKind};
