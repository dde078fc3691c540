//! Search: the right pages for a question, and for an opportunity.
//!
//! It turns requests into what the index takes and its answers into views; ranking by words is the index's business,
//! what fits a deal is decided here (`fit.rs`).
//!
//! Invariant: nobody finds what they may not see; that is part of the query, not of what is done with its hits.

mod fit;
mod handlers;
mod query;
mod requests;
mod views;

pub use handlers::{__path_search, __path_suggest, SuggestQuery, search, suggest};
pub use requests::{
    __path_add_request, __path_edit_request, __path_get_request, __path_join_request,
    __path_leave_request, __path_list_requests, NewJoin, NewRequest, RequestAsset, RequestDeal,
    RequestEdit, RequestJoin, RequestSort, RequestView, RequestsQuery, add_request, edit_request,
    get_request, join_request, leave_request, list_requests,
};
pub use views::{FacetCount, PageHit, SearchHit, SearchResult, SuggestionView, Suggestions};
