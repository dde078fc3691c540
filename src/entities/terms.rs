//! Terms that readers of a link accept before they read. The text of each version is in `terms_versions`.

use sea_orm::entity::prelude::*;

use crate::ids::TermsId;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "terms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TermsId,
    pub title: String,
    /// The number of the version that is asked for.
    pub version: i32,
    /// No new link asks for them; links that do go on.
    pub retired_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
