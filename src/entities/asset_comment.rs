//! Something said about an asset, or about one page of a version, among those who make and review it.

use sea_orm::entity::prelude::*;

use crate::ids::{AssetId, CommentId, UserId, VersionId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "asset_comments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CommentId,
    pub asset_id: AssetId,
    /// The version whose page is meant; absent where the whole asset is.
    pub version_id: Option<VersionId>,
    pub page_number: Option<i32>,
    pub text: String,
    pub author_id: UserId,
    pub created_at: DateTimeUtc,
    pub resolved_at: Option<DateTimeUtc>,
    pub resolved_by: Option<UserId>,
    #[sea_orm(belongs_to, from = "asset_id", to = "id")]
    pub asset: HasOne<super::asset::Entity>,
    #[sea_orm(belongs_to, from = "version_id", to = "id")]
    pub version: HasOne<super::asset_version::Entity>,
    #[sea_orm(belongs_to, from = "author_id", to = "id", relation_enum = "Author")]
    pub author: HasOne<super::user::Entity>,
    #[sea_orm(
        belongs_to,
        from = "resolved_by",
        to = "id",
        relation_enum = "Resolver"
    )]
    pub resolver: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
