//! Collections: curated, ordered sets of assets, for everybody or for some teams.
//!
//! Who may see a collection is decided in `library/scope.rs`; those who keep the library see all of them. A collection
//! shows nobody an asset that they may not see anyway.
//!
//! Invariant: a collection holds an asset once, and at most 500.

mod edit;
mod list;
mod members;
mod views;

pub use edit::{
    __path_create_collection, __path_delete_collection, __path_edit_collection, CollectionInput,
    Cover, create_collection, delete_collection, edit_collection,
};
pub use list::{
    __path_get_collection, __path_list_collections, CollectionsQuery, get_collection,
    list_collections,
};
pub(super) use members::add_members;
pub use members::{
    __path_add_to_collection, __path_remove_from_collection, NewMembers, add_collection,
    add_to_collection, remove_from_collection,
};
pub use views::CollectionView;

/// The most assets of one collection.
pub(super) const MOST_ASSETS: usize = 500;
