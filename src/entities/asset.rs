//! One piece of collateral. What it shows is its current version; what it is for stands in its facets.

use sea_orm::entity::prelude::*;

use super::{AssetKind, AssetState};
use crate::ids::{AssetId, UserId, VersionId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssetId,
    pub title: String,
    pub description: String,
    pub kind: AssetKind,
    pub state: AssetState,
    /// Reps may read it; it never leaves in a pitch.
    pub internal_only: bool,
    /// BCP 47; detected at conversion where nobody said it.
    pub language: Option<String>,
    pub owner_id: Option<UserId>,
    /// The newest version that is ready, else the newest. No foreign key: versions refer to assets already.
    pub current_version_id: Option<VersionId>,
    pub review_by: Option<Date>,
    pub expires_at: Option<Date>,
    /// Counts edits; an edit names the one it is based on.
    pub revision: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "owner_id", to = "id")]
    pub owner: HasOne<super::user::Entity>,
    #[sea_orm(
        belongs_to,
        from = "current_version_id",
        to = "id",
        relation_enum = "CurrentVersion",
        skip_fk
    )]
    pub current_version: HasOne<super::asset_version::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

#[cfg(test)]
impl Model {
    /// An approved deck that says nothing.
    pub(crate) fn blank() -> Self {
        let now = DateTimeUtc::UNIX_EPOCH;
        Self {
            id: AssetId::new(now),
            title: String::new(),
            description: String::new(),
            kind: AssetKind::Deck,
            state: AssetState::Approved,
            internal_only: false,
            language: None,
            owner_id: None,
            current_version_id: None,
            review_by: None,
            expires_at: None,
            revision: 1,
            created_at: now,
            updated_at: now,
        }
    }
}
