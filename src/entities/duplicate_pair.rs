//! Two assets whose current versions are alike, and whether somebody has said that they are not the same.

use sea_orm::entity::prelude::*;

use crate::ids::{AssetId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "duplicate_pairs")]
pub struct Model {
    /// The older of the two.
    #[sea_orm(primary_key, auto_increment = false)]
    pub asset_id: AssetId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub other_id: AssetId,
    /// Whether the files are the same, byte by byte.
    pub exact: bool,
    /// How many pages of the one have their like in the other.
    pub alike: i32,
    pub pages: i32,
    pub other_pages: i32,
    pub found_at: DateTimeUtc,
    pub dismissed_at: Option<DateTimeUtc>,
    pub dismissed_by: Option<UserId>,
}

impl ActiveModelBehavior for ActiveModel {}
