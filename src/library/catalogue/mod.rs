//! The list of all content for those who keep it: which assets there are, by whatever is known of them.
//!
//! It answers from the database, never from the search index, and looks into no page. Finding what a text says is the
//! business of `search`.
//!
//! Invariant: a request takes a fixed number of queries, however large the library is, and the filter that chooses the
//! rows of the list is the one that counts facets and chooses what is edited in bulk.

mod counts;
mod filter;
mod list;
mod order;

pub use counts::{__path_count_assets, AssetCounts, FacetValueCount, count_assets};
pub use filter::{AssetFilter, Due, Gap};
pub(super) use filter::{SOON, matching};
pub use list::{__path_list_assets, AssetRow, list_assets};
pub use order::AssetOrder;
