//! How warm a contact is; as `opportunity_scores`, without reach.

use sea_orm::entity::prelude::*;

use crate::ids::ContactId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_scores")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub contact_id: ContactId,
    pub points: f64,
    pub reads: i32,
    pub ready: bool,
    pub ready_since: Option<DateTimeUtc>,
    pub falls_at: Option<DateTimeUtc>,
    pub considered_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "contact_id", to = "id")]
    pub contact: HasOne<super::contact::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
