//! "Me too": more people who need the same content, and taking that back.

use actix_web::{HttpResponse, web};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _,
};
use serde::Deserialize;

use super::find_request;
use super::views::{RequestView, one_view};
use crate::clock::Clock;
use crate::crm;
use crate::db::Db;
use crate::entities::{RequestStatus, content_request, content_request_join};
use crate::error::{Code, Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::{OpportunityId, RequestId};

/// For which deal somebody needs it too.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::ToSchema)]
pub struct NewJoin {
    /// The deal, if it is for one.
    pub opportunity_id: Option<OpportunityId>,
}

/// Need it too. Said again, it changes the deal.
#[utoipa::path(post, path = "/api/v1/content-requests/{id}/joins", tag = "requests", params(RequestId),
    request_body = NewJoin, responses(
    (status = 200, body = RequestView), (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn join_request(
    principal: Principal,
    id: web::Path<RequestId>,
    body: web::Json<NewJoin>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<RequestView>> {
    let tx = db.begin().await?;
    let request = find_request(&tx, *id).await?;
    if matches!(
        request.status,
        RequestStatus::Done | RequestStatus::Declined
    ) {
        return Err(Error::new(
            Code::Conflict,
            "This request is closed. Ask anew if something is still missing.",
        ));
    }
    if let Some(id) = body.opportunity_id {
        crm::find_opportunity(&tx, &principal, id).await?;
    }
    let known = content_request_join::Entity::find_by_id((request.id, principal.user_id))
        .one(&tx)
        .await?;
    match known {
        Some(row) => {
            let mut change = row.into_active_model();
            change.opportunity_id = Set(body.opportunity_id);
            change.update(&tx).await?;
        }
        None => {
            content_request_join::ActiveModel {
                request_id: Set(request.id),
                user_id: Set(principal.user_id),
                opportunity_id: Set(body.opportunity_id),
                joined_at: Set(clock.now()),
            }
            .insert(&tx)
            .await?;
        }
    }
    let request = recount(&tx, request.id).await?;
    let view = one_view(&tx, &principal, request).await?;
    tx.commit().await?;
    Ok(web::Json(view))
}

/// Need it no more. Whoever asked first stays.
#[utoipa::path(delete, path = "/api/v1/content-requests/{id}/joins", tag = "requests", params(RequestId), responses(
    (status = 204), (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn leave_request(
    principal: Principal,
    id: web::Path<RequestId>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    let request = find_request(&tx, *id).await?;
    if request.asked_by == principal.user_id {
        return Err(Error::new(
            Code::Conflict,
            "You asked for this first; a marketer can close the request.",
        ));
    }
    content_request_join::Entity::delete_by_id((request.id, principal.user_id))
        .exec(&tx)
        .await?;
    recount(&tx, request.id).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Counts anew how many people ask. It is no edit: nobody's `If-Match` is spoilt by it.
async fn recount<C: ConnectionTrait>(db: &C, id: RequestId) -> Result<content_request::Model> {
    let demand = content_request_join::Entity::find()
        .filter(content_request_join::Column::RequestId.eq(id))
        .count(db)
        .await?;
    content_request::Entity::update_many()
        .col_expr(
            content_request::Column::Demand,
            Expr::value(i32::try_from(demand).unwrap_or(i32::MAX)),
        )
        .filter(content_request::Column::Id.eq(id))
        .exec(db)
        .await?;
    find_request(db, id).await
}
