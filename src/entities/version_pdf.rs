//! The PDF of a version that is not a PDF itself, or why there is none. Derived: it can be made anew.

use sea_orm::entity::prelude::*;

use crate::ids::VersionId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "version_pdfs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub version_id: VersionId,
    /// Absent where it could not be made.
    pub blob: Option<String>,
    pub byte_size: i64,
    /// Why it could not be made, for people.
    pub failure: Option<String>,
    pub created_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "version_id", to = "id")]
    pub version: HasOne<super::asset_version::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
