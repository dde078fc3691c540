//! A mutual next step of a pitch: who does what by when, and whether it is done.

use sea_orm::entity::prelude::*;

use super::StepSide;
use crate::ids::{LinkId, PitchId, PitchStepId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pitch_steps")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PitchStepId,
    pub pitch_id: PitchId,
    pub position: i32,
    pub side: StepSide,
    pub what: String,
    /// Who does it, as the prospect reads it; empty for the side as a whole.
    pub who: String,
    pub due_on: Option<Date>,
    pub done_at: Option<DateTimeUtc>,
    /// The name of whoever ticked it off, as it was known then.
    pub done_by: Option<String>,
    /// The link on whose page it was ticked off; absent where the sender did it. No foreign key: what is done stays
    /// done when the link is erased.
    pub done_link_id: Option<LinkId>,
    pub created_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "pitch_id", to = "id")]
    pub pitch: HasOne<super::pitch::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
