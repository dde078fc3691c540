//! Rows of `stage_changes.csv`. They have no id of their own: a move is known by its opportunity, target and moment.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, Condition};

use crate::crm::import::references::{Reference, References};
use crate::crm::import::upsert::Record;
use crate::entities::{Outcome, Stage, stage_change};
use crate::ids::{OpportunityId, StageChangeId};
use crate::imports::{Given, Row, moment};

pub(in crate::crm::import) struct StageChange {
    opportunity: OpportunityId,
    from: Given<&'static str>,
    to: &'static str,
    changed_at: DateTime<Utc>,
}

impl Record for StageChange {
    type Entity = stage_change::Entity;
    type Key = (OpportunityId, String, DateTime<Utc>);

    const REQUIRED: &'static [&'static str] =
        &["opportunity_external_id", "to_stage", "changed_at"];
    const OPTIONAL: &'static [&'static str] = &["from_stage"];
    const REFERENCES: &'static [Reference] = &[Reference::Opportunities];

    fn read(row: &mut Row<'_>, references: &References) -> Option<Self> {
        let opportunity = row.reference("opportunity_external_id", &references.opportunities);
        let to = row.required("to_stage", stop);
        let changed_at = row.required("changed_at", moment);
        Some(Self {
            from: row.given("from_stage", stop),
            opportunity: opportunity?,
            to: to?,
            changed_at: changed_at?,
        })
    }

    fn key(&self) -> Self::Key {
        (self.opportunity, self.to.to_owned(), self.changed_at)
    }

    fn stored_key(model: &stage_change::Model) -> Option<Self::Key> {
        Some((
            model.opportunity_id,
            model.to_stage.clone(),
            model.changed_at,
        ))
    }

    fn stored(records: &[Self]) -> Condition {
        let ids = records.iter().map(|record| record.opportunity);
        Condition::all().add(stage_change::Column::OpportunityId.is_in(ids))
    }

    fn conflict() -> Vec<stage_change::Column> {
        use stage_change::Column::{ChangedAt, OpportunityId, ToStage};
        vec![OpportunityId, ToStage, ChangedAt]
    }

    fn into_model(
        self,
        stored: Option<&stage_change::Model>,
        _: DateTime<Utc>,
    ) -> stage_change::Model {
        let from = match self.from {
            Given::Nothing => stored.and_then(|it| it.from_stage.clone()),
            Given::Cell(from) => from.map(str::to_owned),
        };
        stage_change::Model {
            // The id sorts by the time of the move, so that moves of one moment keep an order.
            id: stored.map_or_else(|| StageChangeId::new(self.changed_at), |it| it.id),
            opportunity_id: self.opportunity,
            from_stage: from,
            to_stage: self.to.to_owned(),
            changed_at: self.changed_at,
        }
    }
}

/// A stage, or the outcome at the end of the line.
fn stop(cell: &str) -> Result<&'static str, String> {
    let name = cell.to_lowercase();
    let outcomes = [Outcome::Won, Outcome::Lost].map(Outcome::as_str);
    Stage::ALL
        .iter()
        .map(|stage| stage.as_str())
        .chain(outcomes)
        .find(|stop| *stop == name)
        .ok_or_else(|| {
            "must be one of discovery, evaluation, proposal, negotiation, won, lost".to_owned()
        })
}
