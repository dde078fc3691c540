//! Something an account bought.

use sea_orm::entity::prelude::*;

use crate::ids::{AccountId, OpportunityId, PurchaseId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "purchases")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PurchaseId,
    pub account_id: AccountId,
    pub opportunity_id: Option<OpportunityId>,
    pub product: String,
    pub amount_minor: i64,
    pub currency: String,
    pub purchased_on: Date,
    pub external_system: Option<String>,
    pub external_id: Option<String>,
    pub created_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "account_id", to = "id")]
    pub account: HasOne<super::account::Entity>,
    #[sea_orm(belongs_to, from = "opportunity_id", to = "id")]
    pub opportunity: HasOne<super::opportunity::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
