//! Mutual next steps: who does what by when, kept with the pitch and ticked off by either side.
//!
//! The prospect's page shows them and takes the ticks (`viewer`); here is what they are and what a tick does.
//!
//! Invariant: a tick is one act. Whoever repeats it changes nothing and tells nobody again; an edit of the pitch never
//! takes a tick away from a step that stays.

mod done;
mod input;
mod list;
mod views;
mod write;

pub use done::{
    __path_put_step_done, StepDone, Tick, TickedBy, put_step_done, tick, tick_by_sender,
};
pub use input::StepInput;
pub use list::{
    __path_list_opportunity_steps, OpportunityStep, OpportunitySteps, list_opportunity_steps,
};
pub use views::{StepView, steps_of};

pub(super) use input::{MOST_STEPS, check_steps};
pub(super) use write::replace_steps;
