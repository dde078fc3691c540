//! Somebody who asks for a piece of content, the first asker included, and the deal they need it for.

use sea_orm::entity::prelude::*;

use crate::ids::{OpportunityId, RequestId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "content_request_joins")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_id: RequestId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    pub opportunity_id: Option<OpportunityId>,
    pub joined_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "request_id", to = "id")]
    pub request: HasOne<super::content_request::Entity>,
    #[sea_orm(belongs_to, from = "user_id", to = "id")]
    pub user: HasOne<super::user::Entity>,
    #[sea_orm(belongs_to, from = "opportunity_id", to = "id")]
    pub opportunity: HasOne<super::opportunity::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
