//! Captions of a video version in one language: what is shown when, and the words alone.

use sea_orm::entity::prelude::*;

use crate::ids::{CaptionId, UserId, VersionId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "captions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CaptionId,
    pub version_id: VersionId,
    /// BCP 47.
    pub language: String,
    /// What viewers choose by.
    pub label: String,
    /// As they are served, written by ourselves.
    pub vtt: String,
    /// The words, for the search.
    pub text: String,
    pub created_by: Option<UserId>,
    pub created_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "version_id", to = "id")]
    pub version: HasOne<super::asset_version::Entity>,
    #[sea_orm(belongs_to, from = "created_by", to = "id")]
    pub creator: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
