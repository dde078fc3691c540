//! `GET /analytics/content`: how all content fared.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::export::csv;
use super::metrics::{self, DayReads, Sent, definitions};
use super::rows::{ContentRow, Sort, content_rows};
use super::scope::{Period, Scope};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::AssetKind;
use crate::error::Result;
use crate::http::{ListQuery, Principal, Problem, next_cursor};
use crate::ids::{AssetId, TeamId};
use crate::money::Money;

/// What to show of which content.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ContentQuery {
    /// The first day; 90 days up to the last where not said.
    pub from: Option<NaiveDate>,
    /// The last day; today where not said.
    pub to: Option<NaiveDate>,
    /// Only deals of this team's members.
    pub team: Option<TeamId>,
    /// Only content of this kind.
    pub kind: Option<AssetKind>,
    /// Only content with these words in its title.
    pub q: Option<String>,
    /// By what to order, the greatest first.
    #[serde(default)]
    #[param(inline)]
    pub sort: Sort,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
    /// `json`, or `csv` for all rows as a file.
    #[serde(default)]
    #[param(inline)]
    pub format: Format,
}

/// How to answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// For programs.
    #[default]
    Json,
    /// For spreadsheets.
    Csv,
}

/// The numbers over all content.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Figures {
    /// Sum over the rows.
    pub used: i64,
    /// Sum over the rows.
    pub sent: i64,
    /// Sum over the rows.
    pub read: i64,
    /// Each opportunity once.
    pub opportunities_touched: i64,
    /// Each opportunity once.
    pub won_amount: Vec<Money>,
    /// Sum over the rows.
    pub excluded_visits: i64,
}

/// A day of the chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SeriesDay {
    /// The day, by UTC.
    pub day: NaiveDate,
    /// Reads.
    pub read: i64,
    /// Sends.
    pub sent: i64,
    /// Visits left out.
    pub excluded: i64,
}

/// How content fared in a period.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ContentAnalytics {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// Over all content that was asked for.
    pub figures: Figures,
    /// Every day of the period.
    pub series: Vec<SeriesDay>,
    /// The rows.
    pub items: Vec<ContentRow>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
    /// What each number means.
    #[schema(value_type = BTreeMap<String, String>)]
    pub definitions: BTreeMap<&'static str, &'static str>,
}

/// How content fared: used, sent, read, and in which deals.
#[utoipa::path(get, path = "/api/v1/analytics/content", tag = "analytics", params(ContentQuery), responses(
    (status = 200, body = ContentAnalytics, description = "Or text/csv with `format=csv`."),
    (status = 422, body = Problem),
))]
pub async fn content(
    principal: Principal,
    query: web::Query<ContentQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let query = query.into_inner();
    let period = Period::new(query.from, query.to, clock.now().date_naive())?;
    let scope = Scope::of(&principal, period, query.team).about(query.kind, query.q.as_deref());
    let (mut rows, sends) = content_rows(db.read(), &scope, query.sort).await?;
    if query.format == Format::Csv {
        return Ok(csv(rows, period));
    }

    let touched = metrics::touched_by_any(db.read(), &scope).await?;
    let total = |of: fn(&ContentRow) -> i64| rows.iter().map(of).sum();
    let figures = Figures {
        used: total(|row| row.used),
        sent: total(|row| row.sent),
        read: total(|row| row.read),
        opportunities_touched: touched.opportunities,
        won_amount: touched.won_amount(),
        excluded_visits: total(|row| row.excluded_visits),
    };
    let reads = metrics::reads_by_day(db.read(), &scope).await?;
    let list = ListQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    if let Some((key, asset)) = list.position::<(i64, AssetId)>()? {
        let after = (std::cmp::Reverse(key), asset);
        rows.retain(|row| query.sort.place(row) > after);
    }
    let next_cursor = next_cursor(&mut rows, list.limit(), |row| {
        (query.sort.key(row), row.asset.id)
    })?;
    Ok(HttpResponse::Ok().json(ContentAnalytics {
        from: period.from,
        to: period.to,
        figures,
        series: series(period, &reads, &sends),
        items: rows,
        next_cursor,
        definitions: definitions(),
    }))
}

/// Every day of the period, those without anything as well.
pub(super) fn series(period: Period, reads: &[DayReads], sends: &[Sent]) -> Vec<SeriesDay> {
    let mut days: BTreeMap<NaiveDate, SeriesDay> = period
        .from
        .iter_days()
        .take_while(|day| *day <= period.to)
        .map(|day| {
            let empty = SeriesDay {
                day,
                read: 0,
                sent: 0,
                excluded: 0,
            };
            (day, empty)
        })
        .collect();
    for row in reads {
        if let Some(day) = days.get_mut(&row.day) {
            day.read += row.reads;
            day.excluded += row.excluded_visits;
        }
    }
    for row in sends {
        let day = row.day.parse().ok().and_then(|day| days.get_mut(&day));
        if let Some(day) = day {
            day.sent += row.number;
        }
    }
    days.into_values().collect()
}
