//! Whether a link still opens, for a page that is open: it covers what it shows as soon as the answer is no.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::audience::Audience;
use crate::clock::Clock;
use crate::db::Db;
use crate::error::Result;

/// Answers while the link opens for this browser; a refusal says why it does not any more. It is not a visit.
pub async fn status(
    request: HttpRequest,
    token: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    Audience::admit(&request, db.read(), &token, clock.now()).await?;
    Ok(HttpResponse::Ok().json(json!({ "open": true })))
}
