//! What those who run an installation ask: is it alive, is it ready, how does it fare, what is its API.

use actix_web::{HttpResponse, web};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use utoipa::OpenApi as _;

use crate::app::Installation;
use crate::blobs::Blobs;
use crate::db::Db;
use crate::error::Result;
use crate::openapi::Document;

#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    demo: bool,
}

/// The process answers.
pub async fn healthz(installation: web::Data<Installation>) -> web::Json<impl Serialize> {
    web::Json(Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
        demo: installation.demo,
    })
}

/// Database and blob store answer.
pub async fn readyz(db: web::Data<Db>, blobs: web::Data<Blobs>) -> Result<HttpResponse> {
    db.ping().await?;
    blobs.check().await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "status": "ready" })))
}

/// Counters and timings in Prometheus' text format.
pub async fn metrics(handle: web::Data<PrometheusHandle>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(handle.render())
}

/// The OpenAPI document.
pub async fn openapi_document() -> web::Json<utoipa::openapi::OpenApi> {
    web::Json(Document::openapi())
}
