//! The stories that may be sent, with their words; and what was heard in an opportunity.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::matching::{Customer, Story};
use crate::entities::{
    ActivityKind, AssetKind, AssetState, Facet, account, activity, asset, asset_facet, opportunity,
    page,
};
use crate::error::Result;
use crate::ids::{ActivityId, AssetId, VersionId};
use crate::library;

/// More stories than anybody keeps; the newest count.
const MOST_STORIES: u64 = 400;
/// Pages of one story that are read.
const MOST_PAGES: i32 = 12;
const MOST_ACTIVITIES: u64 = 12;

/// A story with its identity.
pub(super) struct Candidate {
    pub(super) asset: AssetId,
    pub(super) version: VersionId,
    pub(super) story: Story,
}

/// The stories that may be sent today, in three queries.
pub(super) async fn candidates<C: ConnectionTrait>(
    db: &C,
    today: NaiveDate,
) -> Result<Vec<Candidate>> {
    let assets: Vec<(asset::Model, VersionId)> = asset::Entity::find()
        .filter(asset::Column::Kind.eq(AssetKind::CaseStudy))
        .filter(asset::Column::State.eq(AssetState::Approved))
        .filter(asset::Column::InternalOnly.eq(false))
        .order_by_desc(asset::Column::UpdatedAt)
        .order_by_desc(asset::Column::Id)
        .limit(MOST_STORIES)
        .all(db)
        .await?
        .into_iter()
        .filter(|asset| library::may_be_pitched(asset, today).is_ok())
        .filter_map(|asset| {
            let version = asset.current_version_id?;
            Some((asset, version))
        })
        .collect();
    let mut facets: HashMap<AssetId, Vec<asset_facet::Model>> = HashMap::new();
    for row in asset_facet::Entity::find()
        .filter(asset_facet::Column::AssetId.is_in(assets.iter().map(|(asset, _)| asset.id)))
        .all(db)
        .await?
    {
        facets.entry(row.asset_id).or_default().push(row);
    }
    let mut pages: HashMap<VersionId, Vec<(i32, String)>> = HashMap::new();
    let rows: Vec<(VersionId, i32, String, String)> = page::Entity::find()
        .select_only()
        .columns([
            page::Column::VersionId,
            page::Column::Number,
            page::Column::Title,
            page::Column::Text,
        ])
        .filter(page::Column::VersionId.is_in(assets.iter().map(|(_, version)| *version)))
        .filter(page::Column::Number.lte(MOST_PAGES))
        .order_by_asc(page::Column::Number)
        .into_tuple()
        .all(db)
        .await?;
    for (version, number, title, text) in rows {
        let words = if text.contains(&title) {
            text
        } else {
            format!("{title}\n{text}")
        };
        pages.entry(version).or_default().push((number, words));
    }
    Ok(assets
        .into_iter()
        .filter_map(|(asset, version)| {
            let mut pages = pages.remove(&version)?;
            if let Some((_, first)) = pages.first_mut() {
                *first = format!("{}\n{}\n{first}", asset.title, asset.description);
            }
            let facets = facets.remove(&asset.id).unwrap_or_default();
            let values = |facet: Facet| {
                facets
                    .iter()
                    .filter(|row| row.facet == facet)
                    .map(|row| row.value.to_lowercase())
                    .collect()
            };
            Some(Candidate {
                asset: asset.id,
                version,
                story: Story {
                    pages,
                    industries: values(Facet::Industry),
                    products: values(Facet::Product),
                    regions: values(Facet::Region),
                    tags: values(Facet::Tag),
                },
            })
        })
        .collect())
}

/// Something that the prospect has told, and where it was noted.
pub(super) enum Heard {
    Opportunity(String),
    Activity {
        id: ActivityId,
        subject: String,
        at: DateTime<Utc>,
        text: String,
    },
}

/// What was told: the needs of the opportunity, else the newest call, meeting or note that says something.
pub(super) async fn heard<C: ConnectionTrait>(
    db: &C,
    opportunity: &opportunity::Model,
) -> Result<Option<Heard>> {
    let needs = opportunity.needs.trim();
    if !needs.is_empty() {
        return Ok(Some(Heard::Opportunity(needs.to_owned())));
    }
    let rows = activity::Entity::find()
        .filter(activity::Column::OpportunityId.eq(opportunity.id))
        .filter(activity::Column::Kind.is_in([
            ActivityKind::Call,
            ActivityKind::Meeting,
            ActivityKind::Note,
        ]))
        .order_by_desc(activity::Column::OccurredAt)
        .limit(MOST_ACTIVITIES)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .find(|row| row.body.split_whitespace().count() >= 4)
        .map(|row| Heard::Activity {
            id: row.id,
            subject: row.subject,
            at: row.occurred_at,
            text: row.body.trim().to_owned(),
        }))
}

/// Who the story is for.
pub(super) async fn customer<C: ConnectionTrait>(
    db: &C,
    opportunity: &opportunity::Model,
) -> Result<Customer> {
    let account = account::Entity::find_by_id(opportunity.account_id)
        .one(db)
        .await?;
    let (industry, region, size) = account
        .map(|account| (account.industry, account.region, account.size))
        .unwrap_or_default();
    Ok(Customer {
        industry,
        product: opportunity.product.clone(),
        region,
        size,
    })
}
