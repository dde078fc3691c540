//! Under which path an asset came in by an import, so that a repetition finds it.

use sea_orm::entity::prelude::*;

use crate::ids::AssetId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_keys")]
pub struct Model {
    /// The path inside the folder or archive, behind the prefix of the import.
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_key: String,
    pub asset_id: AssetId,
}

impl ActiveModelBehavior for ActiveModel {}
