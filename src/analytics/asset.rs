//! `GET /analytics/content/{id}`: how one piece fared, page by page and deal by deal.

use std::collections::{BTreeMap, HashMap};

use actix_web::web;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};

use super::content::{SeriesDay, series};
use super::metrics::{self, DealReads, definitions};
use super::rows::{ContentRow, Sort, content_rows};
use super::scope::{Period, Scope};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{
    Outcome, Stage, account, asset, asset_version, opportunity, page, rollup_page,
};
use crate::error::{Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::{AssetId, OpportunityId, VersionId};
use crate::library;

/// The most deals that are listed.
const MOST_DEALS: u64 = 100;

/// Which days.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeriodQuery {
    /// The first day; 90 days up to the last where not said.
    pub from: Option<NaiveDate>,
    /// The last day; today where not said.
    pub to: Option<NaiveDate>,
}

/// A page, and how people looked at it, over all deals.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AssetPageView {
    /// The version.
    pub version_id: VersionId,
    /// The page.
    pub page_number: i32,
    /// Its title.
    pub title: String,
    /// Its picture.
    pub thumbnail_url: String,
    /// Visits that saw it.
    pub views: i64,
    /// Active milliseconds.
    pub active_ms: i64,
    /// Visits that ended on it.
    pub exits: i64,
}

/// A deal that read the piece.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AssetReaderView {
    /// The opportunity.
    pub id: OpportunityId,
    /// Its name.
    pub name: String,
    /// Its account.
    pub account_name: String,
    /// Where it stands, or stood when it closed.
    pub stage: Stage,
    /// How it ended, if it has.
    pub outcome: Outcome,
    /// Reads in the period.
    pub reads: i64,
    /// The day of the last one, at midnight UTC.
    pub last_read_at: Option<DateTime<Utc>>,
}

/// How one piece fared.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AssetAnalytics {
    /// Its row.
    pub row: ContentRow,
    /// Every day of the period.
    pub series: Vec<SeriesDay>,
    /// The pages of its current version, and of others that were seen in the period.
    pub pages: Vec<AssetPageView>,
    /// The deals that read it, those that read most first.
    pub opportunities: Vec<AssetReaderView>,
    /// What each number means.
    #[schema(value_type = BTreeMap<String, String>)]
    pub definitions: BTreeMap<&'static str, &'static str>,
}

/// How one piece of content fared.
#[utoipa::path(get, path = "/api/v1/analytics/content/{id}", tag = "analytics", params(AssetId, PeriodQuery),
    responses((status = 200, body = AssetAnalytics), (status = 404, body = Problem)))]
pub async fn asset(
    principal: Principal,
    id: web::Path<AssetId>,
    query: web::Query<PeriodQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<AssetAnalytics>> {
    let period = Period::new(query.from, query.to, clock.now().date_naive())?;
    let scope = Scope::of(&principal, period, None).about_asset(*id);
    let (rows, sends) = content_rows(db.read(), &scope, Sort::default()).await?;
    let row = rows
        .into_iter()
        .next()
        .ok_or_else(|| Error::not_found("asset"))?;
    let reads = metrics::reads_by_day(db.read(), &scope).await?;
    let readers = metrics::readers(db.read(), &scope, MOST_DEALS).await?;
    Ok(web::Json(AssetAnalytics {
        row,
        series: series(period, &reads, &sends),
        pages: pages(db.read(), *id, period).await?,
        opportunities: deals(db.read(), readers).await?,
        definitions: definitions(),
    }))
}

#[derive(FromQueryResult)]
struct PageSums {
    version_id: VersionId,
    page_number: i32,
    views: i64,
    active_ms: i64,
    exits: i64,
}

/// The pages with what was seen of them: the metrics `views`, dwell and `exits`.
async fn pages<C: ConnectionTrait>(
    db: &C,
    asset: AssetId,
    period: Period,
) -> Result<Vec<AssetPageView>> {
    let sum = |column| {
        Expr::col((rollup_page::Entity, column))
            .sum()
            .cast_as("bigint")
    };
    let sums: Vec<PageSums> = rollup_page::Entity::find()
        .select_only()
        .column(rollup_page::Column::VersionId)
        .column(rollup_page::Column::PageNumber)
        .column_as(sum(rollup_page::Column::Views), "views")
        .column_as(sum(rollup_page::Column::ActiveMs), "active_ms")
        .column_as(sum(rollup_page::Column::Exits), "exits")
        .inner_join(asset_version::Entity)
        .filter(asset_version::Column::AssetId.eq(asset))
        .filter(rollup_page::Column::Day.between(period.from, period.to))
        .group_by(rollup_page::Column::VersionId)
        .group_by(rollup_page::Column::PageNumber)
        .into_model()
        .all(db)
        .await?;
    let current: Option<Option<VersionId>> = asset::Entity::find_by_id(asset)
        .select_only()
        .column(asset::Column::CurrentVersionId)
        .into_tuple()
        .one(db)
        .await?;
    let seen = sums.iter().filter(|row| row.views > 0);
    let versions: Vec<VersionId> = seen
        .map(|row| row.version_id)
        .chain(current.flatten())
        .collect();
    let mut sums: HashMap<(VersionId, i32), PageSums> = sums
        .into_iter()
        .map(|row| ((row.version_id, row.page_number), row))
        .collect();
    let titles: Vec<(VersionId, i32, String)> = page::Entity::find()
        .select_only()
        .column(page::Column::VersionId)
        .column(page::Column::Number)
        .column(page::Column::Title)
        .filter(page::Column::VersionId.is_in(versions))
        .order_by_desc(page::Column::VersionId)
        .order_by_asc(page::Column::Number)
        .into_tuple()
        .all(db)
        .await?;
    Ok(titles
        .into_iter()
        .map(|(version_id, page_number, title)| {
            let sums = sums.remove(&(version_id, page_number));
            let (views, active_ms, exits) =
                sums.map_or((0, 0, 0), |row| (row.views, row.active_ms, row.exits));
            AssetPageView {
                version_id,
                page_number,
                title,
                thumbnail_url: library::page_thumbnail_url(version_id, page_number),
                views,
                active_ms,
                exits,
            }
        })
        .collect())
}

async fn deals<C: ConnectionTrait>(
    db: &C,
    readers: Vec<DealReads>,
) -> Result<Vec<AssetReaderView>> {
    let ids = readers.iter().map(|row| row.opportunity_id);
    let mut known: HashMap<OpportunityId, _> = opportunity::Entity::find()
        .filter(opportunity::Column::Id.is_in(ids))
        .find_also_related(account::Entity)
        .all(db)
        .await?
        .into_iter()
        .map(|(deal, account)| (deal.id, (deal, account)))
        .collect();
    Ok(readers
        .into_iter()
        .filter_map(|row| {
            let (deal, account) = known.remove(&row.opportunity_id)?;
            Some(AssetReaderView {
                id: deal.id,
                name: deal.name,
                account_name: account.map(|account| account.name).unwrap_or_default(),
                stage: deal.stage,
                outcome: deal.outcome,
                reads: row.reads,
                last_read_at: Some(row.last_day.and_time(NaiveTime::MIN).and_utc()),
            })
        })
        .collect())
}
