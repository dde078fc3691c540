//! One change for many assets: what is asked, what becomes of each, and the job for large numbers.
//!
//! Each asset is decided by itself: it is changed as asked, was so already, or is refused with the reason; an asset that
//! is refused keeps everything. Up to [`AT_ONCE`] assets are changed in the request, in one transaction. More, up to
//! [`MOST`], are written down as they are chosen at that moment and changed by a job, [`CHUNK`] in a transaction, so that
//! other writers get their turn.
//!
//! Invariant: whoever is refused a change on the asset's own screen is refused it here; a job that is repeated changes
//! nothing twice.

mod apply;
mod change;
mod job;
mod report;
mod request;

pub use change::{BulkChange, FacetChange};
pub use job::{BULK_EDIT, BulkEdits};
pub use report::{
    __path_get_bulk_edit, __path_list_bulk_items, BulkItem, BulkItemsQuery, BulkReport,
    get_bulk_edit, list_bulk_items,
};
pub use request::{__path_edit_assets, BulkRequest, edit_assets};

/// So many are changed while the caller waits.
const AT_ONCE: usize = 200;
/// The most assets of one edit.
const MOST: usize = 10_000;
/// So many are changed in one transaction of a job.
const CHUNK: u64 = 100;
