//! The list of requests, and one of them.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde::Deserialize;

use super::find_request;
use super::views::{RequestView, one_view, views};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{RequestStatus, content_request, content_request_join};
use crate::error::Result;
use crate::http::{ListQuery, Page, Principal, Problem, next_cursor, with_etag};
use crate::ids::{RequestId, UserId};

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestSort {
    /// What most people ask for comes first.
    #[default]
    Demand,
    /// What was asked for last comes first.
    Newest,
}

/// Which requests.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RequestsQuery {
    /// Only those with this status.
    pub status: Option<RequestStatus>,
    /// `true` for those that are not done or declined.
    #[serde(default)]
    pub unfinished: bool,
    /// `true` for those that the caller asked for.
    #[serde(default)]
    pub mine: bool,
    /// Only those that this user sees to.
    pub owner: Option<UserId>,
    /// Only those that are not finished though their day has passed.
    #[serde(default)]
    pub overdue: bool,
    /// In which order; by demand where not said.
    #[serde(default)]
    #[param(inline)]
    pub sort: RequestSort,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

/// The requests for content.
#[utoipa::path(get, path = "/api/v1/content-requests", tag = "requests", params(RequestsQuery), responses(
    (status = 200, body = Page<RequestView>),
))]
pub async fn list_requests(
    principal: Principal,
    query: web::Query<RequestsQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<Page<RequestView>>> {
    use content_request::Column;
    let query = query.into_inner();
    let list = ListQuery {
        cursor: query.cursor.clone(),
        limit: query.limit,
    };
    let today = clock.now().date_naive();
    let mut select = content_request::Entity::find()
        .filter(wanted(&query, principal.user_id, today))
        .limit(list.limit() + 1);
    if query.sort == RequestSort::Demand {
        select = select.order_by_desc(Column::Demand);
    }
    select = select
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id);
    if let Some((demand, at, id)) = list.position::<(i32, DateTime<Utc>, RequestId)>()? {
        let older = Column::CreatedAt
            .lt(at)
            .or(Column::CreatedAt.eq(at).and(Column::Id.lt(id)));
        select = select.filter(match query.sort {
            RequestSort::Newest => older,
            RequestSort::Demand => Column::Demand
                .lt(demand)
                .or(Column::Demand.eq(demand).and(older)),
        });
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, list.limit(), |row| {
        (row.demand, row.created_at, row.id)
    })?;
    let items = views(db.read(), &principal, rows).await?;
    Ok(web::Json(Page { items, next_cursor }))
}

fn wanted(query: &RequestsQuery, me: UserId, today: chrono::NaiveDate) -> Condition {
    use content_request::Column;
    let mut wanted = Condition::all();
    if let Some(status) = query.status {
        wanted = wanted.add(Column::Status.eq(status));
    }
    if query.unfinished || query.overdue {
        wanted =
            wanted.add(Column::Status.is_not_in([RequestStatus::Done, RequestStatus::Declined]));
    }
    if query.overdue {
        wanted = wanted.add(Column::DueOn.lt(today));
    }
    if let Some(owner) = query.owner {
        wanted = wanted.add(Column::OwnerId.eq(owner));
    }
    if query.mine {
        let joined = Query::select()
            .column(content_request_join::Column::RequestId)
            .from(content_request_join::Entity)
            .and_where(content_request_join::Column::UserId.eq(me))
            .to_owned();
        wanted = wanted.add(Column::Id.in_subquery(joined));
    }
    wanted
}

/// One request.
#[utoipa::path(get, path = "/api/v1/content-requests/{id}", tag = "requests", params(RequestId), responses(
    (status = 200, body = RequestView), (status = 404, body = Problem),
))]
pub async fn get_request(
    principal: Principal,
    id: web::Path<RequestId>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let row = find_request(db.read(), *id).await?;
    let view = one_view(db.read(), &principal, row).await?;
    Ok(with_etag(&view, view.revision))
}
