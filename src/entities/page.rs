//! One page or slide of a version: its text, its title, and where its pictures lie.

use sea_orm::entity::prelude::*;

use crate::ids::VersionId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub version_id: VersionId,
    /// From 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub title: String,
    pub text: String,
    /// Of the largest picture, in pixels.
    pub width: i32,
    pub height: i32,
    /// Blobs of the WebP pictures, at most 480, 960 and 1600 pixels wide.
    pub image_480: String,
    pub image_960: String,
    pub image_1600: String,
    /// How its picture looks, in 64 bits (`documents::likeness`); absent for pages made before it was taken down.
    pub picture_hash: Option<i64>,
    #[sea_orm(belongs_to, from = "version_id", to = "id")]
    pub version: HasOne<super::asset_version::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
