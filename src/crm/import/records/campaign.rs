//! Rows of `campaigns.csv`.

use chrono::{DateTime, NaiveDate, Utc};

use super::known_by_external_id;
use crate::crm::import::SYSTEM;
use crate::crm::import::references::{Reference, References};
use crate::crm::import::upsert::Record;
use crate::entities::campaign;
use crate::ids::CampaignId;
use crate::imports::{Given, Row, count, day, text, word};
use crate::money::Money;

pub(in crate::crm::import) struct Campaign {
    external_id: String,
    name: String,
    lead_source: String,
    cost: Money,
    started_on: NaiveDate,
    ended_on: Given<NaiveDate>,
    inquiries: Given<i32>,
}

impl Record for Campaign {
    known_by_external_id!(campaign);

    const REQUIRED: &'static [&'static str] = &[
        "external_id",
        "name",
        "lead_source",
        "cost",
        "currency",
        "started_on",
    ];
    const OPTIONAL: &'static [&'static str] = &["ended_on", "inquiries"];
    const REFERENCES: &'static [Reference] = &[];

    fn read(row: &mut Row<'_>, _: &References) -> Option<Self> {
        let external_id = row.required("external_id", text);
        let name = row.required("name", text);
        let lead_source = row.required("lead_source", word);
        let cost = row.required_money("cost", "currency");
        let started_on = row.required("started_on", day);
        let ended_on = row.given("ended_on", day);
        if cost.as_ref().is_some_and(|cost| cost.minor < 0) {
            row.wrong("cost", "must not be negative");
        }
        if let (Some(start), Some(end)) = (started_on, ended_on.value())
            && *end < start
        {
            row.wrong("ended_on", "must not lie before started_on");
        }
        Some(Self {
            inquiries: row.given("inquiries", count),
            external_id: external_id?,
            name: name?,
            lead_source: lead_source?,
            cost: cost?,
            started_on: started_on?,
            ended_on,
        })
    }

    fn into_model(self, stored: Option<&campaign::Model>, now: DateTime<Utc>) -> campaign::Model {
        campaign::Model {
            id: stored.map_or_else(|| CampaignId::new(now), |it| it.id),
            name: self.name,
            lead_source: self.lead_source,
            cost_minor: self.cost.minor,
            currency: self.cost.currency.into(),
            started_on: self.started_on,
            ended_on: self.ended_on.or_stored(stored.and_then(|it| it.ended_on)),
            inquiries: self
                .inquiries
                .or_stored(stored.map(|it| it.inquiries))
                .unwrap_or(0),
            external_system: Some(SYSTEM.to_owned()),
            external_id: Some(self.external_id),
            created_at: stored.map_or(now, |it| it.created_at),
            updated_at: stored.map_or(now, |it| it.updated_at),
        }
    }

    fn touch(model: &mut campaign::Model, now: DateTime<Utc>) {
        model.updated_at = now;
    }
}
