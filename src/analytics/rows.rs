//! One row of content performance, and the order of rows.

use std::cmp::Reverse;
use std::collections::HashMap;

use sea_orm::{ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde::{Deserialize, Serialize};

use super::metrics::{self, Sent};
use super::scope::Scope;
use crate::entities::{AssetKind, AssetState, asset};
use crate::error::Result;
use crate::ids::AssetId;
use crate::library;
use crate::money::Money;

/// The piece of content that a row is about.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AnalyzedAsset {
    /// The asset.
    pub id: AssetId,
    /// Its title.
    pub title: String,
    /// Its kind.
    pub kind: AssetKind,
    /// Where it stands in its life cycle.
    pub state: AssetState,
    /// The picture of its first page.
    pub thumbnail_url: Option<String>,
}

/// How a piece of content fared; `definitions` beside it say what each number means.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ContentRow {
    /// The piece.
    pub asset: AnalyzedAsset,
    /// Pitches with it.
    pub used: i64,
    /// Links to such pitches.
    pub sent: i64,
    /// Reads by people.
    pub read: i64,
    /// Mean share of its pages seen, 0 to 1.
    pub completion: Option<f64>,
    /// Mean active milliseconds on a page seen.
    pub dwell_ms_per_page: Option<i64>,
    /// Shares with colleagues.
    pub shares: i64,
    /// Downloads of the original.
    pub downloads: i64,
    /// Opportunities in which it was read.
    pub opportunities_touched: i64,
    /// What the won ones among them were worth.
    pub won_amount: Vec<Money>,
    /// Visits left out.
    pub excluded_visits: i64,
}

/// By what rows are ordered, the greatest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Reads.
    #[default]
    Read,
    /// Uses.
    Used,
    /// Sends.
    Sent,
    /// Completion.
    Completion,
    /// Dwell per page.
    Dwell,
    /// Opportunities touched.
    Opportunities,
    /// The greatest won amount.
    Won,
}

impl Sort {
    /// The whole number by which a row stands where it does.
    pub(super) fn key(self, row: &ContentRow) -> i64 {
        match self {
            Self::Read => row.read,
            Self::Used => row.used,
            Self::Sent => row.sent,
            #[allow(
                clippy::cast_possible_truncation,
                reason = "a share of 0 to 1 in millionths"
            )]
            Self::Completion => row
                .completion
                .map_or(-1, |share| (share * 1_000_000.0) as i64),
            Self::Dwell => row.dwell_ms_per_page.unwrap_or(-1),
            Self::Opportunities => row.opportunities_touched,
            Self::Won => row.won_amount.first().map_or(0, |money| money.minor),
        }
    }

    /// Where a row stands: by its key, then by its id.
    pub(super) fn place(self, row: &ContentRow) -> (Reverse<i64>, AssetId) {
        (Reverse(self.key(row)), row.asset.id)
    }
}

/// All rows of a scope, in order, and the sends behind them. Four queries, whatever the number of rows.
pub(super) async fn content_rows<C: ConnectionTrait>(
    db: &C,
    scope: &Scope,
    sort: Sort,
) -> Result<(Vec<ContentRow>, Vec<Sent>)> {
    let assets = asset::Entity::find()
        .filter(scope.assets.clone())
        .order_by_asc(asset::Column::Id)
        .all(db)
        .await?;
    let used = metrics::used(db, scope).await?;
    let sends = metrics::sent(db, scope).await?;
    let mut sent: HashMap<AssetId, i64> = HashMap::new();
    for send in &sends {
        *sent.entry(send.asset_id).or_default() += send.number;
    }
    let reads = metrics::reads(db, scope).await?;
    let touched = metrics::touched(db, scope).await?;
    let mut rows: Vec<ContentRow> = assets
        .into_iter()
        .map(|asset| {
            let reads = reads.get(&asset.id).copied().unwrap_or_default();
            let touched = touched.get(&asset.id).cloned().unwrap_or_default();
            ContentRow {
                used: used.get(&asset.id).copied().unwrap_or(0),
                sent: sent.get(&asset.id).copied().unwrap_or(0),
                read: reads.number,
                completion: reads.completion(),
                dwell_ms_per_page: reads.dwell_ms_per_page(),
                shares: reads.shares,
                downloads: reads.downloads,
                opportunities_touched: touched.opportunities,
                won_amount: touched.won_amount(),
                excluded_visits: reads.excluded_visits,
                asset: AnalyzedAsset {
                    id: asset.id,
                    title: asset.title,
                    kind: asset.kind,
                    state: asset.state,
                    thumbnail_url: asset
                        .current_version_id
                        .map(|version| library::page_thumbnail_url(version, 1)),
                },
            }
        })
        .collect();
    rows.sort_by_key(|row| sort.place(row));
    Ok((rows, sends))
}
