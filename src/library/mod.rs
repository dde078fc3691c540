//! Collateral: assets, their versions and pages, what describes them, their life cycle, and collections.
//!
//! An upload becomes a blob and rows (`store.rs`), a job makes pages of it (`convert.rs`), everything else reads or
//! describes. Files are never parsed here: that is done by `documents`, in a child process.
//!
//! Invariant: an asset, its first version, the job that converts it and the entry in the change log are written in one
//! transaction; a version's file never changes; whoever may not see an asset finds nothing of it.

mod assets;
mod bulk;
mod catalogue;
mod collections;
mod convert;
mod expiry;
mod files;
mod jobs;
mod metadata;
mod scope;
mod store;
mod summaries;
mod transitions;
mod upload;
mod versions;
mod views;
mod vocabulary;

pub use assets::{
    __path_edit_asset, __path_get_asset, __path_upload_asset, __path_upload_version, UploadForm,
    VersionForm, edit_asset, get_asset, upload_asset, upload_version,
};
pub use bulk::{
    __path_edit_assets, __path_get_bulk_edit, __path_list_bulk_items, BULK_EDIT, BulkChange,
    BulkEdits, BulkItem, BulkItemsQuery, BulkReport, BulkRequest, FacetChange, edit_assets,
    get_bulk_edit, list_bulk_items,
};
pub use catalogue::{
    __path_count_assets, __path_list_assets, AssetCounts, AssetFilter, AssetOrder, AssetRow, Due,
    FacetValueCount, Gap, count_assets, list_assets,
};
pub use collections::{
    __path_add_to_collection, __path_create_collection, __path_delete_collection,
    __path_edit_collection, __path_get_collection, __path_list_collections,
    __path_remove_from_collection, CollectionInput, CollectionView, CollectionsQuery, Cover,
    NewMembers, add_collection, add_to_collection, create_collection, delete_collection,
    edit_collection, get_collection, list_collections, remove_from_collection,
};
pub use convert::Conversions;
pub use expiry::expire_due_assets;
pub use files::{ImageQuery, send_original, send_page_image};
pub use jobs::{__path_list_jobs, JobProgress, JobSubject, JobView, JobsQuery, list_jobs};
pub use metadata::{FacetsInput, Metadata};
pub use scope::{find_asset, find_version, may_be_pitched, visible_assets, visible_states};
pub use store::{CONVERT, Written, ingest_file};
pub use summaries::asset_summaries;
pub use transitions::{__path_transition_asset, Transition, move_asset, transition_asset};
pub use upload::remove_leftovers;
pub use versions::{
    __path_convert_again, __path_get_file, __path_get_page, __path_get_page_image,
    __path_list_pages, convert_again, get_file, get_page, get_page_image, list_pages,
};
pub use views::{
    AssetDetail, AssetSummary, Facets, FailureView, PageView, VersionView,
    page_image_url, page_thumbnail_url,
};
pub use vocabulary::{
    __path_add_value, __path_edit_value, __path_list_values, __path_merge_values,
    __path_order_values, __path_remove_value, Merge, NewValue, ValueEdit, ValueOrder,
    VocabularyPage, VocabularyQuery, VocabularyValue, add_value, edit_value, list_values,
    merge_values, order_values, remove_value,
};

/// The header that says which entry of the change log a write is; `after_seq` of a search waits for it.
const SEQ: &str = "lastmile-seq";
