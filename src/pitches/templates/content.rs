//! What a template is made of, and its limits.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::entities::StepSide;
use crate::error::FieldError;
use crate::ids::AssetId;
use crate::pitches::history::Content;
use crate::pitches::input::{PitchItemInput, fault, too_long};
use crate::pitches::placeholders::{Facts, names};
use crate::pitches::steps::{MOST_STEPS, StepInput};

const MOST_ITEMS: usize = 200;
const LONGEST_TITLE: usize = 200;
const LONGEST_MESSAGE: usize = 10_000;
const LONGEST_WORDS: usize = 2_000;
const MOST_DAYS: i32 = 730;

/// Message, items and steps of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TemplateContent {
    /// The words above the pages, in Markdown.
    #[serde(default)]
    pub message: String,
    /// What it shows, in order.
    #[serde(default)]
    pub items: Vec<TemplateItem>,
    /// Who does what how many days after it is used.
    #[serde(default)]
    pub steps: Vec<TemplateStep>,
    /// Whether a story of a similar customer belongs into the pitch.
    #[serde(default)]
    pub story: bool,
}

/// One asset, or one page of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TemplateItem {
    /// The asset.
    pub asset_id: AssetId,
    /// A single page; absent for the whole asset.
    #[serde(default)]
    pub page_number: Option<i32>,
    /// The heading under which it stands.
    #[serde(default)]
    pub section: String,
    /// The sender's words about it.
    #[serde(default)]
    pub note: String,
}

/// A mutual next step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TemplateStep {
    /// Whose turn it is.
    pub side: StepSide,
    /// What is to be done.
    pub what: String,
    /// Who does it.
    #[serde(default)]
    pub who: String,
    /// By how many days after the template is used.
    #[serde(default)]
    pub due_in_days: Option<i32>,
}

impl TemplateContent {
    /// What `content` of a pitch looks like for the next deal.
    pub(super) fn of_pitch(
        content: Content,
        wants_story: bool,
        facts: &Facts,
        today: NaiveDate,
    ) -> Self {
        let general = |text: &str| facts.generalise(text);
        Self {
            message: general(&content.message),
            items: content
                .items
                .into_iter()
                .map(|item| TemplateItem {
                    asset_id: item.asset_id,
                    page_number: item.page_number,
                    section: general(&item.section),
                    note: general(&item.note),
                })
                .collect(),
            steps: content
                .steps
                .into_iter()
                .map(|step| TemplateStep {
                    side: step.side,
                    what: general(&step.what),
                    who: general(&step.who),
                    due_in_days: step.due_on.map(|due| {
                        let days = (due - today).num_days().clamp(0, i64::from(MOST_DAYS));
                        i32::try_from(days).unwrap_or(MOST_DAYS)
                    }),
                })
                .collect(),
            story: wants_story,
        }
    }

    /// The items of a pitch made from it.
    pub(super) fn items(&self, facts: &Facts) -> Vec<PitchItemInput> {
        self.items
            .iter()
            .map(|item| PitchItemInput {
                asset_id: item.asset_id,
                page_number: item.page_number,
                note: facts.fill(&item.note),
                section: facts.fill(&item.section),
                version_id: None,
            })
            .collect()
    }

    /// The steps of a pitch made from it.
    pub(super) fn steps(&self, facts: &Facts, today: NaiveDate) -> Vec<StepInput> {
        self.steps
            .iter()
            .map(|step| StepInput {
                id: None,
                side: step.side,
                what: facts.fill(&step.what),
                who: facts.fill(&step.who),
                due_on: step
                    .due_in_days
                    .and_then(|days| today.checked_add_days(Days::new(u64::try_from(days).ok()?))),
            })
            .collect()
    }

    /// The placeholders in it, each once.
    pub(super) fn placeholders(&self, title: &str) -> Vec<String> {
        let words = [title, self.message.as_str()]
            .into_iter()
            .chain(
                self.items
                    .iter()
                    .flat_map(|item| [item.section.as_str(), item.note.as_str()]),
            )
            .chain(
                self.steps
                    .iter()
                    .flat_map(|step| [step.what.as_str(), step.who.as_str()]),
            );
        let mut found: Vec<String> = words.flat_map(names).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What is wrong with it.
    pub(super) fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        faults.extend(too_long("message", &self.message, LONGEST_MESSAGE));
        if self.items.len() > MOST_ITEMS {
            faults.push(fault(
                "items",
                format!("A pitch has {MOST_ITEMS} items at the most."),
            ));
        }
        if self.steps.len() > MOST_STEPS {
            faults.push(fault(
                "steps",
                format!("A pitch has {MOST_STEPS} next steps at the most."),
            ));
        }
        for (index, item) in self.items.iter().enumerate() {
            faults.extend(too_long(
                &format!("items[{index}].note"),
                &item.note,
                LONGEST_WORDS,
            ));
            faults.extend(too_long(
                &format!("items[{index}].section"),
                &item.section,
                LONGEST_TITLE,
            ));
        }
        for (index, step) in self.steps.iter().enumerate() {
            let field = format!("steps[{index}].what");
            if step.what.trim().is_empty() {
                faults.push(fault(&field, "Say what is to be done."));
            }
            faults.extend(too_long(&field, &step.what, LONGEST_TITLE));
            faults.extend(too_long(
                &format!("steps[{index}].who"),
                &step.who,
                LONGEST_TITLE,
            ));
            if step
                .due_in_days
                .is_some_and(|days| !(0..=MOST_DAYS).contains(&days))
            {
                faults.push(fault(
                    &format!("steps[{index}].due_in_days"),
                    format!("Between 0 and {MOST_DAYS} days."),
                ));
            }
        }
        faults
    }
}
