//! What callers see of a search. Plain data.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::entities::AssetKind;
use crate::ids::{AssetId, SearchId, VersionId};
use crate::index::{Segment, Spelling};
use crate::library::AssetSummary;
use crate::recommend::{EvidenceView, Received};

/// What a search found.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SearchResult {
    /// The assets, in order.
    pub items: Vec<SearchHit>,
    /// Where the next page of the list begins; absent on the last.
    pub next_cursor: Option<String>,
    /// All assets found.
    pub total_assets: usize,
    /// All pages found.
    pub total_pages: u64,
    /// How long it took.
    pub took_ms: u64,
    /// By dimension: how many assets have which value. A dimension's own choice does not lower its counts.
    pub facets: BTreeMap<String, Vec<FacetCount>>,
    /// How the words were, or might be, spelled better.
    pub spelling: Option<SpellingView>,
    /// Whether everything was searched; not so while the index is being built anew and there is no former one.
    pub complete: bool,
    /// What clicks on the results are reported for; absent where nothing was asked.
    pub search_id: Option<SearchId>,
}

/// A better spelling.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SpellingView {
    /// The better query.
    pub query: String,
    /// `true` if it is what was searched for, since a word of the typed one occurs nowhere; else it is an offer.
    pub applied: bool,
}

impl From<Spelling> for SpellingView {
    fn from(spelling: Spelling) -> Self {
        Self {
            query: spelling.query,
            applied: spelling.applied,
        }
    }
}

/// How many assets have a value.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct FacetCount {
    /// The value.
    pub value: String,
    /// How many assets.
    pub count: u64,
    /// Whether it is chosen.
    pub selected: bool,
}

/// An asset that was found.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SearchHit {
    /// The asset.
    pub asset: AssetSummary,
    /// The page that answers best; absent if only what is said about the asset does.
    pub best_page: Option<PageHit>,
    /// Up to three more.
    pub more_pages: Vec<PageHit>,
    /// Why it fits the opportunity, and what has become of it in similar ones.
    pub reasons: Vec<String>,
    /// What is known from the closed deals most similar to the opportunity, once that was looked at.
    pub evidence: Option<EvidenceView>,
    /// What the opportunity's account has been sent or has read of it already.
    pub received: Option<Received>,
}

/// A page that was found.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PageHit {
    /// The version it is of.
    pub version_id: VersionId,
    /// From 1.
    pub number: i32,
    /// Its title.
    pub title: String,
    /// The part of its text that says why.
    pub snippet: Vec<Segment>,
    /// Its smallest picture.
    pub thumbnail_url: String,
    /// Its picture; takes `?w=480|960|1600`.
    pub image_url: String,
}

/// Titles that fit what is being typed.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Suggestions {
    /// The best first.
    pub items: Vec<SuggestionView>,
    /// What was typed with its last word completed by one that the library's contents have.
    pub queries: Vec<String>,
}

/// An asset or page to go to.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SuggestionView {
    /// Its title, with what was typed marked.
    pub title: Vec<Segment>,
    /// The asset.
    pub asset_id: AssetId,
    /// What it shows.
    pub version_id: VersionId,
    /// The page, if it is its title that fits.
    pub page_number: Option<i32>,
    /// What sort of collateral it is.
    pub kind: AssetKind,
    /// The smallest picture of the page, or of the asset's first, if it has any.
    pub thumbnail_url: Option<String>,
}
