//! One signal, append-only. The truth from which visits and rollups are folded.

use sea_orm::entity::prelude::*;

use super::EventKind;
use crate::ids::{AssetId, EventId, LinkId, PitchItemId, VersionId, VisitId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    /// Made on the viewer's device; the same event sent twice is one row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    pub visit_id: VisitId,
    pub link_id: LinkId,
    pub kind: EventKind,
    /// When it happened, by the server's clock (the client's offset is clamped into the visit).
    pub occurred_at: DateTimeUtc,
    pub received_at: DateTimeUtc,
    pub item_id: Option<PitchItemId>,
    pub asset_id: Option<AssetId>,
    pub version_id: Option<VersionId>,
    pub page_number: Option<i32>,
    /// Active milliseconds, clamped to the wall clock.
    pub active_ms: i64,
    /// What only some kinds carry, such as the features of `opened`.
    pub data: Json,
    #[sea_orm(belongs_to, from = "link_id", to = "id")]
    pub link: HasOne<super::pitch_link::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
