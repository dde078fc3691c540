//! Chosen assets or single pages in an order, with a message, for one opportunity.

use sea_orm::entity::prelude::*;

use crate::ids::{OpportunityId, PitchId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pitches")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PitchId,
    pub opportunity_id: OpportunityId,
    pub owner_id: UserId,
    pub title: String,
    pub message: String,
    /// A template asked for a customer story, and nobody has said since that it needs none.
    pub story_wanted: bool,
    pub revision: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "opportunity_id", to = "id")]
    pub opportunity: HasOne<super::opportunity::Entity>,
    #[sea_orm(belongs_to, from = "owner_id", to = "id")]
    pub owner: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
