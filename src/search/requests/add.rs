//! Asking for content.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
use serde::Deserialize;

use super::views::{RequestView, one_view};
use super::{LONGEST_TEXT, LONGEST_TITLE, checked, checked_value, refuse};
use crate::auth::users_with_role;
use crate::clock::Clock;
use crate::crm;
use crate::db::Db;
use crate::entities::{RequestStatus, Role, content_request, content_request_join};
use crate::error::{FieldError, Result};
use crate::http::{Principal, Problem};
use crate::ids::{OpportunityId, RequestId};
use crate::notices::{self, Notice, Subject};

/// Content to be asked for.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct NewRequest {
    /// What is missing, in a line.
    pub title: String,
    /// What it is needed for.
    #[serde(default)]
    pub purpose: String,
    /// The words that were searched for in vain.
    #[serde(default)]
    pub query: String,
    /// The deal it is needed for.
    pub opportunity_id: Option<OpportunityId>,
    /// For which stage.
    pub stage: Option<String>,
    /// For which industry.
    pub industry: Option<String>,
    /// For whom.
    pub persona: Option<String>,
    /// About which product.
    pub product: Option<String>,
}

/// Ask for content that is missing. The marketers are told.
#[utoipa::path(post, path = "/api/v1/content-requests", tag = "requests", request_body = NewRequest, responses(
    (status = 201, body = RequestView), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn add_request(
    principal: Principal,
    body: web::Json<NewRequest>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let new = body.into_inner();
    let mut faults = Vec::new();
    let title = checked("title", &new.title, LONGEST_TITLE, &mut faults);
    if title.is_empty() {
        faults.push(FieldError {
            field: "title".to_owned(),
            detail: "Say what is missing.".to_owned(),
        });
    }
    let purpose = checked("purpose", &new.purpose, LONGEST_TEXT, &mut faults);
    let query = checked("query", &new.query, LONGEST_TITLE, &mut faults);
    let stage = checked_value("stage", new.stage.as_deref(), &mut faults);
    let industry = checked_value("industry", new.industry.as_deref(), &mut faults);
    let persona = checked_value("persona", new.persona.as_deref(), &mut faults);
    let product = checked_value("product", new.product.as_deref(), &mut faults);
    refuse(faults)?;

    let now = clock.now();
    let tx = db.begin().await?;
    if let Some(id) = new.opportunity_id {
        crm::find_opportunity(&tx, &principal, id).await?;
    }
    let row = content_request::ActiveModel {
        id: Set(RequestId::new(now)),
        title: Set(title),
        purpose: Set(purpose),
        query: Set(query),
        stage: Set(stage),
        industry: Set(industry),
        persona: Set(persona),
        product: Set(product),
        status: Set(RequestStatus::Open),
        asked_by: Set(principal.user_id),
        owner_id: Set(None),
        due_on: Set(None),
        asset_id: Set(None),
        decline_reason: Set(String::new()),
        demand: Set(1),
        revision: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
    }
    .insert(&tx)
    .await?;
    content_request_join::ActiveModel {
        request_id: Set(row.id),
        user_id: Set(principal.user_id),
        opportunity_id: Set(new.opportunity_id),
        joined_at: Set(now),
    }
    .insert(&tx)
    .await?;
    let marketers = users_with_role(&tx, Role::Marketer).await?;
    let news = marketers
        .into_iter()
        .filter(|one| one.id != principal.user_id)
        .map(|one| Notice {
            user: one.id,
            kind: "request_new",
            title: format!("{} asks for content: {}", principal.name, row.title),
            body: row.purpose.clone(),
            opportunity: None,
            visit: None,
            subject: Some(Subject::Request(row.id)),
            dedupe_key: format!("request_new:{}", row.id),
            at: now,
        });
    notices::write(&tx, news.collect()).await?;
    let view = one_view(&tx, &principal, row).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created()
        .insert_header((
            header::LOCATION,
            format!("/api/v1/content-requests/{}", view.id),
        ))
        .insert_header((header::ETAG, format!("\"{}\"", view.revision)))
        .json(view))
}
