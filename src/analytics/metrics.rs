//! The metrics: each one function and one definition.

use std::collections::{BTreeMap, HashMap};

use sea_orm::sea_query::{
    Alias, Expr, ExprTrait as _, JoinType, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QuerySelect as _, QueryTrait as _, RelationTrait as _,
};

use super::scope::{Scope, day_of};
use crate::entities::{Outcome, asset, opportunity, pitch, pitch_item, pitch_link};
use crate::error::Result;
use crate::ids::{AssetId, OpportunityId};
use crate::money::Money;

/// What each number means; sent along with every reply that has it.
pub(super) const DEFINITIONS: &[(&str, &str)] = &[
    (
        "used",
        "Pitches made in the period that contain the piece. A pitch with three pieces counts once for each.",
    ),
    (
        "sent",
        "Tracked links made by us in the period to pitches that contain the piece, one per recipient. Links that a \
         prospect made for a colleague are not counted here but as shares.",
    ),
    (
        "read",
        "Visits in the period, by the day they began (UTC), in which a person had at least one page of the piece in \
         view and active for 3 seconds or more. Scanners, previews and visits that may not be a person's are left out.",
    ),
    (
        "completion",
        "Of each read, the share of the piece's pages in the pitch that were in view and active for a second or more; \
         the mean over all reads.",
    ),
    (
        "dwell_ms_per_page",
        "Active time on the piece's pages over all reads, divided by the pages seen for a second or more. Active: \
         visible, in front, and its reader not idle.",
    ),
    (
        "shares",
        "Times that a person shared a link to a pitch with the piece with a colleague.",
    ),
    (
        "downloads",
        "Times that a person downloaded the original of the piece.",
    ),
    (
        "opportunities_touched",
        "Opportunities in which a person read the piece in the period. In the figures above the table each \
         opportunity counts once, however many pieces it read.",
    ),
    (
        "won_amount",
        "Amounts of the won among the opportunities touched, per currency. An opportunity that read several pieces \
         is in the amount of each: the column does not add up to the figure, and says nothing of cause.",
    ),
    (
        "excluded_visits",
        "Visits to pitches with the piece that were not, or not surely, a person's: mail scanners, link previews, \
         crawlers, and visits without enough signs of a person. Kept, and left out of every other number.",
    ),
    (
        "views",
        "Visits by a person in which the page was in view and active for a second or more.",
    ),
    (
        "exits",
        "Visits by a person in which the page was the last one in view.",
    ),
];

/// The definitions by metric.
pub(super) fn definitions() -> BTreeMap<&'static str, &'static str> {
    DEFINITIONS.iter().copied().collect()
}

#[derive(FromQueryResult)]
struct Count {
    asset_id: AssetId,
    number: i64,
}

/// How often each piece was used.
pub(super) async fn used<C: ConnectionTrait>(
    db: &C,
    scope: &Scope,
) -> Result<HashMap<AssetId, i64>> {
    let rows: Vec<Count> = pitch_item::Entity::find()
        .select_only()
        .column(pitch_item::Column::AssetId)
        .column_as(
            Expr::col((pitch_item::Entity, pitch_item::Column::PitchId)).count_distinct(),
            "number",
        )
        .join(JoinType::InnerJoin, pitch_item::Relation::Pitch.def())
        .join(JoinType::InnerJoin, pitch_item::Relation::Asset.def())
        .join(JoinType::InnerJoin, pitch::Relation::Opportunity.def())
        .filter(scope.moment(pitch::Column::CreatedAt))
        .filter(scope.deals.clone())
        .filter(scope.assets.clone())
        .group_by(pitch_item::Column::AssetId)
        .into_model()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.asset_id, row.number))
        .collect())
}

/// How often a piece was sent on a day.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Sent {
    pub asset_id: AssetId,
    pub day: String,
    pub number: i64,
}

/// How often each piece was sent, day by day.
pub(super) async fn sent<C: ConnectionTrait>(db: &C, scope: &Scope) -> Result<Vec<Sent>> {
    let day = || day_of(db.get_database_backend(), "pitch_links", "created_at");
    let pitch_of_item = Expr::col((pitch_item::Entity, pitch_item::Column::PitchId))
        .equals((pitch::Entity, pitch::Column::Id));
    let mut select: SelectStatement = pitch_link::Entity::find()
        .select_only()
        .column(pitch_item::Column::AssetId)
        .column_as(day(), "day")
        .column_as(
            Expr::col((pitch_link::Entity, pitch_link::Column::Id)).count_distinct(),
            "number",
        )
        .join(JoinType::InnerJoin, pitch_link::Relation::Pitch.def())
        .join(JoinType::InnerJoin, pitch::Relation::Opportunity.def())
        .filter(pitch_link::Column::ParentLinkId.is_null())
        .filter(scope.moment(pitch_link::Column::CreatedAt))
        .filter(scope.deals.clone())
        .filter(scope.assets.clone())
        .into_query();
    select
        .inner_join(pitch_item::Entity, pitch_of_item)
        .inner_join(
            asset::Entity,
            Expr::col((asset::Entity, asset::Column::Id))
                .equals((pitch_item::Entity, pitch_item::Column::AssetId)),
        )
        .add_group_by([
            Expr::col((pitch_item::Entity, pitch_item::Column::AssetId)),
            day(),
        ]);
    all(db, &select).await
}

/// What was read of a piece: read, completion, dwell, shares, downloads, excluded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reads {
    pub number: i64,
    pub completion_milli: i64,
    pub page_views: i64,
    pub active_ms: i64,
    pub shares: i64,
    pub downloads: i64,
    pub excluded_visits: i64,
}

impl Reads {
    /// The mean share of pages seen; nothing was completed where nothing was read.
    #[allow(
        clippy::cast_precision_loss,
        reason = "a share for people, of counts far below 2^53"
    )]
    pub(super) fn completion(&self) -> Option<f64> {
        (self.number > 0).then(|| self.completion_milli as f64 / self.number as f64 / 1_000.0)
    }

    /// The mean active time on a page seen.
    pub(super) fn dwell_ms_per_page(&self) -> Option<i64> {
        self.active_ms.checked_div(self.page_views)
    }
}

/// The columns of [`Reads`], summed.
const READS: [&str; 7] = [
    "reads",
    "completion_milli",
    "page_views",
    "active_ms",
    "shares",
    "downloads",
    "excluded_visits",
];

/// What was read of each piece.
pub(super) async fn reads<C: ConnectionTrait>(
    db: &C,
    scope: &Scope,
) -> Result<HashMap<AssetId, Reads>> {
    let mut select = scope.reads();
    for column in READS {
        select.expr_as(sum(column), column);
    }
    select
        .column(("reads", "asset_id"))
        .group_by_col(("reads", "asset_id"));
    let mut reads = HashMap::new();
    for row in db.query_all(&select).await? {
        let of = Reads {
            number: row.try_get("", "reads")?,
            completion_milli: row.try_get("", "completion_milli")?,
            page_views: row.try_get("", "page_views")?,
            active_ms: row.try_get("", "active_ms")?,
            shares: row.try_get("", "shares")?,
            downloads: row.try_get("", "downloads")?,
            excluded_visits: row.try_get("", "excluded_visits")?,
        };
        reads.insert(row.try_get("", "asset_id")?, of);
    }
    Ok(reads)
}

/// Reads and visits left out on a day, over all pieces.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct DayReads {
    pub day: chrono::NaiveDate,
    pub reads: i64,
    pub excluded_visits: i64,
}

/// Reads day by day.
pub(super) async fn reads_by_day<C: ConnectionTrait>(
    db: &C,
    scope: &Scope,
) -> Result<Vec<DayReads>> {
    let mut select = scope.reads();
    select
        .column(("reads", "day"))
        .expr_as(sum("reads"), "reads")
        .expr_as(sum("excluded_visits"), "excluded_visits")
        .group_by_col(("reads", "day"));
    all(db, &select).await
}

/// Opportunities touched, and what the won ones among them were worth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Touched {
    pub opportunities: i64,
    pub won: BTreeMap<String, i64>,
}

impl Touched {
    /// The amounts, the greatest first.
    pub(super) fn won_amount(&self) -> Vec<Money> {
        let mut amounts: Vec<Money> = self
            .won
            .iter()
            .filter_map(|(currency, minor)| Money::from_columns(Some(*minor), Some(currency)))
            .collect();
        amounts.sort_by_key(|money| std::cmp::Reverse(money.minor));
        amounts
    }

    fn add(&mut self, row: &TouchedRow) {
        self.opportunities += row.number;
        if row.outcome == Outcome::Won
            && let (Some(currency), Some(minor)) = (&row.currency, row.amount_minor)
        {
            *self.won.entry(currency.clone()).or_default() += minor;
        }
    }
}

#[derive(FromQueryResult)]
struct TouchedRow {
    outcome: Outcome,
    currency: Option<String>,
    number: i64,
    amount_minor: Option<i64>,
}

/// Opportunities touched by each piece.
pub(super) async fn touched<C: ConnectionTrait>(
    db: &C,
    scope: &Scope,
) -> Result<HashMap<AssetId, Touched>> {
    let mut select = touched_deals(scope, true);
    select
        .column(("touched", "asset_id"))
        .group_by_col(("touched", "asset_id"));
    let mut touched: HashMap<AssetId, Touched> = HashMap::new();
    for row in db.query_all(&select).await? {
        let asset = row.try_get("", "asset_id")?;
        let row = TouchedRow::from_query_result(&row, "")?;
        touched.entry(asset).or_default().add(&row);
    }
    Ok(touched)
}

/// Opportunities touched by any piece, each once.
pub(super) async fn touched_by_any<C: ConnectionTrait>(db: &C, scope: &Scope) -> Result<Touched> {
    let rows: Vec<TouchedRow> = all(db, &touched_deals(scope, false)).await?;
    let mut touched = Touched::default();
    for row in &rows {
        touched.add(row);
    }
    Ok(touched)
}

fn touched_deals(scope: &Scope, by_asset: bool) -> SelectStatement {
    let mut pairs = scope.reads_by_deal();
    pairs
        .distinct()
        .column(("reads", "opportunity_id"))
        .and_where(Expr::col(("reads", "reads")).gt(0));
    if by_asset {
        pairs.column(("reads", "asset_id"));
    }
    let deal = |column| (opportunity::Entity, column);
    Query::select()
        .from_subquery(pairs, Alias::new("touched"))
        .inner_join(
            opportunity::Entity,
            Expr::col(deal(opportunity::Column::Id)).equals(("touched", "opportunity_id")),
        )
        .column(deal(opportunity::Column::Outcome))
        .column(deal(opportunity::Column::Currency))
        .expr_as(Expr::col(deal(opportunity::Column::Id)).count(), "number")
        .expr_as(
            Expr::col(deal(opportunity::Column::AmountMinor))
                .sum()
                .cast_as("bigint"),
            "amount_minor",
        )
        .group_by_col(deal(opportunity::Column::Outcome))
        .group_by_col(deal(opportunity::Column::Currency))
        .to_owned()
}

/// What one opportunity read of a piece.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct DealReads {
    pub opportunity_id: OpportunityId,
    pub reads: i64,
    pub last_day: chrono::NaiveDate,
}

/// The opportunities that read, those that read most first.
pub(super) async fn readers<C: ConnectionTrait>(
    db: &C,
    scope: &Scope,
    limit: u64,
) -> Result<Vec<DealReads>> {
    let mut select = scope.reads_by_deal();
    select
        .column(("reads", "opportunity_id"))
        .expr_as(sum("reads"), "reads")
        .expr_as(Expr::col(("reads", "day")).max(), "last_day")
        .and_where(Expr::col(("reads", "reads")).gt(0))
        .group_by_col(("reads", "opportunity_id"))
        .order_by_expr(sum("reads"), sea_orm::Order::Desc)
        .order_by(("reads", "opportunity_id"), sea_orm::Order::Desc)
        .limit(limit);
    all(db, &select).await
}

/// A sum that has the same type on both engines (PostgreSQL makes a decimal of it).
pub(super) fn sum(column: &'static str) -> SimpleExpr {
    Expr::col(("reads", column)).sum().cast_as("bigint")
}

pub(super) async fn all<C: ConnectionTrait, T: FromQueryResult>(
    db: &C,
    select: &SelectStatement,
) -> Result<Vec<T>> {
    let rows = db.query_all(select).await?;
    let rows: Result<Vec<T>, _> = rows
        .iter()
        .map(|row| T::from_query_result(row, ""))
        .collect();
    Ok(rows?)
}
