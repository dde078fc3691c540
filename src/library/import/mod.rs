//! Many files at once: a folder of this machine, or a ZIP archive that was uploaded, with or without a manifest.
//!
//! ```text
//! folder (command line)            files.rs ─┐
//! archive -> child takes it apart  files.rs ─┴─ manifest.rs: what is said of each
//!            -> rows.rs: what would become of it, or what becomes of it, row by row
//! in the browser: job.rs looks through the archive first, and takes it in when somebody says so (routes.rs)
//! ```
//!
//! Each file has a key: its path, behind the import's prefix. The same key with bytes that its asset has had changes nothing,
//! with other bytes it is a new version; so an import that broke off is simply started again, and an old folder brings
//! nothing back that was replaced since. What is said of a known asset is not applied (`differing.rs` says so in the line).
//!
//! Invariant: a file comes in whole, with its key and its line of the report, in one transaction, or not at all. A row that is
//! refused stops no other, and looking through says what coming in would.

mod command;
mod differing;
mod files;
mod job;
mod manifest;
mod routes;
mod rows;

pub use command::{FileImport, ImportTotals, import_files};
pub use job::{IMPORT, Imports};
pub use routes::{
    __path_cancel_import, __path_create_import, __path_get_import, __path_list_import_rows,
    __path_list_imports, __path_start_import, ImportCounts, ImportRowView, ImportRowsQuery,
    ImportView, NewImport, cancel_import, create_import, get_import, list_import_rows,
    list_imports, start_import,
};
pub use rows::ImportLine;
