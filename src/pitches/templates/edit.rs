//! Changing and deleting a template. Pitches made from it are pitches of their own and stay as they are.

use actix_web::{HttpResponse, web};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _};
use serde::Deserialize;

use super::content::TemplateContent;
use super::create::faults;
use super::scope::{find_own_template, team_of};
use super::show::{TemplateDetail, detail};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{TemplateAudience, pitch_template};
use crate::error::{Error, Result};
use crate::http::{IfMatch, Principal, Problem, with_etag};
use crate::ids::TemplateId;
use crate::pitches::input::refuse;

/// All that can be edited of a template.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateEdit {
    /// How it is found again.
    pub name: String,
    /// When to use it.
    #[serde(default)]
    pub description: String,
    /// Who may use it.
    pub audience: TemplateAudience,
    /// The title of pitches made from it.
    pub title: String,
    /// What is in it.
    pub content: TemplateContent,
}

/// Change a template.
#[utoipa::path(put, path = "/api/v1/pitch-templates/{id}", tag = "pitches",
    params(TemplateId, ("If-Match" = String, Header, description = "The revision that is edited")), request_body = TemplateEdit, responses(
    (status = 200, body = TemplateDetail), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 412, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem),
))]
pub async fn update_template(
    principal: Principal,
    id: web::Path<TemplateId>,
    if_match: IfMatch,
    body: web::Json<TemplateEdit>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let edit = body.into_inner();
    let mut wrong = faults(&edit.name, &edit.description, &edit.title);
    wrong.extend(edit.content.faults());
    refuse(wrong)?;
    let now = clock.now();
    let tx = db.begin().await?;
    let template = find_own_template(&tx, &principal, *id).await?;
    if_match.require(template.revision)?;
    let team = if edit.audience == template.audience {
        template.team_id
    } else {
        team_of(&principal, edit.audience)?
    };
    let changed = pitch_template::ActiveModel {
        name: Set(edit.name.trim().to_owned()),
        description: Set(edit.description.trim().to_owned()),
        audience: Set(edit.audience),
        team_id: Set(team),
        title: Set(edit.title.trim().to_owned()),
        content: Set(serde_json::to_value(edit.content).map_err(Error::internal)?),
        revision: Set(template.revision + 1),
        updated_at: Set(now),
        ..template.into_active_model()
    }
    .update(&tx)
    .await?;
    let view = detail(&tx, &principal, now.date_naive(), changed).await?;
    tx.commit().await?;
    Ok(with_etag(&view, view.revision))
}

/// Delete a template.
#[utoipa::path(delete, path = "/api/v1/pitch-templates/{id}", tag = "pitches", params(TemplateId), responses(
    (status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn delete_template(
    principal: Principal,
    id: web::Path<TemplateId>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    let template = find_own_template(&tx, &principal, *id).await?;
    pitch_template::Entity::delete_by_id(template.id)
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
