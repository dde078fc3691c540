//! Where to look for pages like this one: pages that share such a number are worth comparing.

use sea_orm::entity::prelude::*;

use crate::ids::AssetId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "page_bands")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub asset_id: AssetId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
}

impl ActiveModelBehavior for ActiveModel {}
