//! An asset's place in a collection.

use sea_orm::entity::prelude::*;

use crate::ids::{AssetId, CollectionId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "collection_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub collection_id: CollectionId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub asset_id: AssetId,
    pub position: i32,
    #[sea_orm(belongs_to, from = "collection_id", to = "id")]
    pub collection: HasOne<super::collection::Entity>,
    #[sea_orm(belongs_to, from = "asset_id", to = "id")]
    pub asset: HasOne<super::asset::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
