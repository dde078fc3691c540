//! The words in which people say what content is for: one vocabulary per facet, kept by those who keep the library.
//!
//! Assets carry the words themselves, so everything that reads assets needs nothing of this folder; it decides which
//! words there are and how they are spelled. Words are compared trimmed and without regard to case.
//!
//! Invariant: every value that an asset gets is in the vocabulary, in its spelling, and the transaction that changes a
//! word changes its assets and notes them in the change log. Stages are the CRM's and cannot be changed here.

mod edit;
mod list;
mod merge;
mod settle;

pub use edit::{
    __path_add_value, __path_edit_value, __path_order_values, __path_remove_value, NewValue,
    ValueEdit, ValueOrder, add_value, edit_value, order_values, remove_value,
};
pub use list::{__path_list_values, VocabularyPage, VocabularyQuery, VocabularyValue, list_values};
pub use merge::{__path_merge_values, Merge, merge_values};
pub(super) use settle::{check_words, folded, settle};

use crate::entities::Facet;
use crate::error::{Code, Error, Result};

/// The place of values that nobody has put in order: behind the others, by alphabet.
const UNPLACED: i32 = 1_000_000;

/// Stages follow the CRM's.
fn check_editable(facet: Facet) -> Result<()> {
    if facet == Facet::Stage {
        return Err(Error::new(
            Code::Conflict,
            "The stages are those of opportunities and cannot be changed here.",
        ));
    }
    Ok(())
}
