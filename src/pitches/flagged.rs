//! Content in pitches that must not be sent any more, and what could stand in for it.
//!
//! A prospect goes on seeing what ran out or was taken back after it was sent: it was promised, and vanishing pages help
//! nobody. It is flagged for the rep instead, and no further link can be made until it is replaced or removed. What
//! became internal is another matter: the layout leaves it out at once.

use std::collections::{HashMap, HashSet};

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, JoinType, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, RelationTrait as _, Select,
};
use serde::{Deserialize, Serialize};

use super::likeness::{Likeness, Traits, likeness};
use super::views::PitchOpportunityRef;
use crate::auth::{UserRef, user_refs};
use crate::clock::Clock;
use crate::config::Config;
use crate::crm;
use crate::db::Db;
use crate::entities::{
    AssetKind, Facet, VersionState, asset, asset_facet, asset_version, opportunity, page, pitch,
    pitch_item, pitch_link,
};
use crate::error::Result;
use crate::http::Principal;
use crate::ids::{AssetId, OpportunityId, PitchId, PitchItemId, VersionId};
use crate::library::{self, AssetSummary};
use crate::notices::{self, Notice, Subject};

/// More than anybody works off at once.
const MOST_ITEMS: u64 = 100;
const MOST_REPLACEMENTS: usize = 3;
/// How many candidates are compared: those with most in common, and the freshest.
const NEAREST: u64 = 300;
const FRESHEST: u64 = 100;

/// Which items.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FlaggedQuery {
    /// Only in pitches for this opportunity.
    pub opportunity: Option<OpportunityId>,
    /// Only in this pitch, whether it has links yet or not.
    pub pitch: Option<PitchId>,
}

/// Flagged items.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct FlaggedItems {
    /// At most 100, pitch by pitch, the pitch that was changed last first.
    pub items: Vec<FlaggedItem>,
}

/// An item of a pitch that must not be sent any more.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct FlaggedItem {
    /// The item.
    pub item_id: PitchItemId,
    /// The pitch that it is in.
    pub pitch_id: PitchId,
    /// The pitch's title.
    pub pitch_title: String,
    /// For the `If-Match` of a replacement.
    pub pitch_revision: i64,
    /// What the pitch is for.
    pub opportunity: PitchOpportunityRef,
    /// Whose the pitch is.
    pub owner: UserRef,
    /// How many of the pitch's links open today.
    pub open_links: i64,
    /// The asset.
    pub asset_id: AssetId,
    /// Its title.
    pub title: String,
    /// Its kind.
    pub kind: AssetKind,
    /// The single page that was chosen; absent for the whole asset.
    pub page_number: Option<i32>,
    /// What stands against it.
    pub problem: String,
    /// Whether prospects still see it; internal content they do not.
    pub still_shown: bool,
    /// What could stand in for it, the best first.
    pub replacements: Vec<Replacement>,
}

/// What could stand in for an item.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Replacement {
    /// The asset.
    pub asset_id: AssetId,
    /// Its title.
    pub title: String,
    /// Its kind.
    pub kind: AssetKind,
    /// The page with the same title as the one that was chosen, if a single page was and there is one.
    pub page_number: Option<i32>,
    /// How many pages the whole asset has.
    pub page_count: i32,
    /// A small picture.
    pub thumbnail_url: Option<String>,
    /// Why it, in words.
    pub reasons: Vec<String>,
}

/// Content in one's live pitches that must not be sent any more, each with what could stand in for it.
#[utoipa::path(get, path = "/api/v1/flagged-items", tag = "pitches", params(FlaggedQuery), responses(
    (status = 200, body = FlaggedItems),
))]
pub async fn list_flagged(
    principal: Principal,
    query: web::Query<FlaggedQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<FlaggedItems>> {
    let now = clock.now();
    let mut select = flagged(now)
        .join(JoinType::InnerJoin, pitch::Relation::Opportunity.def())
        .filter(crm::visible_opportunities(&principal));
    if let Some(opportunity) = query.opportunity {
        select = select.filter(pitch::Column::OpportunityId.eq(opportunity));
    }
    select = match query.pitch {
        Some(pitch) => select.filter(pitch_item::Column::PitchId.eq(pitch)),
        None => select.filter(pitch_item::Column::PitchId.in_subquery(open_pitches(now))),
    };
    let rows = select
        .order_by_desc(pitch::Column::UpdatedAt)
        .order_by_asc(pitch_item::Column::PitchId)
        .order_by_asc(pitch_item::Column::Position)
        .limit(MOST_ITEMS)
        .all(db.read())
        .await?;
    let items = views(db.read(), now, rows).await?;
    Ok(web::Json(FlaggedItems { items }))
}

/// Tells the owners of live pitches what in them must not be sent any more; says how many were told something new.
pub async fn tell_of_stale_content(db: &Db, config: &Config, now: DateTime<Utc>) -> Result<usize> {
    let today = now.date_naive();
    let rows = flagged(now)
        .filter(pitch_item::Column::PitchId.in_subquery(open_pitches(now)))
        .find_also_related(asset::Entity)
        .all(db.read())
        .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let pitches = pitches_of(db.read(), rows.iter().map(|(item, _)| item.pitch_id)).await?;
    let due = rows
        .iter()
        .filter_map(|(item, asset)| {
            let (pitch, asset) = (pitches.get(&item.pitch_id)?, asset.as_ref()?);
            let reason = library::may_be_pitched(asset, today).err()?;
            Some(Notice {
                user: pitch.owner_id,
                kind: "stale_content",
                title: format!("\u{201c}{}\u{201d} in a live pitch: {reason}", asset.title),
                body: pitch.title.clone(),
                opportunity: Some(pitch.opportunity_id),
                visit: None,
                subject: Some(Subject::Pitch(pitch.id)),
                // What is approved again and runs out again is told again.
                dedupe_key: format!(
                    "stale:{}:{}:{reason}:{}",
                    pitch.id,
                    asset.id,
                    asset
                        .expires_at
                        .map_or_else(String::new, |day| day.to_string())
                ),
                at: now,
            })
        })
        .collect();
    let fresh = notices::unwritten(db.read(), due).await?;
    if fresh.is_empty() {
        return Ok(0);
    }
    let tx = db.begin().await?;
    let told = notices::write_and_mail(&tx, config, now, fresh).await?;
    tx.commit().await?;
    Ok(told)
}

/// The items whose assets must not be sent any more; assets and pitches are joined.
fn flagged(now: DateTime<Utc>) -> Select<pitch_item::Entity> {
    let assets = Query::select()
        .column(asset::Column::Id)
        .from(asset::Entity)
        .cond_where(library::not_to_be_pitched(now.date_naive()))
        .to_owned();
    pitch_item::Entity::find()
        .join(JoinType::InnerJoin, pitch_item::Relation::Pitch.def())
        .filter(pitch_item::Column::AssetId.in_subquery(assets))
}

/// The pitches with a link that opens today.
pub(super) fn open_pitches(now: DateTime<Utc>) -> SelectStatement {
    Query::select()
        .column(pitch_link::Column::PitchId)
        .from(pitch_link::Entity)
        .cond_where(opens(now))
        .to_owned()
}

/// The links that open today.
pub(super) fn opens(now: DateTime<Utc>) -> Condition {
    let lasts = Condition::any()
        .add(pitch_link::Column::ExpiresAt.is_null())
        .add(pitch_link::Column::ExpiresAt.gt(now));
    Condition::all()
        .add(pitch_link::Column::RevokedAt.is_null())
        .add(lasts)
}

/// How many of their links open today.
pub(super) async fn open_links<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    pitches: impl IntoIterator<Item = PitchId>,
) -> Result<HashMap<PitchId, i64>> {
    let rows: Vec<(PitchId, i64)> = pitch_link::Entity::find()
        .select_only()
        .column(pitch_link::Column::PitchId)
        .column_as(pitch_link::Column::Id.count(), "links")
        .filter(pitch_link::Column::PitchId.is_in(pitches))
        .filter(opens(now))
        .group_by(pitch_link::Column::PitchId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

async fn pitches_of<C: ConnectionTrait>(
    db: &C,
    ids: impl Iterator<Item = PitchId>,
) -> Result<HashMap<PitchId, pitch::Model>> {
    let ids: HashSet<PitchId> = ids.collect();
    let rows = pitch::Entity::find()
        .filter(pitch::Column::Id.is_in(ids))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

async fn views<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    rows: Vec<pitch_item::Model>,
) -> Result<Vec<FlaggedItem>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let today = now.date_naive();
    let pitches = pitches_of(db, rows.iter().map(|row| row.pitch_id)).await?;
    let opportunities: HashMap<OpportunityId, String> = opportunity::Entity::find()
        .select_only()
        .column(opportunity::Column::Id)
        .column(opportunity::Column::Name)
        .filter(opportunity::Column::Id.is_in(pitches.values().map(|pitch| pitch.opportunity_id)))
        .into_tuple::<(OpportunityId, String)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let owners = user_refs(db, pitches.values().map(|pitch| pitch.owner_id)).await?;
    let links = open_links(db, now, pitches.keys().copied()).await?;
    let assets: HashMap<AssetId, asset::Model> = asset::Entity::find()
        .filter(asset::Column::Id.is_in(rows.iter().map(|row| row.asset_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|asset| (asset.id, asset))
        .collect();
    let old: Vec<AssetId> = assets.keys().copied().collect();
    let old = library::asset_summaries(db, &old).await?;
    let candidates = candidates(db, now, &old).await?;
    let ranked: HashMap<AssetId, Vec<(Likeness, &AssetSummary)>> = old
        .iter()
        .map(|(id, asset)| (*id, best(asset, &candidates, now)))
        .collect();
    let titles = page_titles(db, &rows, &old, &ranked).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let pitch = pitches.get(&row.pitch_id)?;
            let asset = assets.get(&row.asset_id)?;
            let page_title = row.page_number.and_then(|number| {
                let version = old.get(&asset.id)?.current_version.as_ref()?;
                titles.get(&version.id)?.get(&number)
            });
            let replacements = ranked.get(&asset.id).into_iter().flatten();
            Some(FlaggedItem {
                item_id: row.id,
                pitch_id: pitch.id,
                pitch_title: pitch.title.clone(),
                pitch_revision: pitch.revision,
                opportunity: PitchOpportunityRef {
                    id: pitch.opportunity_id,
                    name: opportunities.get(&pitch.opportunity_id).cloned()?,
                },
                owner: owners.get(&pitch.owner_id).cloned()?,
                open_links: links.get(&pitch.id).copied().unwrap_or_default(),
                asset_id: asset.id,
                title: asset.title.clone(),
                kind: asset.kind,
                page_number: row.page_number,
                problem: library::may_be_pitched(asset, today).err()?.to_owned(),
                still_shown: !asset.internal_only,
                replacements: replacements
                    .map(|(found, with)| replacement(found, with, page_title, &titles))
                    .collect(),
            })
        })
        .collect())
}

/// Pieces of the same kinds that may be sent: those with most facets in common, and the freshest.
async fn candidates<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    old: &HashMap<AssetId, AssetSummary>,
) -> Result<Vec<AssetSummary>> {
    let kinds: HashSet<AssetKind> = old.values().map(|asset| asset.kind).collect();
    let usable = asset::Entity::find()
        .select_only()
        .column(asset::Column::Id)
        .filter(asset::Column::Kind.is_in(kinds))
        .filter(library::to_be_pitched(now.date_naive()))
        .join(JoinType::InnerJoin, asset::Relation::CurrentVersion.def())
        .filter(asset_version::Column::State.eq(VersionState::Ready));
    let freshest: Vec<AssetId> = usable
        .clone()
        .order_by_desc(asset::Column::UpdatedAt)
        .limit(FRESHEST)
        .into_tuple()
        .all(db)
        .await?;
    let mut common = Condition::any();
    for facet in Facet::ALL {
        let values: HashSet<&String> = old
            .values()
            .flat_map(|asset| asset.facets.get(*facet))
            .collect();
        if !values.is_empty() {
            let of_facet = Condition::all()
                .add(asset_facet::Column::Facet.eq(*facet))
                .add(asset_facet::Column::Value.is_in(values));
            common = common.add(of_facet);
        }
    }
    let mut ids: HashSet<AssetId> = freshest.into_iter().collect();
    if !common.is_empty() {
        let nearest: Vec<AssetId> = usable
            .join_rev(
                JoinType::InnerJoin,
                asset_facet::Entity::belongs_to(asset::Entity)
                    .from(asset_facet::Column::AssetId)
                    .to(asset::Column::Id)
                    .into(),
            )
            .filter(common)
            .group_by(asset::Column::Id)
            .order_by_desc(asset_facet::Column::Value.count())
            .limit(NEAREST)
            .into_tuple()
            .all(db)
            .await?;
        ids.extend(nearest);
    }
    let ids: Vec<AssetId> = ids.into_iter().collect();
    Ok(library::asset_summaries(db, &ids)
        .await?
        .into_values()
        .collect())
}

/// The best few to stand in for `old`.
fn best<'a>(
    old: &AssetSummary,
    candidates: &'a [AssetSummary],
    now: DateTime<Utc>,
) -> Vec<(Likeness, &'a AssetSummary)> {
    let mut ranked: Vec<_> = candidates
        .iter()
        .filter(|one| one.kind == old.kind && one.id != old.id)
        .map(|one| (likeness(Traits::from(old), Traits::from(one), now), one))
        .collect();
    ranked.sort_by(|one, other| {
        one.0
            .order(&other.0)
            .then_with(|| one.1.id.cmp(&other.1.id))
    });
    ranked.truncate(MOST_REPLACEMENTS);
    ranked
}

type Titles = HashMap<VersionId, HashMap<i32, String>>;

/// The titles of the pages that are compared: only where single pages were chosen.
async fn page_titles<C: ConnectionTrait>(
    db: &C,
    rows: &[pitch_item::Model],
    old: &HashMap<AssetId, AssetSummary>,
    ranked: &HashMap<AssetId, Vec<(Likeness, &AssetSummary)>>,
) -> Result<Titles> {
    let single: HashSet<AssetId> = rows
        .iter()
        .filter(|row| row.page_number.is_some())
        .map(|row| row.asset_id)
        .collect();
    let versions: HashSet<VersionId> = single
        .iter()
        .flat_map(|id| {
            let with = ranked.get(id).into_iter().flatten().map(|(_, one)| *one);
            with.chain(old.get(id))
        })
        .filter_map(|asset| Some(asset.current_version.as_ref()?.id))
        .collect();
    let mut titles = Titles::new();
    if versions.is_empty() {
        return Ok(titles);
    }
    let rows: Vec<(VersionId, i32, String)> = page::Entity::find()
        .select_only()
        .column(page::Column::VersionId)
        .column(page::Column::Number)
        .column(page::Column::Title)
        .filter(page::Column::VersionId.is_in(versions))
        .into_tuple()
        .all(db)
        .await?;
    for (version, number, title) in rows {
        titles.entry(version).or_default().insert(number, title);
    }
    Ok(titles)
}

fn replacement(
    found: &Likeness,
    with: &AssetSummary,
    page_title: Option<&String>,
    titles: &Titles,
) -> Replacement {
    let same_title = page_title
        .filter(|title| !title.trim().is_empty())
        .and_then(|wanted| {
            let pages = titles.get(&with.current_version.as_ref()?.id)?;
            pages
                .iter()
                .filter(|(_, title)| title.trim().eq_ignore_ascii_case(wanted.trim()))
                .map(|(number, _)| *number)
                .min()
        });
    let mut reasons = found.reasons.clone();
    if let Some(number) = same_title {
        reasons.insert(0, format!("Page {number} has the same title"));
    }
    let version = with.current_version.as_ref();
    Replacement {
        asset_id: with.id,
        title: with.title.clone(),
        kind: with.kind,
        page_number: same_title,
        page_count: version.and_then(|version| version.page_count).unwrap_or(0),
        thumbnail_url: match (version, same_title) {
            (Some(version), Some(number)) => Some(library::page_thumbnail_url(version.id, number)),
            _ => with.thumbnail_url.clone(),
        },
        reasons,
    }
}
