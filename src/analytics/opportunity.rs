//! `GET /opportunities/{id}/content`: what one deal was sent and has read.

use std::collections::BTreeMap;

use actix_web::web;
use serde::Serialize;

use super::metrics::definitions;
use super::rows::{ContentRow, Sort, content_rows};
use super::scope::Scope;
use crate::crm;
use crate::db::Db;
use crate::error::Result;
use crate::http::{Principal, Problem};
use crate::ids::OpportunityId;

/// How content fared in one deal.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct OpportunityContent {
    /// What was used, sent or read in the deal, over all time.
    pub items: Vec<ContentRow>,
    /// What each number means.
    #[schema(value_type = BTreeMap<String, String>)]
    pub definitions: BTreeMap<&'static str, &'static str>,
}

/// What this deal was sent and has read.
#[utoipa::path(get, path = "/api/v1/opportunities/{id}/content", tag = "analytics", params(OpportunityId),
    responses((status = 200, body = OpportunityContent), (status = 404, body = Problem)))]
pub async fn opportunity_content(
    principal: Principal,
    id: web::Path<OpportunityId>,
    db: web::Data<Db>,
) -> Result<web::Json<OpportunityContent>> {
    let deal = crm::find_opportunity(db.read(), &principal, *id).await?;
    let scope = Scope::of_deal(deal.id);
    let (mut items, _) = content_rows(db.read(), &scope, Sort::default()).await?;
    items.retain(|row| row.used + row.sent + row.read + row.excluded_visits > 0);
    Ok(web::Json(OpportunityContent {
        items,
        definitions: definitions(),
    }))
}
