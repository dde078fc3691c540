//! Rows of `accounts.csv`.

use chrono::{DateTime, Utc};

use super::known_by_external_id;
use crate::crm::import::SYSTEM;
use crate::crm::import::references::{Reference, References};
use crate::crm::import::upsert::Record;
use crate::entities::account;
use crate::ids::{AccountId, UserId};
use crate::imports::{Given, Row, text, word};

/// The sizes that views and figures tell apart.
const SIZES: [&str; 3] = ["small", "mid", "enterprise"];

pub(in crate::crm::import) struct Account {
    external_id: String,
    name: String,
    domain: Given<String>,
    industry: Given<String>,
    size: Given<String>,
    region: Given<String>,
    country: Given<String>,
    city: Given<String>,
    phone: Given<String>,
    owner: Given<UserId>,
}

impl Record for Account {
    known_by_external_id!(account);

    const REQUIRED: &'static [&'static str] = &["external_id", "name"];
    const OPTIONAL: &'static [&'static str] = &[
        "domain",
        "industry",
        "size",
        "region",
        "country",
        "city",
        "phone",
        "owner_email",
    ];
    const REFERENCES: &'static [Reference] = &[Reference::Users];

    fn read(row: &mut Row<'_>, references: &References) -> Option<Self> {
        let external_id = row.required("external_id", text);
        let name = row.required("name", text);
        Some(Self {
            domain: row.given("domain", word),
            industry: row.given("industry", word),
            size: row.given("size", size),
            region: row.given("region", word),
            country: row.given("country", text),
            city: row.given("city", text),
            phone: row.given("phone", text),
            owner: row.owner(&references.users),
            external_id: external_id?,
            name: name?,
        })
    }

    fn into_model(self, stored: Option<&account::Model>, now: DateTime<Utc>) -> account::Model {
        let old =
            |get: fn(&account::Model) -> &Option<String>| stored.and_then(|it| get(it).clone());
        account::Model {
            id: stored.map_or_else(|| AccountId::new(now), |it| it.id),
            name: self.name,
            domain: self.domain.or_stored(old(|it| &it.domain)),
            industry: self.industry.or_stored(old(|it| &it.industry)),
            size: self.size.or_stored(old(|it| &it.size)),
            region: self.region.or_stored(old(|it| &it.region)),
            country: self.country.or_stored(old(|it| &it.country)),
            city: self.city.or_stored(old(|it| &it.city)),
            phone: self.phone.or_stored(old(|it| &it.phone)),
            owner_id: self.owner.or_stored(stored.and_then(|it| it.owner_id)),
            external_system: Some(SYSTEM.to_owned()),
            external_id: Some(self.external_id),
            created_at: stored.map_or(now, |it| it.created_at),
            updated_at: stored.map_or(now, |it| it.updated_at),
        }
    }

    fn touch(model: &mut account::Model, now: DateTime<Utc>) {
        model.updated_at = now;
    }
}

fn size(cell: &str) -> Result<String, String> {
    let size = cell.to_lowercase();
    if SIZES.contains(&size.as_str()) {
        return Ok(size);
    }
    Err(format!("must be one of {}", SIZES.join(", ")))
}
