//! What callers see of a search. Plain data.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::entities::AssetKind;
use crate::ids::{AssetId, VersionId};
use crate::index::Segment;
use crate::library::AssetSummary;

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
    /// Why it fits the opportunity.
    pub reasons: Vec<String>,
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
