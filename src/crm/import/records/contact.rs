//! Rows of `contacts.csv`.

use chrono::{DateTime, Utc};

use super::known_by_external_id;
use crate::crm::email::parse_email;
use crate::crm::import::SYSTEM;
use crate::crm::import::references::{Reference, References};
use crate::crm::import::upsert::Record;
use crate::entities::contact;
use crate::ids::{AccountId, ContactId};
use crate::imports::{Given, Row, flag, text, word};

pub(in crate::crm::import) struct Contact {
    external_id: String,
    account: AccountId,
    name: String,
    email: Given<String>,
    phone: Given<String>,
    job_title: Given<String>,
    persona: Given<String>,
    language: Given<String>,
    bounced: Given<bool>,
}

impl Record for Contact {
    known_by_external_id!(contact);

    const REQUIRED: &'static [&'static str] = &[
        "external_id",
        "account_external_id",
        "first_name",
        "last_name",
    ];
    const OPTIONAL: &'static [&'static str] = &[
        "email",
        "phone",
        "job_title",
        "persona",
        "language",
        "bounced",
    ];
    const REFERENCES: &'static [Reference] = &[Reference::Accounts, Reference::Bounces];

    fn read(row: &mut Row<'_>, references: &References) -> Option<Self> {
        let external_id = row.required("external_id", text);
        let account = row.reference("account_external_id", &references.accounts);
        let name = name(row);
        let email = row.given("email", parse_email);
        let bounced = row.given("bounced", flag);
        // What came back to us is known better here than there; a colleague clears it.
        let came_back = email
            .value()
            .is_some_and(|address| references.bounced.contains(address));
        Some(Self {
            email,
            phone: row.given("phone", text),
            job_title: row.given("job_title", text),
            persona: row.given("persona", word),
            language: row.given("language", word),
            bounced: if came_back {
                Given::Cell(Some(true))
            } else {
                bounced
            },
            external_id: external_id?,
            account: account?,
            name: name?,
        })
    }

    fn into_model(self, stored: Option<&contact::Model>, now: DateTime<Utc>) -> contact::Model {
        let old =
            |get: fn(&contact::Model) -> &Option<String>| stored.and_then(|it| get(it).clone());
        contact::Model {
            id: stored.map_or_else(|| ContactId::new(now), |it| it.id),
            account_id: self.account,
            name: self.name,
            email: self.email.or_stored(old(|it| &it.email)),
            phone: self.phone.or_stored(old(|it| &it.phone)),
            job_title: self.job_title.or_stored(old(|it| &it.job_title)),
            persona: self.persona.or_stored(old(|it| &it.persona)),
            language: self.language.or_stored(old(|it| &it.language)),
            bounced: self
                .bounced
                .or_stored(stored.map(|it| it.bounced))
                .unwrap_or(false),
            external_system: Some(SYSTEM.to_owned()),
            external_id: Some(self.external_id),
            created_at: stored.map_or(now, |it| it.created_at),
            updated_at: stored.map_or(now, |it| it.updated_at),
        }
    }

    fn touch(model: &mut contact::Model, now: DateTime<Utc>) {
        model.updated_at = now;
    }
}

/// The name; some people have only one of the two, but nobody has neither.
fn name(row: &mut Row<'_>) -> Option<String> {
    let first = row.given("first_name", text);
    let last = row.given("last_name", text);
    let parts: Vec<&str> = [&first, &last]
        .into_iter()
        .filter_map(|part| part.value().map(String::as_str))
        .collect();
    if parts.is_empty() {
        row.wrong("last_name", "must not be empty where first_name is");
        return None;
    }
    Some(parts.join(" "))
}
