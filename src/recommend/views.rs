//! What callers see of recommendations. Plain data.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::received::Received;
use super::similar::Evidence;
use crate::ids::{AssetId, VersionId};
use crate::library::AssetSummary;

/// The content recommended for an opportunity.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Recommendations {
    /// Best first, at most 20.
    pub items: Vec<RecommendationView>,
    /// As things stood when the list was made.
    pub prepared_at: Option<DateTime<Utc>>,
}

/// An asset recommended for an opportunity.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RecommendationView {
    /// The asset.
    pub asset: AssetSummary,
    /// The page that answers best what the customer has told, where one stands out.
    pub page: Option<RecommendedPage>,
    /// Why, in sentences.
    pub reasons: Vec<String>,
    /// It is here to get its chance: one place in five goes to what was hardly ever sent.
    pub exploration: bool,
    /// By how many points of the chance to win deals with it do better than comparable ones without, as far as can be
    /// told. An association, not an effect; absent with fewer than ten sends.
    pub uplift_points: Option<f64>,
    /// What is known from the most similar closed deals.
    pub evidence: EvidenceView,
    /// What the account has received of it already.
    pub received: Option<Received>,
}

/// What the account of an opportunity has been sent or has read.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ReceivedContent {
    /// By asset, in no order.
    pub items: Vec<ReceivedAsset>,
}

/// An asset that the account knows.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ReceivedAsset {
    /// The asset.
    pub asset_id: AssetId,
    /// What was sent and read of it.
    pub received: Received,
}

/// A page to send instead of the whole.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RecommendedPage {
    /// The version that is shown.
    pub version_id: VersionId,
    /// From 1.
    pub number: i32,
    /// Its smallest picture.
    pub thumbnail_url: String,
}

/// Counts from the closed deals most similar to this one, at most 45, and from all.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct EvidenceView {
    /// Deals in which it was sent, of all.
    pub sends: i32,
    /// Similar deals that were won.
    pub similar_won: i32,
    /// Those of them in which it was used.
    pub similar_won_used: i32,
    /// Those of these in which somebody has read it.
    pub similar_won_read: i32,
    /// Similar deals that were lost.
    pub similar_lost: i32,
    /// Those of them in which it was used.
    pub similar_lost_used: i32,
    /// Those of these in which somebody has read it.
    pub similar_lost_read: i32,
    /// What they say, in a sentence; absent if it was used in none of them.
    pub in_words: Option<String>,
}

impl EvidenceView {
    pub(super) fn new(evidence: Evidence, sends: usize) -> Self {
        let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
        Self {
            sends: count(sends),
            similar_won: count(evidence.won),
            similar_won_used: count(evidence.won_used),
            similar_won_read: count(evidence.won_read),
            similar_lost: count(evidence.lost),
            similar_lost_used: count(evidence.lost_used),
            similar_lost_read: count(evidence.lost_read),
            in_words: evidence.is_used().then(|| evidence.sentence()),
        }
    }
}
