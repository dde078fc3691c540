//! What callers send of a step, and its limits.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::entities::StepSide;
use crate::error::FieldError;
use crate::ids::PitchStepId;
use crate::pitches::input::{fault, too_long};

/// More than this is a project plan.
pub(in crate::pitches) const MOST_STEPS: usize = 50;
const LONGEST_WHAT: usize = 300;
const LONGEST_WHO: usize = 120;

/// A mutual next step.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
pub struct StepInput {
    /// The step that it is already; absent for a new one.
    #[serde(default)]
    pub id: Option<PitchStepId>,
    /// Whose turn it is.
    pub side: StepSide,
    /// What is to be done.
    pub what: String,
    /// Who does it; empty for the side as a whole.
    #[serde(default)]
    pub who: String,
    /// By when.
    #[serde(default)]
    pub due_on: Option<NaiveDate>,
}

/// The steps without blanks around their words, and what is wrong with them. Empty rows are left out.
pub(in crate::pitches) fn check_steps(steps: Vec<StepInput>) -> (Vec<StepInput>, Vec<FieldError>) {
    let steps: Vec<StepInput> = steps
        .into_iter()
        .map(|step| StepInput {
            what: step.what.trim().to_owned(),
            who: step.who.trim().to_owned(),
            ..step
        })
        .filter(|step| !(step.what.is_empty() && step.who.is_empty() && step.due_on.is_none()))
        .collect();
    let mut faults = Vec::new();
    if steps.len() > MOST_STEPS {
        faults.push(fault(
            "steps",
            format!("A pitch has {MOST_STEPS} next steps at the most."),
        ));
    }
    for (index, step) in steps.iter().enumerate() {
        let field = |name: &str| format!("steps[{index}].{name}");
        if step.what.is_empty() {
            faults.push(fault(&field("what"), "Say what is to be done."));
        }
        faults.extend(too_long(&field("what"), &step.what, LONGEST_WHAT));
        faults.extend(too_long(&field("who"), &step.who, LONGEST_WHO));
    }
    (steps, faults)
}
