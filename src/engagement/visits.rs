//! Visits as reps see them: who, on which page, how long, and why it counts or does not.
//!
//! Invariant: every finder here carries the principal's scope; a list costs the same few queries whatever its length.

use std::collections::{BTreeSet, HashMap};

use actix_web::web;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, JoinType, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, RelationTrait as _, Select,
};
use serde::{Deserialize as _, Serialize};

use super::device::device;
use super::links::{LinkContext, load_contexts};
use super::viewers::{VisitViewer, viewers_of};
use crate::clock::Clock;
use crate::crm;
use crate::db::Db;
use crate::entities::{
    VisitClass, VisitLevel, asset, pitch, pitch_item, pitch_link, visit, visit_page,
};
use crate::error::{Error, Result};
use crate::http::{ListQuery, Page, Principal, Problem, next_cursor};
use crate::ids::{AssetId, LinkId, OpportunityId, PitchId, PitchItemId, VisitId, VisitRuleId};
use crate::rollup::{Facts, Reason};

/// What the live screen shows: visits with a sign of life since.
const LIVE_FOR: TimeDelta = TimeDelta::minutes(30);

/// A page counts as in view now when it was a minute ago: browsers report every ten seconds.
const IN_VIEW_FOR: TimeDelta = TimeDelta::seconds(60);

/// The most visits that the live screen gets.
const MOST_LIVE: u64 = 200;

/// A thing with a title.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct VisitPitch {
    /// The pitch.
    pub id: PitchId,
    /// Its title.
    pub title: String,
}

/// A thing with a name.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct VisitOpportunity {
    /// The opportunity.
    pub id: OpportunityId,
    /// Its name.
    pub name: String,
}

/// What a visit saw of one page.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct VisitPageView {
    /// The item of the pitch.
    pub item_id: PitchItemId,
    /// The title of its asset.
    pub item_title: String,
    /// The page.
    pub page_number: i32,
    /// Active milliseconds.
    pub active_ms: i64,
}

/// What was watched of one video.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct WatchedView {
    /// The item of the pitch.
    pub item_id: PitchItemId,
    /// The stretches, as `[from, to]` in seconds; what was watched twice stands once.
    #[schema(value_type = Vec<Vec<u32>>)]
    pub stretches: Vec<(u32, u32)>,
    /// Seconds of it that were watched.
    pub seconds: u32,
}

/// What a person said over the program.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct VisitRuling {
    /// The rule; one about this visit alone is taken back with the visit.
    pub rule_id: VisitRuleId,
    /// What the program makes of the visit.
    pub instead_of: VisitClass,
}

/// The page in view now.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CurrentPageView {
    /// The title of its asset.
    pub item_title: String,
    /// The page.
    pub page_number: i32,
}

/// One sitting of one viewer on one link.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct VisitView {
    /// The visit.
    pub id: VisitId,
    /// The link.
    pub link_id: LinkId,
    /// The link's pitch.
    pub pitch: VisitPitch,
    /// The pitch's opportunity.
    pub opportunity: VisitOpportunity,
    /// Its account.
    pub account_name: String,
    /// Whom the link is for.
    pub viewer_name: Option<String>,
    /// Their address.
    pub viewer_email: Option<String>,
    /// What the visit counts as.
    pub class: VisitClass,
    /// How far it went.
    pub level: VisitLevel,
    /// Why it counts as that.
    pub reasons: Vec<String>,
    /// The program's score, 0 (surely a machine) to 100 (surely a person).
    pub score: i32,
    /// What a person said over the program, if anything.
    pub ruling: Option<VisitRuling>,
    /// Who it was, as far as can be told; nobody for machines.
    pub viewer: Option<VisitViewer>,
    /// The truncated network; a rule may go by it.
    pub network: String,
    /// What the browser calls itself; a rule may go by it.
    pub user_agent: String,
    /// When the page was loaded.
    pub started_at: DateTime<Utc>,
    /// When something happened last.
    pub last_seen_at: DateTime<Utc>,
    /// Active milliseconds, over all pages.
    pub active_ms: i64,
    /// The pages that were in view, in the pitch's order.
    pub pages: Vec<VisitPageView>,
    /// How many pages the pitch showed.
    pub page_total: i32,
    /// The share of them that was seen, 0 to 1.
    pub completion: f64,
    /// The page in view now, if any.
    pub current: Option<CurrentPageView>,
    /// How often the link was shared on.
    pub shared: i32,
    /// How many originals were downloaded.
    pub downloaded: i32,
    /// How many questions were asked.
    pub asked: i32,
    /// What was watched of videos.
    pub watched: Vec<WatchedView>,
    /// The device in words.
    pub device: String,
}

/// Visits with a sign of life in the last half hour.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LiveView {
    /// The latest first.
    pub items: Vec<VisitView>,
}

/// Who is reading now, or was in the last half hour.
#[utoipa::path(get, path = "/api/v1/live", tag = "engagement", responses((status = 200, body = LiveView)))]
pub async fn live(
    principal: Principal,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<LiveView>> {
    let now = clock.now();
    let rows = visible_visits(&principal)
        .filter(visit::Column::LastSeenAt.gt(now - LIVE_FOR))
        .order_by_desc(visit::Column::LastSeenAt)
        .limit(MOST_LIVE)
        .all(db.read())
        .await?;
    let items = views(db.read(), rows, now).await?;
    Ok(web::Json(LiveView { items }))
}

/// The visits of an opportunity's pitches, the latest first.
#[utoipa::path(get, path = "/api/v1/opportunities/{id}/visits", tag = "engagement",
    params(OpportunityId, ListQuery),
    responses((status = 200, body = Page<VisitView>), (status = 404, body = Problem)))]
pub async fn opportunity_visits(
    principal: Principal,
    id: web::Path<OpportunityId>,
    query: web::Query<ListQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<Page<VisitView>>> {
    let opportunity = crm::find_opportunity(db.read(), &principal, *id).await?;
    let mut select = visible_visits(&principal)
        .filter(pitch::Column::OpportunityId.eq(opportunity.id))
        .order_by_desc(visit::Column::Id)
        .limit(query.limit() + 1);
    if let Some(before) = query.position::<VisitId>()? {
        select = select.filter(visit::Column::Id.lt(before));
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, query.limit(), |row| row.id)?;
    let items = views(db.read(), rows, clock.now()).await?;
    Ok(web::Json(Page { items, next_cursor }))
}

/// Those of these visits that the principal may see, or of those reported since a time.
pub(super) async fn changed_visits<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    changed: Condition,
    now: DateTime<Utc>,
) -> Result<Vec<VisitView>> {
    let rows = visible_visits(principal)
        .filter(changed)
        .order_by_asc(visit::Column::UpdatedAt)
        .limit(MOST_LIVE)
        .all(db)
        .await?;
    views(db, rows, now).await
}

/// A visit that the principal may see.
pub(super) async fn find_visit<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    id: VisitId,
) -> Result<visit::Model> {
    visible_visits(principal)
        .filter(visit::Column::Id.eq(id))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("visit"))
}

/// A visit with everything that is shown of it.
pub(super) async fn view_of<C: ConnectionTrait>(
    db: &C,
    row: visit::Model,
    now: DateTime<Utc>,
) -> Result<VisitView> {
    views(db, vec![row], now)
        .await?
        .pop()
        .ok_or_else(|| Error::not_found("visit"))
}

/// The visits of pitches for opportunities that the principal may see.
fn visible_visits(principal: &Principal) -> Select<visit::Entity> {
    visit::Entity::find()
        .join(JoinType::InnerJoin, visit::Relation::PitchLink.def())
        .join(JoinType::InnerJoin, pitch_link::Relation::Pitch.def())
        .join(JoinType::InnerJoin, pitch::Relation::Opportunity.def())
        .filter(crm::visible_opportunities(principal))
        .filter(visit::Column::Unnamed.is_null())
}

/// Visits with everything that is shown of them, in five more queries.
async fn views<C: ConnectionTrait>(
    db: &C,
    rows: Vec<visit::Model>,
    now: DateTime<Utc>,
) -> Result<Vec<VisitView>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let links: BTreeSet<LinkId> = rows.iter().map(|row| row.link_id).collect();
    let contexts: HashMap<LinkId, LinkContext> = load_contexts(db, links)
        .await?
        .into_iter()
        .map(|context| (context.id, context))
        .collect();
    let pages = visit_page::Entity::find()
        .filter(visit_page::Column::VisitId.is_in(rows.iter().map(|row| row.id)))
        .all(db)
        .await?;
    let mut viewers = viewers_of(db, contexts.keys().copied()).await?;
    let titles = titles(db, pages.iter().map(|page| page.asset_id).collect()).await?;
    let positions = positions(db, pages.iter().map(|page| page.item_id).collect()).await?;
    let mut of_visit: HashMap<VisitId, Vec<(i32, VisitPageView)>> = HashMap::new();
    for page in pages {
        let view = VisitPageView {
            item_id: page.item_id,
            item_title: titles.get(&page.asset_id).cloned().unwrap_or_default(),
            page_number: page.page_number,
            active_ms: page.active_ms,
        };
        // An item that was taken out of the pitch comes last.
        let position = positions.get(&page.item_id).copied().unwrap_or(i32::MAX);
        of_visit
            .entry(page.visit_id)
            .or_default()
            .push((position, view));
    }
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let context = contexts.get(&row.link_id)?;
            let mut pages = of_visit.remove(&row.id).unwrap_or_default();
            pages.sort_by_key(|(position, page)| (*position, page.item_id, page.page_number));
            let pages = pages.into_iter().map(|(_, page)| page).collect();
            let viewer = viewers.remove(&row.id);
            Some(view(row, context, pages, viewer, now))
        })
        .collect())
}

fn view(
    row: visit::Model,
    link: &LinkContext,
    pages: Vec<VisitPageView>,
    viewer: Option<VisitViewer>,
    now: DateTime<Utc>,
) -> VisitView {
    let current = row
        .current_item_id
        .zip(row.current_page)
        .filter(|_| now - row.last_seen_at < IN_VIEW_FOR)
        .and_then(|(item, number)| {
            let page = pages
                .iter()
                .find(|page| page.item_id.0 == item && page.page_number == number)?;
            Some(CurrentPageView {
                item_title: page.item_title.clone(),
                page_number: number,
            })
        });
    let mut reasons: Vec<String> = Vec::<Reason>::deserialize(&row.reasons)
        .unwrap_or_default()
        .into_iter()
        .map(|reason| reason.reason)
        .collect();
    if row.class_override.is_some() {
        reasons.insert(0, "set by a colleague".to_owned());
    }
    let watched = Facts::deserialize(&row.features)
        .unwrap_or_default()
        .watched
        .into_iter()
        .map(|(item_id, stretches)| WatchedView {
            item_id,
            seconds: stretches.iter().map(|(from, to)| to - from).sum(),
            stretches,
        })
        .collect();
    // A link's name is its recipient's: whoever it was passed on to has none.
    let is_recipient = viewer
        .as_ref()
        .is_none_or(|viewer| viewer.forwarded.is_none());
    VisitView {
        score: row.score,
        ruling: row.rule_id.map(|rule_id| VisitRuling {
            rule_id,
            instead_of: row.class,
        }),
        network: row.network,
        asked: row.questions,
        watched,
        id: row.id,
        link_id: row.link_id,
        pitch: VisitPitch {
            id: link.pitch_id,
            title: link.pitch_title.clone(),
        },
        opportunity: VisitOpportunity {
            id: link.opportunity_id,
            name: link.opportunity_name.clone(),
        },
        account_name: link.account_name.clone(),
        viewer_name: link
            .recipient_name
            .clone()
            .or_else(|| link.contact_name.clone())
            .filter(|_| is_recipient),
        viewer_email: link
            .recipient_email
            .clone()
            .or_else(|| link.contact_email.clone())
            .filter(|_| is_recipient),
        viewer,
        class: row.class_override.unwrap_or(row.class),
        level: row.level,
        reasons,
        started_at: row.started_at,
        last_seen_at: row.last_seen_at,
        active_ms: row.active_ms,
        pages,
        page_total: row.page_total,
        completion: share(row.pages_read, row.page_total),
        current,
        shared: row.shares,
        downloaded: row.downloads,
        device: device(&row.user_agent),
        user_agent: row.user_agent,
    }
}

fn share(part: i32, whole: i32) -> f64 {
    (f64::from(part) / f64::from(whole.max(1))).min(1.0)
}

async fn titles<C: ConnectionTrait>(
    db: &C,
    assets: BTreeSet<AssetId>,
) -> Result<HashMap<AssetId, String>> {
    let rows: Vec<(AssetId, String)> = asset::Entity::find()
        .select_only()
        .column(asset::Column::Id)
        .column(asset::Column::Title)
        .filter(asset::Column::Id.is_in(assets))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

async fn positions<C: ConnectionTrait>(
    db: &C,
    items: BTreeSet<PitchItemId>,
) -> Result<HashMap<PitchItemId, i32>> {
    let rows: Vec<(PitchItemId, i32)> = pitch_item::Entity::find()
        .select_only()
        .column(pitch_item::Column::Id)
        .column(pitch_item::Column::Position)
        .filter(pitch_item::Column::Id.is_in(items))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}
