//! Says of which version the fingerprints of an asset are.

use sea_orm::entity::prelude::*;

use crate::ids::{AssetId, VersionId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "asset_fingerprints")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub asset_id: AssetId,
    /// No foreign key: a version that is gone only means that it is time to look again.
    pub version_id: VersionId,
    pub pages: i32,
    pub made_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
