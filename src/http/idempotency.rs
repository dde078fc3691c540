//! `Idempotency-Key` on POST: a repetition within a day gets the first reply again, and nothing happens twice.
//!
//! Only replies of success are kept; a failed attempt may be tried again under the same key. A file's bytes are not
//! compared, only what is asked in JSON.
//!
//! Invariants: of two requests with one key one does the work and the other is told to wait for it; what is kept is
//! sealed, since replies hold what opens links.

use actix_web::body::{BoxBody, MessageBody, to_bytes_limited};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{HttpMessage as _, HttpResponse, HttpResponseBuilder};
use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt as _;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::principal::data;
use super::problem::LARGEST_JSON;
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::idempotency_key;
use crate::error::{Code, Error, Result};
use crate::ids::UserId;
use crate::keys::{Keys, Purpose};

const KEPT_FOR: TimeDelta = TimeDelta::hours(24);
/// Whoever has worked for longer without a reply is gone.
const WORKED_ON: TimeDelta = TimeDelta::minutes(2);
const LARGEST_REPLY: usize = 8 * 1024 * 1024;
/// The status of a row whose reply is still being made.
const PENDING: i32 = 0;

/// Calls the handler, or repeats the reply it gave to the same key before.
pub(super) async fn call(
    user: UserId,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(id) = row_id(user, &request) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let row = Row {
        db: data::<Db>(request.request())?.clone(),
        keys: data::<Keys>(request.request())?.clone(),
        now: data::<Clock>(request.request())?.now(),
        id,
    };
    let begun = match asked(&mut request).await {
        Ok(asked) => row.begin(&asked).await,
        Err(error) => Err(error),
    };
    match begun {
        Ok(Begun::Ours) => {}
        Ok(Begun::Replied(reply)) => return Ok(request.into_response(reply)),
        Err(error) => return Ok(request.error_response(error)),
    }
    let response = match next.call(request).await {
        Ok(response) => response.map_into_boxed_body(),
        Err(error) => {
            row.give_up().await?;
            return Err(error);
        }
    };
    if !response.status().is_success() {
        row.give_up().await?;
        return Ok(response);
    }
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let bytes = to_bytes_limited(body, LARGEST_REPLY)
        .await
        .map_err(|_| Error::internal("a reply was too large to keep for its Idempotency-Key"))?
        .map_err(|_| Error::internal("the reply's body failed"))?;
    row.keep(head.status(), &bytes).await?;
    Ok(ServiceResponse::new(
        request,
        head.set_body(bytes).map_into_boxed_body(),
    ))
}

/// Whose work a request is.
enum Begun {
    /// Nobody else's.
    Ours,
    /// It was done; this is what came of it.
    Replied(HttpResponse),
}

/// The row of a key.
struct Row {
    db: Db,
    keys: Keys,
    now: DateTime<Utc>,
    id: String,
}

impl Row {
    /// Notes that the request is being worked on, unless somebody does or did so.
    async fn begin(&self, asked: &str) -> Result<Begun> {
        let tx = self.db.begin().await?;
        idempotency_key::Entity::delete_many()
            .filter(idempotency_key::Column::CreatedAt.lte(self.now - KEPT_FOR))
            .exec(&tx)
            .await?;
        let row = idempotency_key::ActiveModel {
            id: Set(self.id.clone()),
            asked: Set(asked.to_owned()),
            status: Set(PENDING),
            body: Set(String::new()),
            created_at: Set(self.now),
        };
        let on_conflict = OnConflict::column(idempotency_key::Column::Id)
            .do_nothing()
            .to_owned();
        let written = idempotency_key::Entity::insert(row)
            .on_conflict(on_conflict)
            .exec_without_returning(&tx)
            .await?;
        let begun = if written > 0 {
            Begun::Ours
        } else {
            let kept = idempotency_key::Entity::find_by_id(&self.id)
                .one(&tx)
                .await?
                .ok_or_else(busy)?;
            if kept.asked != asked {
                return Err(Error::new(
                    Code::Invalid,
                    "This Idempotency-Key was used for another request; take a new one.",
                ));
            }
            match self.replay(&kept) {
                Some(reply) => Begun::Replied(reply),
                None => self.take_over(&tx, &kept).await?,
            }
        };
        tx.commit().await?;
        Ok(begun)
    }

    /// Goes on where somebody stopped without a reply.
    async fn take_over(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        kept: &idempotency_key::Model,
    ) -> Result<Begun> {
        if kept.status == PENDING && kept.created_at > self.now - WORKED_ON {
            return Err(busy());
        }
        let taken = idempotency_key::Entity::update_many()
            .col_expr(idempotency_key::Column::Status, Expr::value(PENDING))
            .col_expr(idempotency_key::Column::CreatedAt, Expr::value(self.now))
            .filter(idempotency_key::Column::Id.eq(&self.id))
            .filter(idempotency_key::Column::CreatedAt.eq(kept.created_at))
            .exec(tx)
            .await?;
        if taken.rows_affected == 0 {
            return Err(busy());
        }
        Ok(Begun::Ours)
    }

    fn replay(&self, kept: &idempotency_key::Model) -> Option<HttpResponse> {
        let status = u16::try_from(kept.status).ok()?;
        let status = StatusCode::from_u16(status).ok()?;
        let body = self.keys.open(Purpose::KeptReply, &kept.id, &kept.body)?;
        let reply = HttpResponseBuilder::new(status)
            .insert_header((header::CONTENT_TYPE, "application/json"))
            .insert_header(("idempotent-replayed", "true"))
            .body(body);
        Some(reply)
    }

    async fn keep(&self, status: StatusCode, body: &Bytes) -> Result<()> {
        let sealed = self.keys.seal(Purpose::KeptReply, &self.id, body)?;
        let tx = self.db.begin().await?;
        idempotency_key::Entity::update_many()
            .col_expr(
                idempotency_key::Column::Status,
                Expr::value(i32::from(status.as_u16())),
            )
            .col_expr(idempotency_key::Column::Body, Expr::value(sealed))
            .filter(idempotency_key::Column::Id.eq(&self.id))
            .exec(&tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Lets the next one try.
    async fn give_up(&self) -> Result<()> {
        let tx = self.db.begin().await?;
        idempotency_key::Entity::delete_many()
            .filter(idempotency_key::Column::Id.eq(&self.id))
            .filter(idempotency_key::Column::Status.eq(PENDING))
            .exec(&tx)
            .await?;
        Ok(tx.commit().await?)
    }
}

fn busy() -> Error {
    Error::new(
        Code::Conflict,
        "A request with this Idempotency-Key is being worked on; ask again in a moment.",
    )
    .retry_after(1)
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

/// What is asked, to be told from what else is asked under the same key. The handler reads it again.
async fn asked(request: &mut ServiceRequest) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(request.query_string().as_bytes());
    if request.content_type() == "application/json" {
        let mut payload = request.take_payload();
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|error| {
                Error::new(Code::Malformed, format!("The body broke off: {error}"))
            })?;
            body.extend_from_slice(&chunk);
            if body.len() > LARGEST_JSON {
                return Err(Error::new(
                    Code::TooLarge,
                    format!("The body may have {LARGEST_JSON} bytes at the most."),
                ));
            }
        }
        hasher.update(&[0]).update(&body);
        request.set_payload(Payload::from(body.freeze()));
    }
    Ok(hasher.finalize().to_hex().to_string())
}
