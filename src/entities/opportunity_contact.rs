//! A contact's part in the buying committee of an opportunity.

use sea_orm::entity::prelude::*;

use super::ContactRole;
use crate::ids::{ContactId, OpportunityId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunity_contacts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub opportunity_id: OpportunityId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub contact_id: ContactId,
    pub role: Option<ContactRole>,
    #[sea_orm(belongs_to, from = "opportunity_id", to = "id")]
    pub opportunity: HasOne<super::opportunity::Entity>,
    #[sea_orm(belongs_to, from = "contact_id", to = "id")]
    pub contact: HasOne<super::contact::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
