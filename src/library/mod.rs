//! Collateral: assets, their versions and pages, what describes them, their life cycle, and collections.
//!
//! An upload becomes a blob and rows (`store.rs`), a job makes pages of it (`convert.rs`), everything else reads or
//! describes. Files are never parsed here: that is done by `documents`, in a child process.
//!
//! Invariant: an asset, its first version, the job that converts it and the entry in the change log are written in one
//! transaction; a version's file never changes; whoever may not see an asset finds nothing of it.

mod assets;
mod attention;
mod bulk;
mod captions;
mod catalogue;
mod collections;
mod comments;
mod convert;
mod cost_import;
mod costs;
mod current;
mod diff;
mod duplicates;
mod expiry;
mod files;
mod import;
mod intake;
mod jobs;
mod lifecycle;
mod metadata;
mod pdf;
mod restore;
mod reviews;
mod scope;
mod steps;
mod store;
mod summaries;
mod transitions;
mod upload;
mod uploads;
mod versions;
mod views;
mod vocabulary;
mod weblinks;

pub use assets::{
    __path_edit_asset, __path_get_asset, __path_upload_asset, __path_upload_version, UploadForm,
    VersionForm, edit_asset, get_asset, upload_asset, upload_version,
};
pub use attention::{__path_get_attention, Attention, get_attention, remind_owners};
pub use bulk::{
    __path_edit_assets, __path_get_bulk_edit, __path_list_bulk_items, BULK_EDIT, BulkChange,
    BulkEdits, BulkItem, BulkItemsQuery, BulkReport, BulkRequest, FacetChange, edit_assets,
    get_bulk_edit, list_bulk_items,
};
pub use captions::{
    __path_delete_captions, __path_get_captions, __path_put_captions, CaptionQuery,
    delete_captions, get_captions, ingest_captions, put_captions, send_captions,
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
pub use comments::{
    __path_add_comment, __path_edit_comment, __path_list_comments, CommentEdit, CommentView,
    NewComment, add_comment, edit_comment, list_comments,
};
pub use convert::Conversions;
pub use cost_import::{
    __path_import_costs, CostImportForm, CostImportReport, import_costs, take_costs,
};
pub use costs::{
    __path_add_cost, __path_delete_cost, __path_edit_cost, __path_list_costs, CostInput, CostView,
    CostsPage, add_cost, delete_cost, edit_cost, list_costs,
};
pub use current::{VERSION_CHANGED, VersionChanged};
pub use diff::{
    __path_diff_versions, Became, DiffPage, DiffQuery, DiffSide, DiffSummary, DiffView, Fates,
    PageChange, Passage, PassageKind, diff_versions, page_fates,
};
pub use duplicates::{
    __path_asset_duplicates, __path_dismiss_duplicate, __path_list_duplicates, __path_merge_asset,
    AssetDuplicates, COMPARE, Comparisons, Dismissal, Duplicate, DuplicatePair, DuplicatesQuery,
    MergeInto, asset_duplicates, dismiss_duplicate, enqueue_missing_comparisons, list_duplicates,
    merge_asset,
};
pub use expiry::expire_due_assets;
pub use files::{ImageQuery, image_of, is_known, send_original, send_page_image};
pub use import::{
    __path_cancel_import, __path_create_import, __path_get_import, __path_list_import_rows,
    __path_list_imports, __path_start_import, FileImport, IMPORT, ImportCounts, ImportLine,
    ImportRowView, ImportRowsQuery, ImportTotals, ImportView, Imports, NewImport, cancel_import,
    create_import, get_import, import_files, list_import_rows, list_imports, start_import,
};
pub use jobs::{__path_list_jobs, JobProgress, JobSubject, JobView, JobsQuery, list_jobs};
pub use lifecycle::{
    __path_get_lifecycle, LifeCycle, LoggedStep, NextStep, OpenReview, get_lifecycle,
};
pub use metadata::{FacetsInput, Metadata};
pub use pdf::{MAKE_PDF, PdfState, Pdfs, becomes_pdf, prepare_pdf, send_pdf};
pub use restore::{__path_restore_version, restore_version};
pub use reviews::{
    __path_list_reviewers, __path_list_reviews, ReviewItem, ReviewerList, ReviewsQuery,
    list_reviewers, list_reviews,
};
pub use scope::{
    find_asset, find_version, may_be_pitched, not_to_be_pitched, to_be_pitched, visible_assets,
    visible_states,
};
pub use steps::{__path_transition_asset, Transition, move_asset, transition_asset};
pub use store::{CONVERT, Written, ingest_file, ingest_version};
pub use summaries::asset_summaries;
pub use upload::remove_leftovers;
pub use uploads::{
    __path_append_to_upload, __path_create_upload, __path_delete_upload, __path_get_upload,
    __path_override_upload_method, __path_upload_options, FromUpload, SameFile, UploadView,
    Uploads, append_to_upload, create_upload, delete_upload, get_upload, override_upload_method,
    sweep_uploads, upload_options,
};
pub use versions::{
    __path_convert_again, __path_get_file, __path_get_page, __path_get_page_image,
    __path_list_pages, convert_again, get_file, get_page, get_page_image, list_pages,
};
pub use views::{
    AssetDetail, AssetSummary, CaptionView, Facets, FailureView, PageView, VersionView, WebSource,
    page_image_url, page_thumbnail_url,
};
pub use vocabulary::{
    __path_add_value, __path_edit_value, __path_list_values, __path_merge_values,
    __path_order_values, __path_remove_value, Merge, NewValue, ValueEdit, ValueOrder,
    VocabularyPage, VocabularyQuery, VocabularyValue, add_value, edit_value, list_values,
    merge_values, order_values, remove_value,
};

pub use weblinks::{
    __path_add_web_link, __path_fetch_again, Fetcher, NewWebLink, add_web_link, fetch_again,
};

/// The header that says which entry of the change log a write is; `after_seq` of a search waits for it.
const SEQ: &str = "lastmile-seq";
