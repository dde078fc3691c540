//! Asking every node to build its index anew, while it serves.

use actix_web::{HttpResponse, web};
use serde::Serialize;

use crate::db::{Db, append_change};
use crate::error::Result;
use crate::http::Principal;
use crate::index::{Index, REINDEX};

/// What was asked for.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ReindexView {
    /// The entry of the change log that asks for it.
    pub seq: i64,
}

/// Builds the search index anew on every node, beside the one that answers meanwhile.
#[utoipa::path(post, path = "/api/v1/search/reindex", tag = "search", responses(
    (status = 202, body = ReindexView),
))]
pub async fn reindex(
    principal: Principal,
    db: web::Data<Db>,
    index: web::Data<Index>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    let seq = append_change(&tx, REINDEX, principal.user_id.0).await?;
    tx.commit().await?;
    index.wake();
    tracing::info!(seq, "the index is to be built anew");
    Ok(HttpResponse::Accepted().json(ReindexView { seq }))
}
