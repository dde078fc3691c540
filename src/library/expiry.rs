//! The reconciler of the life cycle: approved assets whose last day is over become expired.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _,
};

use crate::db::{Db, append_change};
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
        let (id, revision) = (asset.id, asset.revision + 1);
        let mut row = asset.into_active_model();
        row.state = Set(AssetState::Expired);
        row.revision = Set(revision);
        row.updated_at = Set(now);
        row.update(&tx).await?;
        append_change(&tx, "asset", id.0).await?;
    }
    tx.commit().await?;
    Ok(count)
}
