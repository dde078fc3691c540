//! Telling what was done with a result of a search.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::log::{Click, SearchLog};
use crate::db::Db;
use crate::entities::ClickKind;
use crate::error::Result;
use crate::http::{Principal, Problem};
use crate::ids::{AssetId, SearchId};
use crate::library::find_asset;

/// What was done.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClick {
    /// The asset.
    pub asset_id: AssetId,
    /// The page, if it was one page of it.
    pub page: Option<i32>,
    /// Where the result stood in the list, from 1.
    pub position: Option<i32>,
    /// `opened` or `added` to a pitch.
    pub kind: ClickKind,
}

/// Notes what was done with a result. The search must be the caller's own.
#[utoipa::path(post, path = "/api/v1/searches/{id}/clicks", tag = "search", params(SearchId),
    request_body = NewClick, responses(
    (status = 204), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn add_click(
    principal: Principal,
    id: web::Path<SearchId>,
    body: web::Json<NewClick>,
    db: web::Data<Db>,
    log: web::Data<SearchLog>,
) -> Result<HttpResponse> {
    let asset = find_asset(db.read(), &principal, body.asset_id).await?;
    let click = Click {
        asset: asset.id,
        page: body.page.filter(|page| *page > 0),
        position: body.position.filter(|position| *position > 0),
        kind: body.kind,
    };
    log.click(principal.user_id, *id, click).await?;
    Ok(HttpResponse::NoContent().finish())
}
