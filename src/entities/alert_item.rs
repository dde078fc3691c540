//! One signal to be told to one user by one channel; it waits here until its bundle goes out.

use sea_orm::entity::prelude::*;

use super::AlertChannel;
use crate::ids::{AlertItemId, OpportunityId, SignalId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "alert_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AlertItemId,
    pub user_id: UserId,
    pub opportunity_id: OpportunityId,
    pub signal_id: SignalId,
    pub channel: AlertChannel,
    /// Quiet hours keep it back: at their end everything held goes out as one bundle.
    pub held: bool,
    pub due_at: DateTimeUtc,
    /// When it was told.
    pub settled_at: Option<DateTimeUtc>,
    /// What was told together; absent while it waits.
    pub bundle_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: HasOne<super::user::Entity>,
    #[sea_orm(belongs_to, from = "opportunity_id", to = "id")]
    pub opportunity: HasOne<super::opportunity::Entity>,
    #[sea_orm(belongs_to, from = "signal_id", to = "id")]
    pub signal: HasOne<super::signal::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
