//! The reconciler of the life cycle: approved assets whose last day is over become expired.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::steps::move_asset;
use crate::db::Db;
use crate::entities::{AssetState, asset};
use crate::error::Result;

/// Expires what is due at `now`; says how many.
pub async fn expire_due_assets(db: &Db, now: DateTime<Utc>) -> Result<usize> {
    let due = asset::Entity::find()
        .filter(asset::Column::State.eq(AssetState::Approved))
        .filter(asset::Column::ExpiresAt.lte(now.date_naive()));
    if due.clone().one(db.read()).await?.is_none() {
        return Ok(0);
    }
    let tx = db.begin().await?;
    let assets = due.all(&tx).await?;
    let count = assets.len();
    for asset in assets {
        move_asset(&tx, now, asset, AssetState::Expired).await?;
    }
    tx.commit().await?;
    Ok(count)
}
