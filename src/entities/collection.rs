//! A curated, ordered set of assets.

use sea_orm::entity::prelude::*;

use crate::ids::{AssetId, CollectionId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "collections")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CollectionId,
    pub name: String,
    pub description: String,
    pub owner_id: Option<UserId>,
    pub created_at: DateTimeUtc,
    /// Counts edits; an edit names the one it is based on.
    pub revision: i64,
    /// Only for its teams, and for those who keep the library; else for everybody.
    pub restricted: bool,
    /// Whose page is its picture; its first asset's where absent, or where the page is gone.
    pub cover_asset_id: Option<AssetId>,
    pub cover_page: Option<i32>,
    #[sea_orm(belongs_to, from = "owner_id", to = "id")]
    pub owner: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
