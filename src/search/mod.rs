//! Search: the right pages for a question, and for an opportunity.
//!
//! It turns requests into what the index takes and its answers into views; ranking by words is the index's business,
//! what fits a deal is decided here (`fit.rs`), what the history has taught about it comes from
//! `recommend`. What is searched, and what becomes of it, is noted (`log/`).
//! Marketers keep synonyms here; the index uses them.
//!
//! Invariant: nobody finds what they may not see; that is part of the query, not of what is done with its hits.

mod clicks;
mod fit;
mod handlers;
mod log;
mod query;
mod reindex;
mod requests;
mod synonyms;
mod vain;
mod views;

pub use clicks::{__path_add_click, NewClick, add_click};
pub use handlers::{__path_search, __path_suggest, SuggestQuery, answer, search, suggest};
pub use log::{Click, Outcome, SearchLog, SearchOutcome, forget_searches, search_outcomes};
pub use query::SearchQuery;
pub use reindex::{__path_reindex, ReindexView, reindex};
pub use requests::{
    __path_add_request, __path_edit_request, __path_get_request, __path_join_request,
    __path_leave_request, __path_list_requests, NewJoin, NewRequest, RequestAsset, RequestDeal,
    RequestEdit, RequestJoin, RequestSort, RequestView, RequestsQuery, add_request, edit_request,
    get_request, join_request, leave_request, list_requests,
};
pub use synonyms::{
    __path_add_synonym, __path_edit_synonym, __path_list_synonyms, __path_remove_synonym,
    SynonymInput, SynonymView, add_synonym, edit_synonym, list_synonyms, remove_synonym,
};
pub use vain::tell_searchers;
pub use views::{
    FacetCount, PageHit, SearchHit, SearchResult, SpellingView, SuggestionView, Suggestions,
};
