//! What became, or would become, of one file of an import.

use sea_orm::entity::prelude::*;

use super::ImportOutcome;
use crate::ids::{AssetId, ImportId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_rows")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: ImportId,
    /// From 1, in the order of the manifest or of the archive.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub file: String,
    pub outcome: ImportOutcome,
    /// Why it was refused, or what else is to be known.
    pub detail: Option<String>,
    /// What it became, or would become a version of. No foreign key: the report outlives the asset.
    pub asset_id: Option<AssetId>,
    /// Whether it has happened; before that it is a forecast.
    pub done: bool,
}

impl ActiveModelBehavior for ActiveModel {}
