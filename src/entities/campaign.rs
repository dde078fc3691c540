//! A lead source with a cost.

use sea_orm::entity::prelude::*;

use crate::ids::CampaignId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "campaigns")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CampaignId,
    pub name: String,
    pub lead_source: String,
    pub cost_minor: i64,
    pub currency: String,
    pub started_on: Date,
    pub ended_on: Option<Date>,
    pub inquiries: i32,
    pub external_system: Option<String>,
    pub external_id: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
