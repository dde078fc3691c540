//! What a page is recognised by: a sketch of its words and the likeness of its picture.

use sea_orm::entity::prelude::*;

use crate::ids::AssetId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "page_fingerprints")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub asset_id: AssetId,
    /// From 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// How many words it has.
    pub words: i32,
    /// 64 numbers of two bytes; empty for a page with too few words.
    pub signature: Vec<u8>,
    pub picture: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
