//! Who read which pages of an asset that are others now: a fixed number of queries, whatever the number of readers.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, JoinType, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, RelationTrait as _,
};

use super::route::address;
use super::stale::{Reading, Stale, stale_pages};
use crate::crm::{self, Standings};
use crate::engagement::links::{LinkContext, load_contexts};
use crate::entities::{
    asset, asset_version, change_telling, contact, opportunity, page, pitch, pitch_link, user,
    visit, visit_page,
};
use crate::error::Result;
use crate::ids::{LinkId, PitchItemId, UserId, VersionId};
use crate::library::{self, Fates};
use crate::pitches::{self, Layout};
use crate::rollup::SEEN_MS;

/// The most pages read that are looked at, the latest first.
const MOST_READINGS: u64 = 10_000;
/// The most readers that are told of.
const MOST_READERS: usize = 200;
/// The most older versions that are compared; whoever read only still older ones has had many chances.
const MOST_VERSIONS: usize = 8;

/// A reader with what has changed for them.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    pub(super) link: pitch_link::Model,
    pub(super) contact: Option<contact::Model>,
    pub(super) context: LinkContext,
    pub(super) opportunity_owner: Option<UserId>,
    pub(super) is_lost: bool,
    /// Whose pitch it is.
    pub(super) owner: Option<user::Model>,
    pub(super) stale: Vec<Stale>,
    /// What their pitch shows.
    pub(super) layout: Layout,
}

/// All readers, with what is needed to speak of their pages.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub(super) current: Option<asset_version::Model>,
    /// Whoever read last comes first.
    pub(super) readers: Vec<Reader>,
    pub(super) left_out: usize,
    pub(super) titles: HashMap<(VersionId, i32), String>,
    pub(super) told: HashMap<Telling, DateTime<Utc>>,
    /// What is against writing to them.
    pub(super) standings: Standings,
}

impl Found {
    /// Looks up what is against writing to these readers now.
    pub(super) async fn look_up_standings<C: ConnectionTrait>(
        &mut self,
        db: &C,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let people: Vec<_> = self
            .readers
            .iter()
            .map(|reader| (reader.link.contact_id, address(reader).map(str::to_owned)))
            .collect();
        self.standings = Standings::load(db, now.date_naive(), people).await?;
        Ok(())
    }
}

/// Of what somebody was told: their link, the page that they read, and what it became.
pub(super) type Telling = (LinkId, VersionId, i32, String);

/// How a telling is named.
pub(super) fn telling(link: LinkId, stale: &Stale) -> Telling {
    let became = stale.became.name().unwrap_or_default().to_owned();
    (link, stale.read.version, stale.read.page, became)
}

/// Whoever read pages of this asset that have changed, through pitches of opportunities that `scope` lets through.
pub(super) async fn find<C: ConnectionTrait>(
    db: &C,
    asset: &asset::Model,
    scope: Condition,
) -> Result<Found> {
    let versions: HashMap<VersionId, asset_version::Model> = asset_version::Entity::find()
        .filter(asset_version::Column::AssetId.eq(asset.id))
        .all(db)
        .await?
        .into_iter()
        .map(|version| (version.id, version))
        .collect();
    let current = asset
        .current_version_id
        .and_then(|id| versions.get(&id))
        .cloned();
    let Some(current) = current else {
        return Ok(Found::default());
    };
    let readings = readings(db, asset, scope, &versions).await?;
    let fates = fates(db, &readings, current.id).await?;
    let mut stale: Vec<(LinkId, Vec<Stale>)> = readings
        .into_iter()
        .map(|(link, readings)| (link, stale_pages(&readings, current.id, &fates)))
        .filter(|(_, stale)| !stale.is_empty())
        .collect();
    stale.sort_by_key(|(link, stale)| {
        let last = stale.iter().map(|stale| stale.read.at).max();
        (std::cmp::Reverse(last), *link)
    });
    let left_out = stale.len().saturating_sub(MOST_READERS);
    stale.truncate(MOST_READERS);
    let titles = titles(db, &stale, current.id).await?;
    let told = told(db, &stale).await?;
    Ok(Found {
        current: Some(current),
        readers: readers(db, stale).await?,
        left_out,
        titles,
        told,
        standings: Standings::default(),
    })
}

/// What each link's readers read of the asset.
async fn readings<C: ConnectionTrait>(
    db: &C,
    asset: &asset::Model,
    scope: Condition,
    versions: &HashMap<VersionId, asset_version::Model>,
) -> Result<HashMap<LinkId, Vec<Reading>>> {
    let rows: Vec<(LinkId, PitchItemId, VersionId, i32, DateTime<Utc>)> =
        visit_page::Entity::find()
            .select_only()
            .column(visit::Column::LinkId)
            .column(visit_page::Column::ItemId)
            .column(visit_page::Column::VersionId)
            .column(visit_page::Column::PageNumber)
            .column_as(visit::Column::LastSeenAt.max(), "read_at")
            .join(JoinType::InnerJoin, visit_page::Relation::Visit.def())
            .join(JoinType::InnerJoin, visit::Relation::PitchLink.def())
            .join(JoinType::InnerJoin, pitch_link::Relation::Pitch.def())
            .join(JoinType::InnerJoin, pitch::Relation::Opportunity.def())
            .filter(visit_page::Column::AssetId.eq(asset.id))
            .filter(visit_page::Column::ActiveMs.gte(SEEN_MS))
            .filter(crm::counts_as_read())
            .filter(scope)
            .group_by(visit::Column::LinkId)
            .group_by(visit_page::Column::ItemId)
            .group_by(visit_page::Column::VersionId)
            .group_by(visit_page::Column::PageNumber)
            .order_by_desc(visit::Column::LastSeenAt.max())
            .limit(MOST_READINGS)
            .into_tuple()
            .all(db)
            .await?;
    let mut readings: HashMap<LinkId, Vec<Reading>> = HashMap::new();
    for (link, item, version, page, at) in rows {
        if let Some(number) = versions.get(&version).map(|version| version.number) {
            readings.entry(link).or_default().push(Reading {
                item,
                version,
                number,
                page,
                at,
            });
        }
    }
    Ok(readings)
}

async fn fates<C: ConnectionTrait>(
    db: &C,
    readings: &HashMap<LinkId, Vec<Reading>>,
    current: VersionId,
) -> Result<HashMap<VersionId, Fates>> {
    let older: BTreeSet<(i32, VersionId)> = readings
        .values()
        .flatten()
        .filter(|reading| reading.version != current)
        .map(|reading| (reading.number, reading.version))
        .collect();
    let older: Vec<VersionId> = older
        .into_iter()
        .rev()
        .take(MOST_VERSIONS)
        .map(|(_, version)| version)
        .collect();
    if older.is_empty() {
        return Ok(HashMap::new());
    }
    library::page_fates(db, &older, current).await
}

/// The titles of all pages of the versions in question.
async fn titles<C: ConnectionTrait>(
    db: &C,
    stale: &[(LinkId, Vec<Stale>)],
    current: VersionId,
) -> Result<HashMap<(VersionId, i32), String>> {
    let read = stale.iter().flat_map(|(_, stale)| stale);
    let versions: BTreeSet<VersionId> = read.map(|stale| stale.read.version).collect();
    if versions.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(VersionId, i32, String)> = page::Entity::find()
        .select_only()
        .column(page::Column::VersionId)
        .column(page::Column::Number)
        .column(page::Column::Title)
        .filter(page::Column::VersionId.is_in(versions.into_iter().chain([current])))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(version, number, title)| ((version, number), title))
        .collect())
}

async fn told<C: ConnectionTrait>(
    db: &C,
    stale: &[(LinkId, Vec<Stale>)],
) -> Result<HashMap<Telling, DateTime<Utc>>> {
    let links = stale.iter().map(|(link, _)| *link);
    let rows = change_telling::Entity::find()
        .filter(change_telling::Column::LinkId.is_in(links))
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let key = (row.link_id, row.version_id, row.page_number, row.became);
            (key, row.told_at)
        })
        .collect())
}

/// The readers with their links, deals and owners.
async fn readers<C: ConnectionTrait>(
    db: &C,
    stale: Vec<(LinkId, Vec<Stale>)>,
) -> Result<Vec<Reader>> {
    let links: Vec<LinkId> = stale.iter().map(|(link, _)| *link).collect();
    if links.is_empty() {
        return Ok(Vec::new());
    }
    let mut contexts: HashMap<LinkId, LinkContext> = load_contexts(db, links.iter().copied())
        .await?
        .into_iter()
        .map(|context| (context.id, context))
        .collect();
    let mut rows: HashMap<LinkId, (pitch_link::Model, Option<contact::Model>)> =
        pitch_link::Entity::find()
            .filter(pitch_link::Column::Id.is_in(links.iter().copied()))
            .find_also_related(contact::Entity)
            .all(db)
            .await?
            .into_iter()
            .map(|(link, contact)| (link.id, (link, contact)))
            .collect();
    let deals: HashMap<_, _> = opportunity::Entity::find()
        .filter(
            opportunity::Column::Id.is_in(contexts.values().map(|context| context.opportunity_id)),
        )
        .all(db)
        .await?
        .into_iter()
        .map(|deal| (deal.id, deal))
        .collect();
    let owners: HashMap<_, _> = user::Entity::find()
        .filter(user::Column::Id.is_in(contexts.values().map(|context| context.owner_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|owner| (owner.id, owner))
        .collect();
    let shown: BTreeSet<_> = contexts.values().map(|context| context.pitch_id).collect();
    let layouts = pitches::layouts(db, &shown.into_iter().collect::<Vec<_>>()).await?;
    Ok(stale
        .into_iter()
        .filter_map(|(link, stale)| {
            let context = contexts.remove(&link)?;
            let (link, contact) = rows.remove(&link)?;
            let deal = deals.get(&context.opportunity_id)?;
            Some(Reader {
                contact,
                opportunity_owner: deal.owner_id,
                is_lost: deal.outcome == crate::entities::Outcome::Lost,
                owner: owners.get(&context.owner_id).cloned(),
                layout: layouts.get(&context.pitch_id).cloned().unwrap_or_default(),
                link,
                context,
                stale,
            })
        })
        .collect())
}
