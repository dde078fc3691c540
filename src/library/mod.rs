//! Collateral: assets, their versions and pages, what describes them, their life cycle, and collections.
//!
//! An upload becomes a blob and rows (`store.rs`), a job makes pages of it (`convert.rs`), everything else reads or
//! describes. Files are never parsed here: that is done by `documents`, in a child process.
//!
//! Invariant: an asset, its first version, the job that converts it and the entry in the change log are written in one
//! transaction; a version's file never changes; whoever may not see an asset finds nothing of it.

mod assets;
mod collections;
mod convert;
mod duplicates;
mod expiry;
mod files;
mod import;
mod intake;
mod jobs;
mod metadata;
mod scope;
mod store;
mod summaries;
mod transitions;
mod upload;
mod uploads;
mod versions;
mod views;
mod weblinks;

pub use assets::{
    __path_edit_asset, __path_get_asset, __path_list_assets, __path_upload_asset,
    __path_upload_version, AssetsQuery, UploadForm, VersionForm, edit_asset, get_asset,
    list_assets, upload_asset, upload_version,
};
pub use collections::{__path_list_collections, create_collection, list_collections};
pub use convert::Conversions;
pub use duplicates::{
    __path_asset_duplicates, __path_dismiss_duplicate, __path_list_duplicates, __path_merge_asset,
    AssetDuplicates, COMPARE, Comparisons, Dismissal, Duplicate, DuplicatePair, DuplicatesQuery,
    Merge, asset_duplicates, dismiss_duplicate, enqueue_missing_comparisons, list_duplicates,
    merge_asset,
};
pub use expiry::expire_due_assets;
pub use files::{ImageQuery, send_original, send_page_image};
pub use import::{
    __path_cancel_import, __path_create_import, __path_get_import, __path_list_import_rows,
    __path_list_imports, __path_start_import, FileImport, IMPORT, ImportCounts, ImportLine,
    ImportRowView, ImportRowsQuery, ImportTotals, ImportView, Imports, NewImport, cancel_import,
    create_import, get_import, import_files, list_import_rows, list_imports, start_import,
};
pub use jobs::{__path_list_jobs, JobProgress, JobSubject, JobView, JobsQuery, list_jobs};
pub use metadata::{FacetsInput, Metadata};
pub use scope::{find_asset, find_version, may_be_pitched, visible_assets, visible_states};
pub use store::{CONVERT, Written, ingest_file};
pub use summaries::asset_summaries;
pub use transitions::{__path_transition_asset, Transition, move_asset, transition_asset};
pub use upload::remove_leftovers;
pub use uploads::{
    __path_append_to_upload, __path_create_upload, __path_delete_upload, __path_get_upload,
    __path_upload_options, FromUpload, SameFile, UploadView, Uploads, append_to_upload,
    create_upload, delete_upload, get_upload, sweep_uploads, upload_options,
};
pub use versions::{
    __path_convert_again, __path_get_file, __path_get_page, __path_get_page_image,
    __path_list_pages, convert_again, get_file, get_page, get_page_image, list_pages,
};
pub use views::{
    AssetDetail, AssetSummary, CollectionView, Facets, FailureView, PageView, VersionView,
    WebSource, page_image_url, page_thumbnail_url,
};
pub use weblinks::{
    __path_add_web_link, __path_fetch_again, Fetcher, NewWebLink, add_web_link, fetch_again,
};
