//! A call, meeting, note, mail or status.

use sea_orm::entity::prelude::*;

use super::ActivityKind;
use crate::ids::{ActivityId, ContactId, OpportunityId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activities")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ActivityId,
    /// Absent for what was done with a contact outside any opportunity; then the contact is there.
    pub opportunity_id: Option<OpportunityId>,
    pub contact_id: Option<ContactId>,
    pub owner_id: Option<UserId>,
    pub kind: ActivityKind,
    pub subject: String,
    pub body: String,
    /// What came of a call; absent where the rep did not say.
    pub call_status: Option<String>,
    pub occurred_at: DateTimeUtc,
    pub external_system: Option<String>,
    pub external_id: Option<String>,
    pub created_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "opportunity_id", to = "id")]
    pub opportunity: HasOne<super::opportunity::Entity>,
    #[sea_orm(belongs_to, from = "contact_id", to = "id")]
    pub contact: HasOne<super::contact::Entity>,
    #[sea_orm(belongs_to, from = "owner_id", to = "id")]
    pub owner: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
