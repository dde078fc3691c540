//! Rows of `opportunity_contacts.csv`.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, Condition};

use crate::crm::import::references::{Reference, References};
use crate::crm::import::upsert::Record;
use crate::entities::{ContactRole, opportunity_contact};
use crate::ids::{ContactId, OpportunityId};
use crate::imports::{Given, Row, choice};

pub(in crate::crm::import) struct OpportunityContact {
    opportunity: OpportunityId,
    contact: ContactId,
    role: Given<ContactRole>,
}

impl Record for OpportunityContact {
    type Entity = opportunity_contact::Entity;
    type Key = (OpportunityId, ContactId);

    const REQUIRED: &'static [&'static str] = &["opportunity_external_id", "contact_external_id"];
    const OPTIONAL: &'static [&'static str] = &["role"];
    const REFERENCES: &'static [Reference] = &[Reference::Opportunities, Reference::Contacts];

    fn read(row: &mut Row<'_>, references: &References) -> Option<Self> {
        let opportunity = row.reference("opportunity_external_id", &references.opportunities);
        let contact = row.reference("contact_external_id", &references.contacts);
        Some(Self {
            role: row.given("role", choice),
            opportunity: opportunity?,
            contact: contact?,
        })
    }

    fn key(&self) -> Self::Key {
        (self.opportunity, self.contact)
    }

    fn stored_key(model: &opportunity_contact::Model) -> Option<Self::Key> {
        Some((model.opportunity_id, model.contact_id))
    }

    fn stored(records: &[Self]) -> Condition {
        let ids = records.iter().map(|record| record.opportunity);
        Condition::all().add(opportunity_contact::Column::OpportunityId.is_in(ids))
    }

    fn conflict() -> Vec<opportunity_contact::Column> {
        use opportunity_contact::Column::{ContactId, OpportunityId};
        vec![OpportunityId, ContactId]
    }

    fn into_model(
        self,
        stored: Option<&opportunity_contact::Model>,
        _: DateTime<Utc>,
    ) -> opportunity_contact::Model {
        opportunity_contact::Model {
            opportunity_id: self.opportunity,
            contact_id: self.contact,
            role: self.role.or_stored(stored.and_then(|it| it.role)),
        }
    }
}
