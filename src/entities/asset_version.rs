//! One uploaded file of an asset. The file never changes; only the state of its conversion does.

use sea_orm::entity::prelude::*;

use super::VersionState;
use crate::ids::{AssetId, UserId, VersionId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "asset_versions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VersionId,
    pub asset_id: AssetId,
    /// 1, 2, 3, ... within the asset.
    pub number: i32,
    pub file_name: String,
    pub media_type: String,
    /// What sniffing said: `pdf`, `pptx`, ...
    pub format: String,
    pub byte_size: i64,
    /// Hex BLAKE3 of the file, its address in the blob store.
    pub blob: String,
    pub state: VersionState,
    pub page_count: Option<i32>,
    pub pages_done: i32,
    pub failure_code: Option<String>,
    pub failure_detail: Option<String>,
    pub created_by: Option<UserId>,
    pub created_at: DateTimeUtc,
    /// What changed, in the words of whoever uploaded it.
    pub change_note: Option<String>,
    /// The older version whose file and pages this one has again.
    pub restored_from: Option<VersionId>,
    /// How long it plays, if it is a video.
    pub duration_ms: Option<i64>,
    /// What its conversion left out or could not draw: sentences, if there are any.
    pub warnings: Option<Json>,
    /// It is ready, and shown once a second person has approved it.
    pub awaits_approval: bool,
    #[sea_orm(belongs_to, from = "asset_id", to = "id")]
    pub asset: HasOne<super::asset::Entity>,
    #[sea_orm(belongs_to, from = "created_by", to = "id")]
    pub creator: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
