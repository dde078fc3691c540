//! One message to one webhook. Its id is the message's id on the wire, the same at every try.

use sea_orm::entity::prelude::*;

use super::DeliveryState;
use crate::ids::{DeliveryId, WebhookId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_deliveries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeliveryId,
    pub webhook_id: WebhookId,
    pub event_type: String,
    /// The signal, visit, opportunity, or bundle of alerts that it tells of.
    pub about: Option<Uuid>,
    /// The body as it is sent, byte for byte.
    pub body: String,
    pub state: DeliveryState,
    /// Tries of this round.
    pub tries: i32,
    /// A replay begins another round.
    pub round: i32,
    pub next_try_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub finished_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "webhook_id", to = "id")]
    pub webhook: HasOne<super::webhook::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
