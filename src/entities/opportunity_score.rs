//! How warm an opportunity is: a decaying sum kept at a fixed reference time, so that passing time writes nothing.

use sea_orm::entity::prelude::*;

use crate::ids::OpportunityId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunity_scores")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub opportunity_id: OpportunityId,
    /// The sum over reads as it would stand at the reference time; what it is worth now is a factor away.
    pub points: f64,
    /// What reach into the buying committee adds; it does not decay.
    pub reach: f64,
    pub readers: i32,
    pub roles: i32,
    /// At or over the threshold.
    pub ready: bool,
    pub ready_since: Option<DateTimeUtc>,
    /// When it falls below the threshold if nothing else happens.
    pub falls_at: Option<DateTimeUtc>,
    /// When to look again though nothing new came in: a visit settles or ends.
    pub due_at: Option<DateTimeUtc>,
    /// A digest of all that it was made from.
    pub basis: String,
    pub revision: i64,
    pub considered_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "opportunity_id", to = "id")]
    pub opportunity: HasOne<super::opportunity::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
