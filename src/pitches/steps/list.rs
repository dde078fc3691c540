//! The steps of all pitches for one opportunity.

use actix_web::web;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::Serialize;

use super::views::StepView;
use crate::clock::Clock;
use crate::crm;
use crate::db::Db;
use crate::entities::{pitch, pitch_step};
use crate::error::Result;
use crate::http::{Principal, Problem};
use crate::ids::{OpportunityId, PitchId};

/// More than anybody has agreed on in one deal.
const MOST: u64 = 200;

/// The steps of an opportunity.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct OpportunitySteps {
    /// Pitch by pitch, the pitch that was changed last first; at most 200.
    pub items: Vec<OpportunityStep>,
}

/// A step with the pitch it was agreed in.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct OpportunityStep {
    /// The pitch.
    pub pitch_id: PitchId,
    /// Its title.
    pub pitch_title: String,
    /// The step.
    #[serde(flatten)]
    pub step: StepView,
}

/// What both sides have agreed to do in an opportunity, and what of it is done.
#[utoipa::path(get, path = "/api/v1/opportunities/{id}/steps", tag = "pitches", params(OpportunityId), responses(
    (status = 200, body = OpportunitySteps), (status = 404, body = Problem),
))]
pub async fn list_opportunity_steps(
    principal: Principal,
    id: web::Path<OpportunityId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<OpportunitySteps>> {
    let opportunity = crm::find_opportunity(db.read(), &principal, *id).await?;
    let rows = pitch_step::Entity::find()
        .find_also_related(pitch::Entity)
        .filter(pitch::Column::OpportunityId.eq(opportunity.id))
        .order_by_desc(pitch::Column::UpdatedAt)
        .order_by_desc(pitch::Column::Id)
        .order_by_asc(pitch_step::Column::Position)
        .limit(MOST)
        .all(db.read())
        .await?;
    let today = clock.now().date_naive();
    let items = rows
        .into_iter()
        .map(|(step, pitch)| OpportunityStep {
            pitch_id: step.pitch_id,
            pitch_title: pitch.map(|pitch| pitch.title).unwrap_or_default(),
            step: StepView::of(step, today),
        })
        .collect();
    Ok(web::Json(OpportunitySteps { items }))
}
