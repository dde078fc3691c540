//! `Idempotency-Key` on POST: a repetition within a day gets the first reply again, and nothing happens twice.
//!
//! Only replies of success are kept, and only small ones; a failed attempt may be tried again under the same key.

use actix_web::body::{BoxBody, MessageBody, to_bytes_limited};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, HttpResponseBuilder};
use chrono::TimeDelta;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _,
};

use super::principal::data;
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::idempotency_key;
use crate::error::{Error, Result};
use crate::ids::UserId;

const KEPT_FOR: TimeDelta = TimeDelta::hours(24);
const LARGEST_REPLY: usize = 256 * 1024;

/// Calls the handler, or repeats the reply it gave to the same key before.
pub(super) async fn call(
    user: UserId,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(id) = row_id(user, &request) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let db = data::<Db>(request.request())?;
    let now = data::<Clock>(request.request())?.now();
    let kept = idempotency_key::Entity::find_by_id(&id)
        .filter(idempotency_key::Column::CreatedAt.gt(now - KEPT_FOR))
        .one(db.read())
        .await
        .map_err(Error::from)?;
    if let Some(kept) = kept {
        return Ok(request.into_response(replay(&kept)));
    }

    let response = next.call(request).await?.map_into_boxed_body();
    if !response.status().is_success() {
        return Ok(response);
    }
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let bytes = to_bytes_limited(body, LARGEST_REPLY)
        .await
        .map_err(|_| Error::internal("a reply was too large to keep for its Idempotency-Key"))?
        .map_err(|_| Error::internal("the reply's body failed"))?;
    let row = idempotency_key::ActiveModel {
        id: Set(id),
        status: Set(i32::from(head.status().as_u16())),
        body: Set(String::from_utf8_lossy(&bytes).into_owned()),
        created_at: Set(now),
    };
    let tx = db.begin().await?;
    idempotency_key::Entity::delete_many()
        .filter(idempotency_key::Column::CreatedAt.lte(now - KEPT_FOR))
        .exec(&tx)
        .await
        .map_err(Error::from)?;
    row.insert(&tx).await.map_err(Error::from)?;
    tx.commit().await.map_err(Error::from)?;
    Ok(ServiceResponse::new(
        request,
        head.set_body(bytes).map_into_boxed_body(),
    ))
}

/// The key's row: the user, the address and the key together, so that keys of different callers never meet.
fn row_id(user: UserId, request: &ServiceRequest) -> Option<String> {
    if request.method() != Method::POST {
        return None;
    }
    let key = request.headers().get("idempotency-key")?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(user.0.as_bytes());
    hasher.update(request.path().as_bytes());
    hasher.update(&[0]);
    hasher.update(key.as_bytes());
    Some(hasher.finalize().to_hex().to_string())
}

fn replay(kept: &idempotency_key::Model) -> HttpResponse {
    let status = u16::try_from(kept.status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok())
        .unwrap_or(StatusCode::OK);
    HttpResponseBuilder::new(status)
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header(("idempotent-replayed", "true"))
        .body(kept.body.clone())
}
