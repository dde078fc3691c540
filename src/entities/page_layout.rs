//! Where the words and links of a page stand, for the prospect's page. Apart from `pages`, whose rows are read by many
//! that need none of it; absent for pages that were made before it was kept, and for those that are no PDF inside.

use sea_orm::entity::prelude::*;

use crate::ids::VersionId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "page_layouts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub version_id: VersionId,
    /// From 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// `documents::PageLayout` as JSON.
    pub layout: String,
    #[sea_orm(belongs_to, from = "version_id", to = "id")]
    pub version: HasOne<super::asset_version::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
