//! Resumable uploads by the tus protocol, version 1.0: a file comes in piece by piece and survives lost networks,
//! reloads and crashes.
//!
//! ```text
//! POST /uploads            a row, an empty file              tus.rs
//! PATCH /uploads/{id}      bytes to the file                 append.rs
//! HEAD /uploads/{id}       where to go on
//! GET /uploads/{id}        what the file is, and whether it is here already    look.rs
//! POST /assets {upload_id} it becomes an asset or a version, or an import     take.rs
//! ```
//!
//! It is not where an asset is made: nothing of an upload is visible to anybody but its sender before that last step.
//!
//! Invariant: the offset in the row is on disk, and what lies in the file behind it does not count. The bytes lie on the
//! node that took the first of them; every other node answers 410, and the sender starts again.

mod append;
mod look;
mod place;
mod sweep;
mod take;
mod tus;

pub use look::{__path_get_upload, SameFile, UploadView, get_upload};
pub(super) use place::PREFIX;
pub use place::Uploads;
pub use sweep::sweep_uploads;
pub use take::FromUpload;
pub(super) use take::{forget, take};
pub use tus::{
    __path_append_to_upload, __path_create_upload, __path_delete_upload,
    __path_override_upload_method, __path_upload_options, append_to_upload, create_upload,
    delete_upload, override_upload_method, upload_options,
};
