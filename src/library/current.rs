//! Which version an asset shows: whether a new one may be shown at once, and that others hear when it is.
//!
//! Who cares outside this feature is told by a job.
//!
//! Invariant: where the installation wants four eyes, nothing that one person has made stands behind links of what was
//! approved. It waits, ready and beside what is shown, until somebody else approves the asset.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _,
};
use serde::{Deserialize, Serialize};

use super::duplicates::enqueue_comparison;
use super::reviews::approvers;
use crate::entities::{AssetState, asset, asset_step, asset_version};
use crate::error::Result;
use crate::ids::{AssetId, UserId, VersionId};
use crate::jobs::{NewJob, enqueue};

/// The kind of the job that follows when an asset shows another version.
pub const VERSION_CHANGED: &str = "version_changed";

/// What that job needs to know.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct VersionChanged {
    /// The asset.
    pub asset_id: AssetId,
    /// What it showed.
    pub from: VersionId,
    /// What it shows.
    pub to: VersionId,
}

/// Writes the job, in the transaction in which the asset's current version changes.
pub(super) async fn announce<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    change: VersionChanged,
) -> Result<()> {
    let job = NewJob {
        kind: VERSION_CHANGED,
        subject: ("asset", change.asset_id.0),
        priority: 10,
        max_attempts: 5,
    };
    enqueue(tx, now, job, &change).await?;
    Ok(())
}

/// Whether what `maker` has made of this asset is shown only once somebody else has approved it. What was never approved
/// is behind no link; and who is alone cannot ask anybody.
pub(super) async fn must_wait<C: ConnectionTrait>(
    db: &C,
    four_eyes: bool,
    asset: &asset::Model,
    maker: Option<UserId>,
) -> Result<bool> {
    if !four_eyes || !was_approved(db, asset).await? {
        return Ok(false);
    }
    let approvers = approvers(db).await?;
    Ok(approvers.iter().any(|one| Some(one.id) != maker))
}

/// What was taken back or has run out stays readable where it was sent.
async fn was_approved<C: ConnectionTrait>(db: &C, asset: &asset::Model) -> Result<bool> {
    if matches!(asset.state, AssetState::Approved | AssetState::Expired) {
        return Ok(true);
    }
    let approvals = asset_step::Entity::find()
        .filter(asset_step::Column::AssetId.eq(asset.id))
        .filter(asset_step::Column::ToState.eq(AssetState::Approved))
        .count(db)
        .await?;
    Ok(approvals > 0)
}

/// What an approval is about: the newest version that waits for one, else what is shown.
pub(super) async fn up_for_approval<C: ConnectionTrait>(
    db: &C,
    asset: &asset::Model,
) -> Result<Option<asset_version::Model>> {
    if let Some(waiting) = newest_waiting(db, asset.id).await? {
        return Ok(Some(waiting));
    }
    let Some(id) = asset.current_version_id else {
        return Ok(None);
    };
    Ok(asset_version::Entity::find_by_id(id).one(db).await?)
}

/// Shows what has waited for the approval that is given in this transaction; the caller writes the asset's row.
pub(super) async fn show_waiting<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    asset: &mut asset::Model,
) -> Result<()> {
    let Some(waiting) = newest_waiting(tx, asset.id).await? else {
        return Ok(());
    };
    asset_version::Entity::update_many()
        .col_expr(asset_version::Column::AwaitsApproval, Expr::value(false))
        .filter(asset_version::Column::AssetId.eq(asset.id))
        .filter(asset_version::Column::AwaitsApproval.eq(true))
        .exec(tx)
        .await?;
    if let Some(from) = asset.current_version_id.replace(waiting.id) {
        let change = VersionChanged {
            asset_id: asset.id,
            from,
            to: waiting.id,
        };
        announce(tx, now, change).await?;
    }
    enqueue_comparison(tx, now, asset.id).await
}

/// The newest version that waits for an approval.
pub(super) async fn newest_waiting<C: ConnectionTrait>(
    db: &C,
    asset: AssetId,
) -> Result<Option<asset_version::Model>> {
    Ok(asset_version::Entity::find()
        .filter(asset_version::Column::AssetId.eq(asset))
        .filter(asset_version::Column::AwaitsApproval.eq(true))
        .order_by_desc(asset_version::Column::Number)
        .one(db)
        .await?)
}
