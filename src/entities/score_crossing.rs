//! One time that a score rose to the threshold or fell below it. Append-only.

use sea_orm::entity::prelude::*;

use crate::ids::{ContactId, OpportunityId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "score_crossings")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Of an opportunity, or
    pub opportunity_id: Option<OpportunityId>,
    /// of a contact.
    pub contact_id: Option<ContactId>,
    pub up: bool,
    /// The score right then.
    pub value: f64,
    /// The threshold at that time.
    pub threshold: f64,
    pub at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "opportunity_id", to = "id")]
    pub opportunity: HasOne<super::opportunity::Entity>,
    #[sea_orm(belongs_to, from = "contact_id", to = "id")]
    pub contact: HasOne<super::contact::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
