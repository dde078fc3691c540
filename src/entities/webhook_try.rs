//! One try to deliver a message, and what came of it.

use sea_orm::entity::prelude::*;

use crate::ids::DeliveryId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_tries")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub delivery_id: DeliveryId,
    pub round: i32,
    pub number: i32,
    pub at: DateTimeUtc,
    /// The receiver's answer, if it answered.
    pub status: Option<i32>,
    pub took_ms: i32,
    /// Why it does not count as delivered.
    pub failure: Option<String>,
    /// The first words of the answer.
    pub reply: String,
    #[sea_orm(belongs_to, from = "delivery_id", to = "id")]
    pub delivery: HasOne<super::webhook_delivery::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
