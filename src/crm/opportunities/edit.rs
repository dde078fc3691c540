//! Changing an opportunity: its stage, its outcome, the expected close, the needs.
//!
//! Invariant: every move of stage or outcome leaves its `stage_changes` row, written in the same transaction.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, DatabaseTransaction,
    EntityTrait as _, QueryFilter as _,
};
use serde::{Deserialize, Deserializer};

use super::detail::{OpportunityDetail, load_detail};
use crate::clock::Clock;
use crate::config::Config;
use crate::crm::scope::find_opportunity;
use crate::crm::warmth::Thermometer;
use crate::db::Db;
use crate::entities::{Outcome, Stage, opportunity, stage_change};
use crate::error::{Code, Error, Result};
use crate::http::{IfMatch, Principal, with_etag};
use crate::ids::{OpportunityId, StageChangeId};

/// The longest text of needs, in characters.
const NEEDS_LIMIT: usize = 20_000;

/// What to change; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpportunityEdit {
    /// Move it to this stage; only while it is open.
    pub stage: Option<Stage>,
    /// Close it, or open it again.
    pub outcome: Option<Outcome>,
    /// When it is expected to close; `null` takes the date away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<NaiveDate>)]
    pub expected_close_on: Option<Option<NaiveDate>>,
    /// What the prospect has told of needs and conflicts.
    pub needs: Option<String>,
}

/// Tells a field that is `null` from one that is absent.
#[allow(clippy::option_option, reason = "absent and null mean two things")]
fn present<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Option<NaiveDate>>, D::Error> {
    Deserialize::deserialize(field).map(Some)
}

/// Changes an opportunity.
#[utoipa::path(patch, path = "/api/v1/opportunities/{id}", tag = "opportunities",
    params(OpportunityId, ("If-Match" = String, Header, description = "The revision that is edited")),
    request_body = OpportunityEdit,
    responses((status = 200, body = OpportunityDetail)),
)]
pub async fn edit_opportunity(
    principal: Principal,
    id: web::Path<OpportunityId>,
    if_match: IfMatch,
    edit: web::Json<OpportunityEdit>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let (edit, now) = (edit.into_inner(), clock.now());
    let tx = db.begin().await?;
    let row = find_opportunity(&tx, &principal, *id).await?;
    if_match.require(row.revision)?;
    let moves = decide(row.stage, row.outcome, &edit)?;
    save(&tx, row, edit, &moves, now).await?;
    let thermometer = Thermometer::new(&config, now);
    let detail = load_detail(&tx, &principal, *id, &thermometer).await?;
    tx.commit().await?;
    Ok(with_etag(&detail, detail.revision))
}

/// One move along the route, as `stage_changes` keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Move {
    from: &'static str,
    to: &'static str,
}

/// The moves that the edit means, in order.
fn decide(stage: Stage, outcome: Outcome, edit: &OpportunityEdit) -> Result<Vec<Move>> {
    if edit
        .needs
        .as_ref()
        .is_some_and(|needs| needs.chars().count() > NEEDS_LIMIT)
    {
        return Err(Error::field(
            "needs",
            format!("The text may have {NEEDS_LIMIT} characters at the most."),
        ));
    }
    let new_stage = edit.stage.unwrap_or(stage);
    let new_outcome = edit.outcome.unwrap_or(outcome);
    let is_open = |outcome| outcome == Outcome::Open;
    if !is_open(outcome) && !is_open(new_outcome) && new_stage != stage {
        return Err(Error::new(
            Code::Conflict,
            format!("The opportunity is {outcome}; open it again before you move its stage."),
        ));
    }
    let mut moves = Vec::new();
    let mut step = |from: &'static str, to: &'static str| moves.push(Move { from, to });
    match (is_open(outcome), is_open(new_outcome)) {
        (false, true) => step(outcome.as_str(), new_stage.as_str()),
        (false, false) if outcome != new_outcome => step(outcome.as_str(), new_outcome.as_str()),
        (false, false) => {}
        (true, stays_open) => {
            if new_stage != stage {
                step(stage.as_str(), new_stage.as_str());
            }
            if !stays_open {
                step(new_stage.as_str(), new_outcome.as_str());
            }
        }
    }
    Ok(moves)
}

async fn save(
    tx: &DatabaseTransaction,
    row: opportunity::Model,
    edit: OpportunityEdit,
    moves: &[Move],
    now: DateTime<Utc>,
) -> Result<()> {
    let (id, revision) = (row.id, row.revision);
    let mut change = opportunity::ActiveModel {
        revision: Set(revision + 1),
        updated_at: Set(now),
        ..Default::default()
    };
    if let Some(stage) = edit.stage {
        change.stage = Set(stage);
    }
    if let Some(outcome) = edit.outcome.filter(|outcome| *outcome != row.outcome) {
        change.outcome = Set(outcome);
        change.closed_on = Set((outcome != Outcome::Open).then(|| now.date_naive()));
    }
    if let Some(day) = edit.expected_close_on {
        change.expected_close_on = Set(day);
    }
    if let Some(needs) = edit.needs {
        change.needs = Set(needs);
    }
    // The revision in the condition makes the later of two edits lose, whatever the engine's isolation.
    let outcome = opportunity::Entity::update_many()
        .set(change)
        .filter(opportunity::Column::Id.eq(id))
        .filter(opportunity::Column::Revision.eq(revision))
        .exec(tx)
        .await?;
    if outcome.rows_affected == 0 {
        return Err(Error::new(
            Code::Stale,
            "Somebody else changed it at the same moment. Load it again and repeat your change.",
        ));
    }
    // Moves of one edit lie a microsecond apart, so that the history keeps their order.
    for (step, micros) in moves.iter().zip(0..) {
        let changed_at = now + TimeDelta::microseconds(micros);
        stage_change::ActiveModel {
            id: Set(StageChangeId::new(changed_at)),
            opportunity_id: Set(id),
            from_stage: Set(Some(step.from.to_owned())),
            to_stage: Set(step.to.to_owned()),
            changed_at: Set(changed_at),
        }
        .insert(tx)
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moves(
        (stage, outcome): (Stage, Outcome),
        new_stage: Option<Stage>,
        new_outcome: Option<Outcome>,
    ) -> Result<Vec<(&'static str, &'static str)>> {
        let edit = OpportunityEdit {
            stage: new_stage,
            outcome: new_outcome,
            ..OpportunityEdit::default()
        };
        let moves = decide(stage, outcome, &edit)?;
        Ok(moves.into_iter().map(|step| (step.from, step.to)).collect())
    }

    #[test]
    fn a_new_stage_is_one_move_and_the_same_stage_none() {
        let open = (Stage::Discovery, Outcome::Open);
        assert_eq!(
            moves(open, Some(Stage::Proposal), None).unwrap(),
            [("discovery", "proposal")]
        );
        assert!(
            moves(open, Some(Stage::Discovery), None)
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn closing_from_a_new_stage_is_two_moves() {
        assert_eq!(
            moves(
                (Stage::Proposal, Outcome::Open),
                Some(Stage::Negotiation),
                Some(Outcome::Won)
            )
            .unwrap(),
            [("proposal", "negotiation"), ("negotiation", "won")]
        );
    }

    #[test]
    fn opening_again_leads_back_to_a_stage() {
        assert_eq!(
            moves((Stage::Proposal, Outcome::Lost), None, Some(Outcome::Open)).unwrap(),
            [("lost", "proposal")]
        );
    }

    #[test]
    fn a_closed_opportunity_does_not_move_along_the_stages() {
        let error = moves(
            (Stage::Proposal, Outcome::Won),
            Some(Stage::Discovery),
            None,
        );
        assert_eq!(error.unwrap_err().code, Code::Conflict);
    }

    fn any_stage() -> impl Strategy<Value = Stage> {
        prop::sample::select(Stage::ALL)
    }

    fn any_outcome() -> impl Strategy<Value = Outcome> {
        prop::sample::select(Outcome::ALL)
    }

    proptest! {
        #[test]
        fn the_moves_lead_from_where_it_stood_to_where_it_stands(
            stage in any_stage(), outcome in any_outcome(),
            new_stage in prop::option::of(any_stage()), new_outcome in prop::option::of(any_outcome()),
        ) {
            let place = |stage: Stage, outcome: Outcome| match outcome {
                Outcome::Open => stage.as_str(),
                closed => closed.as_str(),
            };
            if let Ok(steps) = moves((stage, outcome), new_stage, new_outcome) {
                let start = place(stage, outcome);
                let end = place(new_stage.unwrap_or(stage), new_outcome.unwrap_or(outcome));
                let mut at = start;
                for (from, to) in steps {
                    prop_assert_eq!(from, at);
                    prop_assert_ne!(from, to);
                    at = to;
                }
                prop_assert_eq!(at, end);
            }
        }
    }
}
