//! Another version has become the one that an asset shows: a job tells those who care, outside this feature.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::ids::{AssetId, VersionId};
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
