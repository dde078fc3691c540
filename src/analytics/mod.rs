//! Numbers seen: what content was used, sent and read, and what became of the deals that read it.
//!
//! The read path: it changes nothing, reads rollups and relational tables only, never events, and costs the same few
//! queries whatever the period. What happens now is `engagement`.
//!
//! Invariant: one metric is one function with one definition, and the definition goes out with the number.

mod asset;
mod content;
mod export;
mod metrics;
mod opportunity;
mod rows;
mod scope;

pub use asset::{__path_asset, AssetAnalytics, AssetPageView, AssetReaderView, asset};
pub use content::{__path_content, ContentAnalytics, ContentQuery, Figures, SeriesDay, content};
pub use opportunity::{__path_opportunity_content, OpportunityContent, opportunity_content};
pub use rows::{AnalyzedAsset, ContentRow, Sort};
