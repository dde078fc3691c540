//! Content that reps ask for, and what becomes of it.

use sea_orm::entity::prelude::*;

use super::RequestStatus;
use crate::ids::{AssetId, RequestId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "content_requests")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RequestId,
    pub title: String,
    /// What it is needed for.
    pub purpose: String,
    /// The words that were searched for in vain.
    pub query: String,
    pub stage: Option<String>,
    pub industry: Option<String>,
    pub persona: Option<String>,
    pub product: Option<String>,
    pub status: RequestStatus,
    pub asked_by: UserId,
    /// Who sees to it.
    pub owner_id: Option<UserId>,
    pub due_on: Option<Date>,
    /// What was made of it, once done.
    pub asset_id: Option<AssetId>,
    pub decline_reason: String,
    /// How many people asked: the number of its joins.
    pub demand: i32,
    pub revision: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "asked_by", to = "id", relation_enum = "Asker")]
    pub asker: HasOne<super::user::Entity>,
    #[sea_orm(belongs_to, from = "owner_id", to = "id", relation_enum = "Owner")]
    pub owner: HasOne<super::user::Entity>,
    #[sea_orm(belongs_to, from = "asset_id", to = "id")]
    pub asset: HasOne<super::asset::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
