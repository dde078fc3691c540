//! What the API shows of steps.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde::Serialize;

use crate::entities::{StepSide, pitch_step};
use crate::error::Result;
use crate::ids::{PitchId, PitchStepId};

/// A mutual next step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StepView {
    /// The step.
    pub id: PitchStepId,
    /// Whose turn it is.
    pub side: StepSide,
    /// What is to be done.
    pub what: String,
    /// Who does it; empty for the side as a whole.
    pub who: String,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// When it was ticked off.
    pub done_at: Option<DateTime<Utc>>,
    /// By whom.
    pub done_by: Option<String>,
    /// Whether the prospect ticked it off on their page.
    pub done_by_prospect: bool,
    /// Whether it is open past its day.
    pub overdue: bool,
}

impl StepView {
    pub(super) fn of(step: pitch_step::Model, today: NaiveDate) -> Self {
        Self {
            overdue: step.done_at.is_none() && step.due_on.is_some_and(|due| due < today),
            id: step.id,
            side: step.side,
            what: step.what,
            who: step.who,
            due_on: step.due_on,
            done_at: step.done_at,
            done_by: step.done_by,
            done_by_prospect: step.done_link_id.is_some(),
        }
    }
}

/// The steps of a pitch in their order.
pub async fn steps_of<C: ConnectionTrait>(
    db: &C,
    pitch: PitchId,
    today: NaiveDate,
) -> Result<Vec<StepView>> {
    let rows = pitch_step::Entity::find()
        .filter(pitch_step::Column::PitchId.eq(pitch))
        .order_by_asc(pitch_step::Column::Position)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|step| StepView::of(step, today))
        .collect())
}
