//! A person's word over the classifier's: which visits, and what they are. Revoked, it is kept and has no effect.

use sea_orm::entity::prelude::*;

use super::{RuleField, VisitClass};
use crate::ids::{UserId, VisitRuleId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "visit_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VisitRuleId,
    pub field: RuleField,
    /// What the field must be; of an agent, what it must contain.
    pub value: String,
    pub class: VisitClass,
    /// Why, in the words of whoever made it.
    pub note: String,
    pub created_by: UserId,
    pub created_at: DateTimeUtc,
    pub revoked_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "created_by", to = "id")]
    pub creator: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
