//! How many assets a filter means, by every dimension: what the filters beside the list show.

use std::collections::{BTreeMap, HashMap};

use actix_web::{HttpRequest, web};
use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, FromQueryResult,
    QueryFilter as _, QuerySelect as _, QueryTrait as _,
};
use serde::Serialize;

use super::filter::{Aspect, AssetFilter, SOON};
use crate::auth::user_refs;
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{AssetState, Facet, asset, asset_facet};
use crate::error::Result;
use crate::http::{Principal, Problem};
use crate::ids::UserId;

/// How many values of one dimension are counted; the most frequent ones.
const MOST_VALUES: usize = 200;

/// A value and how many assets have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FacetValueCount {
    /// The value; an owner's is the user's id.
    pub value: String,
    /// What people call it, where that is something else.
    pub label: Option<String>,
    /// How many assets have it.
    pub count: i64,
}

/// How many assets there are.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AssetCounts {
    /// All that the filter means.
    pub total: i64,
    /// By dimension. What is chosen of a dimension does not narrow that dimension's own counts.
    pub facets: BTreeMap<String, Vec<FacetValueCount>>,
    /// Of those that the filter means and that are not archived: somebody should look at them by now.
    pub review_past: i64,
    /// Of those that the filter means and that are not archived: to be reviewed within 30 days, or by now.
    pub review_soon: i64,
    /// Of those that the filter means and that are approved: not to be pitched any more within 30 days.
    pub expires_soon: i64,
    /// Of those that the filter means: nobody looks after them.
    pub without_owner: i64,
}

/// A column's value and its count.
#[derive(FromQueryResult)]
struct Count {
    value: Option<String>,
    count: i64,
}

/// How many assets fit a filter, by every dimension. The filter is the list's.
#[utoipa::path(get, path = "/api/v1/assets/counts", tag = "library", params(AssetFilter), responses(
    (status = 200, body = AssetCounts), (status = 422, body = Problem),
))]
pub async fn count_assets(
    principal: Principal,
    request: HttpRequest,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<AssetCounts>> {
    let filter = AssetFilter::parse(request.query_string(), |name, _| {
        Ok(matches!(name, "sort" | "order" | "cursor" | "limit"))
    })?;
    let today = clock.now().date_naive();
    let condition = |filter: &AssetFilter| filter.condition(&principal, today);
    let db = db.read();
    let (attention, columns, facets) = futures::try_join!(
        attention(db, condition(&filter), today),
        count_columns(db, &filter, condition),
        count_facets(db, &filter, condition),
    )?;
    let mut counts = attention;
    counts.facets = columns.into_iter().chain(facets).collect();
    Ok(web::Json(counts))
}

/// The total and what needs somebody's attention, in one pass.
async fn attention<C: ConnectionTrait>(
    db: &C,
    condition: Condition,
    today: NaiveDate,
) -> Result<AssetCounts> {
    let soon = today.checked_add_days(SOON).unwrap_or(today);
    let many = |condition: Expr| -> Expr { Expr::case(condition, Expr::val(1)).finally(0).into() };
    let kept = asset::Column::State.ne(AssetState::Archived);
    let approved = asset::Column::State.eq(AssetState::Approved);
    let counts = [
        (
            "review_past",
            kept.clone().and(asset::Column::ReviewBy.lte(today)),
        ),
        ("review_soon", kept.and(asset::Column::ReviewBy.lte(soon))),
        (
            "expires_soon",
            approved.and(asset::Column::ExpiresAt.lte(soon)),
        ),
        ("without_owner", asset::Column::OwnerId.is_null()),
    ];
    let mut select = asset::Entity::find()
        .select_only()
        .column_as(asset::Column::Id.count(), "total")
        .filter(condition)
        .into_query();
    for (name, counted) in counts {
        select.expr_as(many(counted).sum(), name);
    }
    let row = db.query_one(&select).await?;
    let read = |name: &str| -> Result<i64> {
        let Some(row) = &row else { return Ok(0) };
        // The sum over no rows is nothing.
        let number: Option<i64> = row.try_get("", name)?;
        Ok(number.unwrap_or(0))
    };
    Ok(AssetCounts {
        total: read("total")?,
        facets: BTreeMap::new(),
        review_past: read("review_past")?,
        review_soon: read("review_soon")?,
        expires_soon: read("expires_soon")?,
        without_owner: read("without_owner")?,
    })
}

/// State, kind, owner and language: one query each.
async fn count_columns<C: ConnectionTrait>(
    db: &C,
    filter: &AssetFilter,
    condition: impl Fn(&AssetFilter) -> Condition,
) -> Result<Vec<(String, Vec<FacetValueCount>)>> {
    let columns = [
        ("state", Aspect::State, asset::Column::State),
        ("kind", Aspect::Kind, asset::Column::Kind),
        ("language", Aspect::Language, asset::Column::Language),
    ];
    let mut counted = Vec::new();
    for (name, aspect, column) in columns {
        let rows = asset::Entity::find()
            .select_only()
            .column_as(column, "value")
            .column_as(asset::Column::Id.count(), "count")
            .filter(condition(&filter.without(aspect)))
            .group_by(column)
            .into_model::<Count>()
            .all(db)
            .await?;
        let values = rows
            .into_iter()
            .filter_map(|row| Some((row.value?, None, row.count)));
        counted.push((name.to_owned(), most_frequent(values)));
    }
    let owners: Vec<(Option<UserId>, i64)> = asset::Entity::find()
        .select_only()
        .column(asset::Column::OwnerId)
        .column_as(asset::Column::Id.count(), "count")
        .filter(condition(&filter.without(Aspect::Owner)))
        .group_by(asset::Column::OwnerId)
        .into_tuple()
        .all(db)
        .await?;
    let mut names: HashMap<_, _> =
        user_refs(db, owners.iter().filter_map(|(owner, _)| *owner)).await?;
    let owners = owners.into_iter().filter_map(|(owner, count)| {
        let owner = names.remove(&owner?)?;
        Some((owner.id.to_string(), Some(owner.name), count))
    });
    counted.push(("owner".to_owned(), most_frequent(owners)));
    Ok(counted)
}

/// The facets of which nothing is chosen share one query; each of the others has its own.
async fn count_facets<C: ConnectionTrait>(
    db: &C,
    filter: &AssetFilter,
    condition: impl Fn(&AssetFilter) -> Condition,
) -> Result<Vec<(String, Vec<FacetValueCount>)>> {
    let (chosen, free): (Vec<_>, Vec<_>) = Facet::ALL
        .iter()
        .copied()
        .partition(|facet| filter.chooses(Aspect::Facet(*facet)));
    let mut values: BTreeMap<Facet, Vec<(String, Option<String>, i64)>> = BTreeMap::new();
    let together = (!free.is_empty()).then(|| (free, filter.clone()));
    let alone = chosen
        .into_iter()
        .map(|facet| (vec![facet], filter.without(Aspect::Facet(facet))));
    for (facets, filter) in together.into_iter().chain(alone) {
        let assets = asset::Entity::find()
            .select_only()
            .column(asset::Column::Id)
            .filter(condition(&filter))
            .into_query();
        let rows: Vec<(Facet, String, i64)> = asset_facet::Entity::find()
            .select_only()
            .column(asset_facet::Column::Facet)
            .column(asset_facet::Column::Value)
            .column_as(asset_facet::Column::AssetId.count(), "count")
            .filter(asset_facet::Column::Facet.is_in(facets))
            .filter(asset_facet::Column::AssetId.in_subquery(assets))
            .group_by(asset_facet::Column::Facet)
            .group_by(asset_facet::Column::Value)
            .into_tuple()
            .all(db)
            .await?;
        for (facet, value, count) in rows {
            values.entry(facet).or_default().push((value, None, count));
        }
    }
    Ok(values
        .into_iter()
        .map(|(facet, values)| (facet.as_str().to_owned(), most_frequent(values)))
        .collect())
}

/// The most frequent values first, equals by name.
fn most_frequent(
    values: impl IntoIterator<Item = (String, Option<String>, i64)>,
) -> Vec<FacetValueCount> {
    let mut counts: Vec<_> = values
        .into_iter()
        .map(|(value, label, count)| FacetValueCount {
            value,
            label,
            count,
        })
        .collect();
    counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    counts.truncate(MOST_VALUES);
    counts
}
