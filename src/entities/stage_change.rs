//! One move of an opportunity: into a stage, or to its outcome.

use sea_orm::entity::prelude::*;

use crate::ids::{OpportunityId, StageChangeId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stage_changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StageChangeId,
    pub opportunity_id: OpportunityId,
    /// A stage; absent for the first.
    pub from_stage: Option<String>,
    /// A stage, `won` or `lost`.
    pub to_stage: String,
    pub changed_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "opportunity_id", to = "id")]
    pub opportunity: HasOne<super::opportunity::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
