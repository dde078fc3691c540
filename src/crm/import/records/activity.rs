//! Rows of `activities.csv`.

use chrono::{DateTime, Utc};

use super::known_by_external_id;
use crate::crm::import::SYSTEM;
use crate::crm::import::references::{Reference, References};
use crate::crm::import::upsert::Record;
use crate::entities::{ActivityKind, activity};
use crate::ids::{ActivityId, ContactId, OpportunityId, UserId};
use crate::imports::{Given, Row, choice, moment, text, word};

pub(in crate::crm::import) struct Activity {
    external_id: String,
    opportunity: Given<OpportunityId>,
    contact: Given<ContactId>,
    owner: Given<UserId>,
    kind: ActivityKind,
    subject: String,
    body: Given<String>,
    occurred_at: DateTime<Utc>,
    call_status: Given<String>,
}

impl Record for Activity {
    known_by_external_id!(activity);

    const REQUIRED: &'static [&'static str] = &[
        "external_id",
        "opportunity_external_id",
        "kind",
        "subject",
        "occurred_at",
    ];
    const OPTIONAL: &'static [&'static str] =
        &["contact_external_id", "owner_email", "body", "call_status"];
    const REFERENCES: &'static [Reference] = &[
        Reference::Users,
        Reference::Opportunities,
        Reference::Contacts,
    ];

    fn read(row: &mut Row<'_>, references: &References) -> Option<Self> {
        let external_id = row.required("external_id", text);
        let opportunity = row.given_reference("opportunity_external_id", &references.opportunities);
        let contact = row.given_reference("contact_external_id", &references.contacts);
        let kind = row.required("kind", choice);
        let subject = row.required("subject", text);
        let occurred_at = row.required("occurred_at", moment);
        if row.errors.is_empty() && opportunity.value().is_none() && contact.value().is_none() {
            row.wrong(
                "opportunity_external_id",
                "must not be empty where contact_external_id is",
            );
        }
        Some(Self {
            owner: row.owner(&references.users),
            body: row.given("body", text),
            call_status: row.given("call_status", word),
            external_id: external_id?,
            kind: kind?,
            subject: subject?,
            occurred_at: occurred_at?,
            opportunity,
            contact,
        })
    }

    fn into_model(self, stored: Option<&activity::Model>, now: DateTime<Utc>) -> activity::Model {
        activity::Model {
            id: stored.map_or_else(|| ActivityId::new(self.occurred_at), |it| it.id),
            opportunity_id: self
                .opportunity
                .or_stored(stored.and_then(|it| it.opportunity_id)),
            contact_id: self.contact.or_stored(stored.and_then(|it| it.contact_id)),
            owner_id: self.owner.or_stored(stored.and_then(|it| it.owner_id)),
            kind: self.kind,
            subject: self.subject,
            body: self
                .body
                .or_stored(stored.map(|it| it.body.clone()))
                .unwrap_or_default(),
            call_status: self
                .call_status
                .or_stored(stored.and_then(|it| it.call_status.clone())),
            occurred_at: self.occurred_at,
            external_system: Some(SYSTEM.to_owned()),
            external_id: Some(self.external_id),
            created_at: stored.map_or(now, |it| it.created_at),
        }
    }
}
