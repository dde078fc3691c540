//! The list: a page of rows in some order.

use std::collections::HashMap;

use actix_web::{HttpRequest, web};
use sea_orm::sea_query::{Expr, ExprTrait as _, Order};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
};
use serde::Serialize;

use super::filter::AssetFilter;
use super::order::{AssetOrder, Key};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{asset, pitch_item};
use crate::error::{Error, Result};
use crate::http::{ListQuery, Page, Principal, Problem, next_cursor};
use crate::ids::AssetId;
use crate::library::summaries::summaries_in_order;
use crate::library::views::AssetSummary;

/// An asset in the list of all content.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AssetRow {
    /// What every list shows.
    #[serde(flatten)]
    pub summary: AssetSummary,
    /// To be named in `If-Match` when editing.
    pub revision: i64,
    /// In how many pitches it is.
    pub pitched: i64,
}

/// What is asked for.
struct Request {
    filter: AssetFilter,
    order: AssetOrder,
    descending: bool,
    list: ListQuery,
}

impl Request {
    fn parse(query_string: &str) -> Result<Self> {
        let mut order = AssetOrder::default();
        let mut descending = None;
        let mut list = ListQuery::default();
        let filter = AssetFilter::parse(query_string, |name, value| {
            match name {
                "sort" => order = sort(value)?,
                "order" => descending = Some(direction(value)?),
                "cursor" => list.cursor = Some(value.to_owned()),
                "limit" => list.limit = Some(number(name, value)?),
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(Self {
            filter,
            order,
            descending: descending.unwrap_or_else(|| order.descends()),
            list,
        })
    }
}

/// All content, sorted and filtered. Dimensions may be repeated: their values are alternatives.
#[utoipa::path(get, path = "/api/v1/assets", tag = "library", params(
    AssetFilter,
    ("sort" = inline(Option<AssetOrder>), Query, description = "`updated` where not said"),
    ("order" = Option<String>, Query, description = "`asc` or `desc`; dates of change, creation and counts fall where \
        not said, the others rise"),
    ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
    ("limit" = Option<u64>, Query, description = "How many items at the most, 1 to 200; 50 where not said"),
), responses(
    (status = 200, body = Page<AssetRow>), (status = 422, body = Problem),
))]
pub async fn list_assets(
    principal: Principal,
    request: HttpRequest,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<Page<AssetRow>>> {
    let asked = Request::parse(request.query_string())?;
    let condition = asked.filter.condition(&principal, clock.now().date_naive());
    let key = asked.order.key(asked.descending);
    let direction = if asked.descending {
        Order::Desc
    } else {
        Order::Asc
    };
    let id = Expr::col((asset::Entity, asset::Column::Id));
    let mut select = asset::Entity::find()
        .select_only()
        .column(asset::Column::Id)
        .expr_as(key.clone(), "sort_key")
        .filter(condition)
        .limit(asked.list.limit() + 1);
    if let Some((at, last)) = asked.list.position::<(Key, AssetId)>()? {
        let at = asked.order.value(at)?;
        let (beyond, next) = if asked.descending {
            (key.clone().lt(at.clone()), id.clone().lt(last))
        } else {
            (key.clone().gt(at.clone()), id.clone().gt(last))
        };
        select = select.filter(beyond.or(key.clone().eq(at).and(next)));
    }
    let mut select = select.into_query();
    select
        .order_by_expr(key, direction.clone())
        .order_by_expr(id, direction);
    let mut rows = Vec::new();
    for row in db.read().query_all(&select).await? {
        let id: AssetId = row.try_get("", "id")?;
        rows.push((asked.order.read(&row, "sort_key")?, id));
    }
    let next_cursor = next_cursor(&mut rows, asked.list.limit(), Clone::clone)?;
    let ids: Vec<_> = rows.into_iter().map(|(_, id)| id).collect();
    let items = list_rows(db.read(), &ids).await?;
    Ok(web::Json(Page { items, next_cursor }))
}

/// The rows of these assets in their order, in five queries.
async fn list_rows<C: ConnectionTrait>(db: &C, ids: &[AssetId]) -> Result<Vec<AssetRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let revisions: Vec<(AssetId, i64)> = asset::Entity::find()
        .select_only()
        .column(asset::Column::Id)
        .column(asset::Column::Revision)
        .filter(asset::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let revisions: HashMap<_, _> = revisions.into_iter().collect();
    let pitched: Vec<(AssetId, i64)> = pitch_item::Entity::find()
        .select_only()
        .column(pitch_item::Column::AssetId)
        .expr_as(
            pitch_item::Column::PitchId.into_expr().count_distinct(),
            "pitches",
        )
        .filter(pitch_item::Column::AssetId.is_in(ids.iter().copied()))
        .group_by(pitch_item::Column::AssetId)
        .into_tuple()
        .all(db)
        .await?;
    let pitched: HashMap<_, _> = pitched.into_iter().collect();
    Ok(summaries_in_order(db, ids)
        .await?
        .into_iter()
        .filter_map(|summary| {
            Some(AssetRow {
                revision: *revisions.get(&summary.id)?,
                pitched: pitched.get(&summary.id).copied().unwrap_or(0),
                summary,
            })
        })
        .collect())
}

fn sort(value: &str) -> Result<AssetOrder> {
    serde_json::from_value(serde_json::Value::String(value.to_owned())).map_err(|_| {
        Error::field(
            "sort",
            "Sort by updated, created, title, review_by, expires_at or pitched.",
        )
    })
}

/// Whether the greatest comes first.
fn direction(value: &str) -> Result<bool> {
    match value {
        "asc" => Ok(false),
        "desc" => Ok(true),
        _ => Err(Error::field("order", "The order is asc or desc.")),
    }
}

fn number(name: &str, value: &str) -> Result<u64> {
    value
        .parse()
        .map_err(|_| Error::field(name, "This must be a number."))
}
