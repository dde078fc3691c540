//! Who has read pages that have since changed, and telling them.
//!
//! When an asset shows another version, what its readers saw may be out of date. `find.rs` says who read what, from the
//! folded visits of people and never from raw events; `stale.rs` decides, purely, which pages that concerns; `route.rs`
//! shows it, `tell.rs` writes to the readers, and `follow.rs` is the job that follows a change: it tells the
//! opportunities' owners.
//!
//! Invariant: nobody is told twice of the same change, and nobody is told through a link that is closed.

mod find;
mod follow;
mod route;
mod stale;
mod tell;
mod views;

pub use follow::version_changed;
pub use route::{__path_superseded_pages, superseded_pages};
pub use tell::{__path_tell_readers, NotTold, TellReaders, Told, tell_readers};
pub use views::{
    ChangedPage, PageNow, ReaderStatus, SupersededReader, SupersededVersion, SupersededView,
};
