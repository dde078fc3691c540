//! That something was erased on a reader's request: when and how much, and nothing of what it was.

use sea_orm::entity::prelude::*;

use crate::ids::{ErasureId, LinkId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "erasures")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ErasureId,
    pub link_id: LinkId,
    /// `browser`: what one browser did with the link; `unnamed`: what nobody's browser did;
    /// `address`: what was done by whoever confirmed an address as well.
    pub scope: String,
    pub visits: i32,
    pub events: i32,
    pub questions: i32,
    pub erased_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "link_id", to = "id")]
    pub link: HasOne<super::pitch_link::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
