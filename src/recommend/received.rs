//! What an account has been sent and has read already, so that nobody sends the same thing twice without meaning to.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, JoinType};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QuerySelect as _, RelationTrait as _,
};
use serde::Serialize;

use crate::entities::{opportunity, pitch, pitch_item, pitch_link, rollup_opportunity_asset};
use crate::error::Result;
use crate::ids::{AccountId, AssetId};

/// What the account knows of an asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Received {
    /// When it was sent to somebody there last.
    pub sent_at: Option<DateTime<Utc>>,
    /// The day on which somebody there read it last.
    pub read_on: Option<NaiveDate>,
}

#[derive(FromQueryResult)]
struct SentAt {
    asset_id: AssetId,
    at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct ReadOn {
    asset_id: AssetId,
    day: NaiveDate,
}

/// What the account has received of these assets, in two queries; those it has not are absent. Who may know of the
/// account may know this.
pub async fn received<C: ConnectionTrait>(
    db: &C,
    account: AccountId,
    assets: &[AssetId],
) -> Result<HashMap<AssetId, Received>> {
    let mut found: HashMap<AssetId, Received> = HashMap::new();
    if assets.is_empty() {
        return Ok(found);
    }
    let mut sent = pitch_link::Entity::find()
        .select_only()
        .column(pitch_item::Column::AssetId)
        .column_as(pitch_link::Column::CreatedAt.max(), "at")
        .join(JoinType::InnerJoin, pitch_link::Relation::Pitch.def())
        .join(JoinType::InnerJoin, pitch::Relation::Opportunity.def())
        .filter(opportunity::Column::AccountId.eq(account))
        .filter(pitch_item::Column::AssetId.is_in(assets.iter().copied()))
        .group_by(pitch_item::Column::AssetId);
    sea_orm::QueryTrait::query(&mut sent).join(
        JoinType::InnerJoin,
        pitch_item::Entity,
        Expr::col((pitch_item::Entity, pitch_item::Column::PitchId))
            .equals((pitch::Entity, pitch::Column::Id)),
    );
    for row in sent.into_model::<SentAt>().all(db).await? {
        found.entry(row.asset_id).or_default().sent_at = Some(row.at);
    }
    let read = rollup_opportunity_asset::Entity::find()
        .select_only()
        .column(rollup_opportunity_asset::Column::AssetId)
        .column_as(rollup_opportunity_asset::Column::Day.max(), "day")
        .join(
            JoinType::InnerJoin,
            rollup_opportunity_asset::Relation::Opportunity.def(),
        )
        .filter(opportunity::Column::AccountId.eq(account))
        .filter(rollup_opportunity_asset::Column::AssetId.is_in(assets.iter().copied()))
        .filter(rollup_opportunity_asset::Column::Reads.gt(0))
        .group_by(rollup_opportunity_asset::Column::AssetId)
        .into_model::<ReadOn>();
    for row in read.all(db).await? {
        found.entry(row.asset_id).or_default().read_on = Some(row.day);
    }
    Ok(found)
}
