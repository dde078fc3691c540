//! A deal in the making, with its stage and, at the end, its outcome.

use sea_orm::entity::prelude::*;

use super::{Outcome, Stage};
use crate::ids::{AccountId, CampaignId, ContactId, OpportunityId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunities")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OpportunityId,
    pub account_id: AccountId,
    pub name: String,
    pub owner_id: Option<UserId>,
    /// The stage it is in, or was in when it closed.
    pub stage: Stage,
    pub outcome: Outcome,
    pub amount_minor: Option<i64>,
    pub currency: Option<String>,
    pub product: Option<String>,
    pub competitor: Option<String>,
    pub opened_on: Date,
    pub closed_on: Option<Date>,
    pub expected_close_on: Option<Date>,
    pub campaign_id: Option<CampaignId>,
    pub primary_contact_id: Option<ContactId>,
    /// What the prospect has told of needs and conflicts.
    pub needs: String,
    pub revision: i64,
    pub external_system: Option<String>,
    pub external_id: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "account_id", to = "id")]
    pub account: HasOne<super::account::Entity>,
    #[sea_orm(belongs_to, from = "owner_id", to = "id")]
    pub owner: HasOne<super::user::Entity>,
    #[sea_orm(belongs_to, from = "campaign_id", to = "id")]
    pub campaign: HasOne<super::campaign::Entity>,
    #[sea_orm(belongs_to, from = "primary_contact_id", to = "id")]
    pub primary_contact: HasOne<super::contact::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
