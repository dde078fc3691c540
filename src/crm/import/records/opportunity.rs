//! Rows of `opportunities.csv`.
//!
//! They say where an opportunity stands, not how it came there: its moves are the rows of `stage_changes.csv`, with
//! their true dates, and none are made up here.

use chrono::{DateTime, NaiveDate, Utc};

use super::known_by_external_id;
use crate::crm::import::SYSTEM;
use crate::crm::import::references::{Reference, References};
use crate::crm::import::upsert::Record;
use crate::entities::{Outcome, Stage, opportunity};
use crate::ids::{AccountId, CampaignId, ContactId, OpportunityId, UserId};
use crate::imports::{Given, Row, choice, day, text, word};
use crate::money::Money;

pub(in crate::crm::import) struct Opportunity {
    external_id: String,
    account: AccountId,
    name: String,
    owner: Given<UserId>,
    stage: Stage,
    outcome: Outcome,
    amount: Given<Money>,
    product: Given<String>,
    competitor: Given<String>,
    opened_on: NaiveDate,
    closed_on: Given<NaiveDate>,
    expected_close_on: Given<NaiveDate>,
    campaign: Given<CampaignId>,
    primary_contact: Given<ContactId>,
    needs: Given<String>,
}

impl Record for Opportunity {
    known_by_external_id!(opportunity);

    const REQUIRED: &'static [&'static str] = &[
        "external_id",
        "account_external_id",
        "name",
        "stage",
        "outcome",
        "opened_on",
    ];
    const OPTIONAL: &'static [&'static str] = &[
        "owner_email",
        "amount",
        "currency",
        "product",
        "competitor",
        "closed_on",
        "expected_close_on",
        "campaign_external_id",
        "primary_contact_external_id",
        "needs",
    ];
    const REFERENCES: &'static [Reference] = &[
        Reference::Users,
        Reference::Accounts,
        Reference::Contacts,
        Reference::Campaigns,
    ];

    fn read(row: &mut Row<'_>, references: &References) -> Option<Self> {
        let external_id = row.required("external_id", text);
        let account = row.reference("account_external_id", &references.accounts);
        let name = row.required("name", text);
        let stage = row.required("stage", choice);
        let outcome = row.required("outcome", choice);
        let opened_on = row.required("opened_on", day);
        let amount = row.money("amount", "currency");
        let closed_on = row.given("closed_on", day);
        if amount.value().is_some_and(|amount| amount.minor < 0) {
            row.wrong("amount", "must not be negative");
        }
        check_close(row, outcome, opened_on, closed_on.value().copied());
        Some(Self {
            owner: row.owner(&references.users),
            product: row.given("product", word),
            competitor: row.given("competitor", word),
            expected_close_on: row.given("expected_close_on", day),
            campaign: row.given_reference("campaign_external_id", &references.campaigns),
            primary_contact: row
                .given_reference("primary_contact_external_id", &references.contacts),
            needs: row.given("needs", text),
            external_id: external_id?,
            account: account?,
            name: name?,
            stage: stage?,
            outcome: outcome?,
            opened_on: opened_on?,
            amount,
            closed_on,
        })
    }

    fn into_model(
        self,
        stored: Option<&opportunity::Model>,
        now: DateTime<Utc>,
    ) -> opportunity::Model {
        let old =
            |get: fn(&opportunity::Model) -> &Option<String>| stored.and_then(|it| get(it).clone());
        let amount = self.amount.or_stored(
            stored.and_then(|it| Money::from_columns(it.amount_minor, it.currency.as_deref())),
        );
        opportunity::Model {
            id: stored.map_or_else(|| OpportunityId::new(now), |it| it.id),
            account_id: self.account,
            name: self.name,
            owner_id: self.owner.or_stored(stored.and_then(|it| it.owner_id)),
            stage: self.stage,
            outcome: self.outcome,
            amount_minor: amount.as_ref().map(|amount| amount.minor),
            currency: amount.map(|amount| amount.currency.into()),
            product: self.product.or_stored(old(|it| &it.product)),
            competitor: self.competitor.or_stored(old(|it| &it.competitor)),
            opened_on: self.opened_on,
            closed_on: match self.outcome {
                Outcome::Open => None,
                _ => self.closed_on.or_stored(stored.and_then(|it| it.closed_on)),
            },
            expected_close_on: self
                .expected_close_on
                .or_stored(stored.and_then(|it| it.expected_close_on)),
            campaign_id: self
                .campaign
                .or_stored(stored.and_then(|it| it.campaign_id)),
            primary_contact_id: self
                .primary_contact
                .or_stored(stored.and_then(|it| it.primary_contact_id)),
            needs: self
                .needs
                .or_stored(stored.map(|it| it.needs.clone()))
                .unwrap_or_default(),
            revision: stored.map_or(1, |it| it.revision),
            external_system: Some(SYSTEM.to_owned()),
            external_id: Some(self.external_id),
            created_at: stored.map_or(now, |it| it.created_at),
            updated_at: stored.map_or(now, |it| it.updated_at),
        }
    }

    fn touch(model: &mut opportunity::Model, now: DateTime<Utc>) {
        model.revision += 1;
        model.updated_at = now;
    }
}

/// A closing day contradicts an open outcome, and cannot lie before the opening.
fn check_close(
    row: &mut Row<'_>,
    outcome: Option<Outcome>,
    opened_on: Option<NaiveDate>,
    closed_on: Option<NaiveDate>,
) {
    let Some(closed_on) = closed_on else { return };
    if outcome == Some(Outcome::Open) {
        row.wrong("closed_on", "must be empty while the outcome is open");
    }
    if opened_on.is_some_and(|opened_on| closed_on < opened_on) {
        row.wrong("closed_on", "must not lie before opened_on");
    }
}
