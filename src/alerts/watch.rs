//! A user's word on one opportunity: tell me of it, or leave me in peace with it.

use actix_web::web;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::crm::find_opportunity;
use crate::db::Db;
use crate::entities::{WatchMode, alert_watch};
use crate::error::Result;
use crate::http::{Principal, Problem};
use crate::ids::OpportunityId;

/// What I have said about an opportunity.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WatchView {
    /// `watch` or `mute`; absent where I hear of it if it is mine, and not if it is not.
    pub mode: Option<WatchMode>,
}

/// What I have said about an opportunity.
#[utoipa::path(get, path = "/api/v1/opportunities/{id}/watch", tag = "alerts", params(OpportunityId),
    responses((status = 200, body = WatchView), (status = 404, body = Problem)))]
pub async fn get_watch(
    principal: Principal,
    id: web::Path<OpportunityId>,
    db: web::Data<Db>,
) -> Result<web::Json<WatchView>> {
    let deal = find_opportunity(db.read(), &principal, *id).await?;
    let kept = alert_watch::Entity::find_by_id((principal.user_id, deal.id))
        .one(db.read())
        .await?;
    Ok(web::Json(WatchView {
        mode: kept.map(|row| row.mode),
    }))
}

/// Says whether I want to hear of an opportunity.
#[utoipa::path(put, path = "/api/v1/opportunities/{id}/watch", tag = "alerts", params(OpportunityId), request_body = WatchView,
    responses((status = 200, body = WatchView), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn put_watch(
    principal: Principal,
    id: web::Path<OpportunityId>,
    body: web::Json<WatchView>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<WatchView>> {
    let deal = find_opportunity(db.read(), &principal, *id).await?;
    let tx = db.begin_aside().await?;
    match body.mode {
        None => {
            alert_watch::Entity::delete_by_id((principal.user_id, deal.id))
                .exec(&tx)
                .await?;
        }
        Some(mode) => {
            let row = alert_watch::ActiveModel {
                user_id: Set(principal.user_id),
                opportunity_id: Set(deal.id),
                mode: Set(mode),
                created_at: Set(clock.now()),
            };
            alert_watch::Entity::insert(row)
                .on_conflict(
                    OnConflict::columns([
                        alert_watch::Column::UserId,
                        alert_watch::Column::OpportunityId,
                    ])
                    .update_column(alert_watch::Column::Mode)
                    .to_owned(),
                )
                .exec_without_returning(&tx)
                .await?;
        }
    }
    tx.commit().await?;
    Ok(body)
}
