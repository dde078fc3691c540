//! The same thing twice: exact copies by the hash of the file, near copies by the words and the pictures of their pages.
//!
//! ```text
//! conversion ends -> job (fingerprint.rs): sketch.rs makes a sketch of each page, kept with its bands
//!                    -> assets that share a band -> alike.rs counts the pages that are alike -> duplicate_pairs
//! report.rs        what doubles, of one asset or of all; "not a duplicate"
//! merge.rs         the file becomes the next version of the other asset
//! ```
//!
//! Invariant: sketches, bands and pairs are derived from the current version of an asset and can be made again;
//! what somebody has said of a pair stays.

mod alike;
mod fingerprint;
mod merge;
mod report;
mod sketch;

use crate::ids::AssetId;

pub(super) use fingerprint::enqueue_comparison;
pub use fingerprint::{COMPARE, Comparisons, enqueue_missing_comparisons};
pub use merge::{__path_merge_asset, MergeInto, merge_asset};
pub use report::{
    __path_asset_duplicates, __path_dismiss_duplicate, __path_list_duplicates, AssetDuplicates,
    Dismissal, Duplicate, DuplicatePair, DuplicatesQuery, asset_duplicates, dismiss_duplicate,
    list_duplicates,
};

/// The key of the pair of two assets: the older one first, as identifiers sort by creation.
fn pair_of(one: AssetId, other: AssetId) -> (AssetId, AssetId) {
    if one < other {
        (one, other)
    } else {
        (other, one)
    }
}
