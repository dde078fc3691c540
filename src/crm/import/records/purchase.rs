//! Rows of `purchases.csv`. A negative amount is a purchase taken back.

use chrono::{DateTime, NaiveDate, Utc};

use super::known_by_external_id;
use crate::crm::import::SYSTEM;
use crate::crm::import::references::{Reference, References};
use crate::crm::import::upsert::Record;
use crate::entities::purchase;
use crate::ids::{AccountId, OpportunityId, PurchaseId};
use crate::imports::{Given, Row, day, text, word};
use crate::money::Money;

pub(in crate::crm::import) struct Purchase {
    external_id: String,
    account: AccountId,
    opportunity: Given<OpportunityId>,
    product: String,
    amount: Money,
    purchased_on: NaiveDate,
}

impl Record for Purchase {
    known_by_external_id!(purchase);

    const REQUIRED: &'static [&'static str] = &[
        "external_id",
        "account_external_id",
        "product",
        "amount",
        "currency",
        "purchased_on",
    ];
    const OPTIONAL: &'static [&'static str] = &["opportunity_external_id"];
    const REFERENCES: &'static [Reference] = &[Reference::Accounts, Reference::Opportunities];

    fn read(row: &mut Row<'_>, references: &References) -> Option<Self> {
        let external_id = row.required("external_id", text);
        let account = row.reference("account_external_id", &references.accounts);
        let product = row.required("product", word);
        let amount = row.required_money("amount", "currency");
        let purchased_on = row.required("purchased_on", day);
        Some(Self {
            opportunity: row.given_reference("opportunity_external_id", &references.opportunities),
            external_id: external_id?,
            account: account?,
            product: product?,
            amount: amount?,
            purchased_on: purchased_on?,
        })
    }

    fn into_model(self, stored: Option<&purchase::Model>, now: DateTime<Utc>) -> purchase::Model {
        purchase::Model {
            id: stored.map_or_else(|| PurchaseId::new(now), |it| it.id),
            account_id: self.account,
            opportunity_id: self
                .opportunity
                .or_stored(stored.and_then(|it| it.opportunity_id)),
            product: self.product,
            amount_minor: self.amount.minor,
            currency: self.amount.currency.into(),
            purchased_on: self.purchased_on,
            external_system: Some(SYSTEM.to_owned()),
            external_id: Some(self.external_id),
            created_at: stored.map_or(now, |it| it.created_at),
        }
    }
}
