//! That recommendations are prepared for an opportunity, and from what. Derived; it can be made anew at any time.

use sea_orm::entity::prelude::*;

use crate::ids::OpportunityId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recommendation_sets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub opportunity_id: OpportunityId,
    /// Says what was known; another basis means that it must be prepared again.
    pub basis: String,
    /// As of when: a list is never replaced by one of what was known before.
    pub prepared_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "opportunity_id", to = "id")]
    pub opportunity: HasOne<super::opportunity::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
