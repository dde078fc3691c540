//! Money spent on an asset, on one day.

use sea_orm::entity::prelude::*;

use super::CostKind;
use crate::ids::{AssetId, CostId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "asset_costs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CostId,
    pub asset_id: AssetId,
    pub kind: CostKind,
    pub amount_minor: i64,
    pub currency: String,
    pub spent_on: Date,
    pub note: String,
    /// By what a row of an imported file is known again; absent where it was typed in.
    pub import_key: Option<String>,
    pub created_by: Option<UserId>,
    pub revision: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "asset_id", to = "id")]
    pub asset: HasOne<super::asset::Entity>,
    #[sea_orm(belongs_to, from = "created_by", to = "id")]
    pub creator: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
