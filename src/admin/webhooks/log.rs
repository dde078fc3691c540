//! The log of deliveries, and sending a message again.

use actix_web::{HttpResponse, web};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use serde::Deserialize;

use super::edit::find;
use super::views::{DeliveryDetail, DeliveryTry, DeliveryView};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{DeliveryState, webhook_delivery, webhook_try};
use crate::error::{Code, Error, Result};
use crate::http::{ListQuery, Page, Problem, next_cursor};
use crate::ids::{DeliveryId, WebhookId};
use crate::webhooks::replay;

/// Which messages to list.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeliveriesQuery {
    /// Only those in this state.
    #[param(inline)]
    pub state: Option<DeliveryState>,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

/// The messages to a webhook, the latest first.
#[utoipa::path(get, path = "/api/v1/webhooks/{id}/deliveries", tag = "admin", params(WebhookId, DeliveriesQuery),
    responses((status = 200, body = Page<DeliveryView>), (status = 404, body = Problem)))]
pub async fn list_deliveries(
    id: web::Path<WebhookId>,
    query: web::Query<DeliveriesQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<DeliveryView>>> {
    let query = query.into_inner();
    let page = ListQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    let webhook = find(db.read(), *id).await?;
    let mut select = webhook_delivery::Entity::find()
        .filter(webhook_delivery::Column::WebhookId.eq(webhook.id))
        .order_by_desc(webhook_delivery::Column::Id)
        .limit(page.limit() + 1);
    if let Some(state) = query.state {
        select = select.filter(webhook_delivery::Column::State.eq(state));
    }
    if let Some(before) = page.position::<DeliveryId>()? {
        select = select.filter(webhook_delivery::Column::Id.lt(before));
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, page.limit(), |row| row.id)?;
    Ok(web::Json(Page {
        items: rows.into_iter().map(DeliveryView::from).collect(),
        next_cursor,
    }))
}

/// One message with its body and every try.
#[utoipa::path(get, path = "/api/v1/webhook-deliveries/{id}", tag = "admin", params(DeliveryId),
    responses((status = 200, body = DeliveryDetail), (status = 404, body = Problem)))]
pub async fn get_delivery(
    id: web::Path<DeliveryId>,
    db: web::Data<Db>,
) -> Result<web::Json<DeliveryDetail>> {
    let delivery = find_delivery(db.read(), *id).await?;
    let tries = webhook_try::Entity::find()
        .filter(webhook_try::Column::DeliveryId.eq(delivery.id))
        .order_by_desc(webhook_try::Column::Id)
        .all(db.read())
        .await?;
    Ok(web::Json(DeliveryDetail {
        body: delivery.body.clone(),
        delivery: DeliveryView::from(delivery),
        attempts: tries.into_iter().map(DeliveryTry::from).collect(),
    }))
}

/// Sends a message again, under the same id.
#[utoipa::path(post, path = "/api/v1/webhook-deliveries/{id}/replay", tag = "admin", params(DeliveryId),
    responses((status = 202, body = DeliveryView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn replay_delivery(
    id: web::Path<DeliveryId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    let delivery = find_delivery(&tx, *id).await?;
    if find(&tx, delivery.webhook_id).await?.disabled_at.is_some() {
        return Err(Error::new(
            Code::Conflict,
            "This webhook is switched off. Switch it on first.",
        ));
    }
    let delivery = replay(&tx, clock.now(), delivery).await?;
    tx.commit().await?;
    Ok(HttpResponse::Accepted().json(DeliveryView::from(delivery)))
}

async fn find_delivery<C: ConnectionTrait>(
    db: &C,
    id: DeliveryId,
) -> Result<webhook_delivery::Model> {
    webhook_delivery::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("message"))
}
