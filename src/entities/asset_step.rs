//! One step of an asset through its life cycle; append-only.

use sea_orm::entity::prelude::*;

use super::AssetState;
use crate::ids::{AssetId, ReviewId, StepId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "asset_steps")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StepId,
    pub asset_id: AssetId,
    /// Absent where the asset was added in this state.
    pub from_state: Option<AssetState>,
    pub to_state: AssetState,
    /// Absent where the calendar took it.
    pub taken_by: Option<UserId>,
    pub comment: String,
    /// Whether somebody approved what is their own work.
    pub own_approval: bool,
    /// The review that the step began or ended.
    pub review_id: Option<ReviewId>,
    pub taken_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "asset_id", to = "id")]
    pub asset: HasOne<super::asset::Entity>,
    #[sea_orm(belongs_to, from = "taken_by", to = "id")]
    pub taker: HasOne<super::user::Entity>,
    #[sea_orm(belongs_to, from = "review_id", to = "id")]
    pub review: HasOne<super::asset_review::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
