//! What a pitch was: every save is kept, can be looked at, and can be brought back as a new one.
//!
//! The saves that a browser's tab makes by itself within some minutes are one entry; another tab, another person or a
//! pause begins the next. So whoever loses a conflict of two edits finds theirs here.
//!
//! Invariant: history only grows at its end; bringing back writes a new revision. What was sent is not rewritten.

mod changes;
mod content;
mod list;
mod record;
mod restore;
mod show;

pub use list::{__path_list_revisions, RevisionRow, Revisions, list_revisions};
pub use restore::{__path_restore_revision, Restored, restore_revision};
pub use show::{__path_get_revision, RevisionItem, RevisionView, get_revision};

pub(super) use content::{Content, content_of};
pub(super) use record::{Saved, keep_before, record};
