//! Something that was done with a result of a search.

use sea_orm::entity::prelude::*;

use super::ClickKind;
use crate::ids::{AssetId, SearchId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_clicks")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub search_id: SearchId,
    pub asset_id: AssetId,
    /// The page, if it was one page of the asset.
    pub page: Option<i32>,
    /// Where the result stood in the list, from 1; absent where that is not known.
    pub position: Option<i32>,
    pub kind: ClickKind,
    pub at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "search_id", to = "id")]
    pub search: HasOne<super::search::Entity>,
    #[sea_orm(belongs_to, from = "asset_id", to = "id")]
    pub asset: HasOne<super::asset::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
