//! What callers send, and its limits.

use serde::{Deserialize, Serialize};

use super::gates::LinkSettings;
use super::steps::{StepInput, check_steps};
use crate::error::{Error, FieldError, Result};
use crate::ids::{AssetId, ContactId, OpportunityId, VersionId};

const MOST_ITEMS: usize = 200;
const MOST_RECIPIENTS: usize = 100;
const LONGEST_TITLE: usize = 200;
const LONGEST_MESSAGE: usize = 10_000;
const LONGEST_NOTE: usize = 2_000;
const LONGEST_EDITING: usize = 64;

/// A pitch to be made.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct NewPitch {
    /// What it is for.
    pub opportunity_id: OpportunityId,
    /// Its title, as the prospect reads it; made from the account's name where not said.
    pub title: Option<String>,
    /// The words above the pages.
    #[serde(default)]
    pub message: String,
    /// What it shows, in order.
    #[serde(default)]
    pub items: Vec<PitchItemInput>,
    /// Who does what by when.
    #[serde(default)]
    pub steps: Vec<StepInput>,
    /// Whether a customer story belongs into it.
    #[serde(default)]
    pub story_wanted: bool,
}

/// All that can be edited of a pitch.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct PitchEdit {
    /// Its title, as the prospect reads it.
    pub title: String,
    /// The words above the pages.
    pub message: String,
    /// What it shows, in order. An item for the same asset and page keeps its identity, and its history with it.
    pub items: Vec<PitchItemInput>,
    /// Who does what by when; absent to leave the steps as they are. A step that names its id keeps its tick.
    #[serde(default)]
    pub steps: Option<Vec<StepInput>>,
    /// Whether a customer story belongs into it; absent to leave that as it is.
    #[serde(default)]
    pub story_wanted: Option<bool>,
    /// A name for the sitting that saves, such as a browser's tab: its saves within some minutes are one entry of the
    /// history. Without one every save is its own.
    #[serde(default)]
    pub editing: Option<String>,
}

/// One asset, or one page of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
pub struct PitchItemInput {
    /// The asset.
    pub asset_id: AssetId,
    /// A single page; absent for the whole asset.
    pub page_number: Option<i32>,
    /// The sender's words about it.
    #[serde(default)]
    pub note: String,
    /// The heading under which it stands.
    #[serde(default)]
    pub section: String,
    /// The version that it keeps; absent to follow the asset's current one.
    #[serde(default)]
    pub version_id: Option<VersionId>,
}

/// Links to be made.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct NewLinks {
    /// One link is made for each.
    pub recipients: Vec<RecipientInput>,
    /// What stands before them; where nothing is said, as the policy says.
    #[serde(flatten)]
    pub settings: LinkSettings,
}

/// Whom a link is for: a contact of the account, or somebody typed in. All empty makes a link for nobody in particular.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
pub struct RecipientInput {
    /// A contact of the opportunity's account.
    pub contact_id: Option<ContactId>,
    /// A name.
    pub name: Option<String>,
    /// An e-mail address; a contact of the account that has it is found by it.
    pub email: Option<String>,
}

impl NewPitch {
    /// Trims the texts and holds them against the limits.
    pub(super) fn check(mut self) -> Result<Self> {
        let title = self
            .title
            .take()
            .map(|title| title.trim().to_owned())
            .filter(|title| !title.is_empty());
        let checked = PitchEdit {
            title: title.clone().unwrap_or_default(),
            message: self.message,
            items: self.items,
            steps: Some(self.steps),
            story_wanted: Some(self.story_wanted),
            editing: None,
        }
        .trim();
        let (steps, step_faults) = check_steps(checked.steps.clone().unwrap_or_default());
        let mut faults = checked.faults();
        faults.extend(step_faults);
        refuse(faults)?;
        Ok(Self {
            steps,
            opportunity_id: self.opportunity_id,
            title,
            message: checked.message,
            items: checked.items,
            story_wanted: self.story_wanted,
        })
    }
}

impl PitchEdit {
    /// Trims the texts and holds them against the limits.
    pub(super) fn check(self) -> Result<Self> {
        let mut checked = self.trim();
        let mut faults = checked.faults();
        if let Some(steps) = checked.steps.take() {
            let (steps, step_faults) = check_steps(steps);
            faults.extend(step_faults);
            checked.steps = Some(steps);
        }
        if checked.title.is_empty() {
            faults.push(fault("title", "A pitch needs a title."));
        }
        refuse(faults)?;
        Ok(checked)
    }

    fn trim(self) -> Self {
        Self {
            title: self.title.trim().to_owned(),
            message: self.message.trim().to_owned(),
            items: self
                .items
                .into_iter()
                .map(|item| PitchItemInput {
                    note: item.note.trim().to_owned(),
                    section: item.section.trim().to_owned(),
                    ..item
                })
                .collect(),
            steps: self.steps,
            story_wanted: self.story_wanted,
            editing: self
                .editing
                .map(|name| name.chars().take(LONGEST_EDITING).collect()),
        }
    }

    fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        faults.extend(too_long("title", &self.title, LONGEST_TITLE));
        faults.extend(too_long("message", &self.message, LONGEST_MESSAGE));
        if self.items.len() > MOST_ITEMS {
            faults.push(fault(
                "items",
                format!("A pitch has {MOST_ITEMS} items at the most."),
            ));
        }
        for (index, item) in self.items.iter().enumerate() {
            let field = |name: &str| format!("items[{index}].{name}");
            faults.extend(too_long(&field("note"), &item.note, LONGEST_NOTE));
            faults.extend(too_long(&field("section"), &item.section, LONGEST_TITLE));
        }
        faults
    }
}

/// Trims the recipients and holds them against the limits.
pub(super) fn check_recipients(recipients: Vec<RecipientInput>) -> Result<Vec<RecipientInput>> {
    let recipients: Vec<_> = recipients.into_iter().map(RecipientInput::trim).collect();
    let mut faults = Vec::new();
    if recipients.is_empty() {
        faults.push(fault("recipients", "Say for whom the links are."));
    }
    if recipients.len() > MOST_RECIPIENTS {
        faults.push(fault(
            "recipients",
            format!("{MOST_RECIPIENTS} links can be made at once."),
        ));
    }
    for (index, recipient) in recipients.iter().enumerate() {
        faults.extend(recipient.faults(&format!("recipients[{index}].")));
    }
    refuse(faults)?;
    Ok(recipients)
}

impl RecipientInput {
    /// Without the blanks around names and addresses; what is empty is absent.
    pub(super) fn trim(self) -> Self {
        let text = |text: Option<String>| {
            text.map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        Self {
            contact_id: self.contact_id,
            name: text(self.name),
            email: text(self.email).map(|email| email.to_lowercase()),
        }
    }

    /// What is wrong with it; field names begin with `prefix`.
    pub(super) fn faults(&self, prefix: &str) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if let Some(name) = &self.name {
            faults.extend(too_long(&format!("{prefix}name"), name, LONGEST_TITLE));
        }
        if let Some(email) = &self.email {
            let field = format!("{prefix}email");
            if !looks_like_an_address(email) {
                faults.push(fault(
                    &field,
                    "An e-mail address looks like name@example.com.",
                ));
            }
            faults.extend(too_long(&field, email, LONGEST_TITLE));
        }
        faults
    }
}

/// Turns faults into the error that names them.
pub(super) fn refuse(faults: Vec<FieldError>) -> Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    Err(Error::fields(faults))
}

/// One field at fault.
pub(super) fn fault(field: &str, detail: impl Into<String>) -> FieldError {
    FieldError {
        field: field.to_owned(),
        detail: detail.into(),
    }
}

fn looks_like_an_address(text: &str) -> bool {
    text.split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'))
        && !text.contains(char::is_whitespace)
}

pub(super) fn too_long(field: &str, text: &str, most: usize) -> Option<FieldError> {
    (text.chars().count() > most).then(|| {
        fault(
            field,
            format!("This may have {most} characters at the most."),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_is_trimmed_and_their_address_made_lower_case() {
        let recipient = RecipientInput {
            contact_id: None,
            name: Some("  ".to_owned()),
            email: Some(" Ann@Example.COM ".to_owned()),
        }
        .trim();
        assert_eq!(recipient.name, None);
        assert_eq!(recipient.email.as_deref(), Some("ann@example.com"));
        assert!(recipient.faults("").is_empty());
    }

    #[test]
    fn what_is_no_address_is_refused_by_name() {
        for text in ["ann", "ann@", "@example.com", "ann@host", "a b@example.com"] {
            let recipient = RecipientInput {
                email: Some(text.to_owned()),
                ..RecipientInput::default()
            };
            assert_eq!(
                recipient.faults("recipients[0].")[0].field,
                "recipients[0].email"
            );
        }
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let edit = PitchEdit {
            title: " ".to_owned(),
            message: "m".repeat(LONGEST_MESSAGE + 1),
            items: vec![],
            steps: None,
            story_wanted: None,
            editing: None,
        };
        let fields: Vec<_> = edit
            .check()
            .unwrap_err()
            .fields
            .into_iter()
            .map(|fault| fault.field)
            .collect();
        assert_eq!(fields, ["message", "title"]);
    }
}
