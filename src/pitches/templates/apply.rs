//! Using a template: a new pitch from it, or its content added to a pitch that is there.

use actix_web::{HttpResponse, web};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use serde::{Deserialize, Serialize};

use super::content::TemplateContent;
use super::scope::find_template;
use crate::clock::Clock;
use crate::config::Config;
use crate::crm;
use crate::db::Db;
use crate::entities::pitch_template;
use crate::error::{Error, Result};
use crate::http::{IfMatch, Principal, Problem, with_etag};
use crate::ids::{ContactId, OpportunityId, PitchId, TemplateId};
use crate::keys::Keys;
use crate::pitches::create::add_pitch;
use crate::pitches::edit::save_edit;
use crate::pitches::history::{Saved, content_of};
use crate::pitches::input::{NewPitch, PitchEdit};
use crate::pitches::items::{LeftOut, sort_out};
use crate::pitches::load::load_pitch;
use crate::pitches::placeholders::facts;
use crate::pitches::scope::find_own_pitch;
use crate::pitches::views::PitchDetail;

/// For what a template is used.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UseTemplate {
    /// The opportunity.
    pub opportunity_id: OpportunityId,
    /// Whom the words address; the opportunity's first contact where not said.
    #[serde(default)]
    pub contact_id: Option<ContactId>,
}

/// Which template to add to a pitch.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyTemplate {
    /// The template.
    pub template_id: TemplateId,
    /// Whom the words address; the opportunity's first contact where not said.
    #[serde(default)]
    pub contact_id: Option<ContactId>,
}

/// What came of using a template.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AppliedTemplate {
    /// The pitch as it is now; `unfilled` tells what nothing was known for.
    pub pitch: PitchDetail,
    /// What is in the template and must not be sent any more.
    pub left_out: Vec<LeftOut>,
}

/// Make a pitch from a template, with placeholders filled from the opportunity.
#[utoipa::path(post, path = "/api/v1/pitch-templates/{id}/pitches", tag = "pitches", params(TemplateId), request_body = UseTemplate, responses(
    (status = 201, body = AppliedTemplate), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn pitch_from_template(
    principal: Principal,
    id: web::Path<TemplateId>,
    body: web::Json<UseTemplate>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let today = now.date_naive();
    let tx = db.begin().await?;
    let template = find_template(&tx, &principal, *id).await?;
    let opportunity = crm::find_opportunity(&tx, &principal, body.opportunity_id).await?;
    let facts = facts(
        &tx,
        opportunity.id,
        body.contact_id,
        principal.user_id,
        today,
    )
    .await?;
    let content = content(&template)?;
    let (items, left_out) = sort_out(&tx, today, None, content.items(&facts)).await?;
    let new = NewPitch {
        opportunity_id: opportunity.id,
        title: Some(facts.fill(&template.title)),
        message: facts.fill(&content.message),
        items,
        steps: content.steps(&facts, today),
        story_wanted: content.story,
    };
    let pitch = add_pitch(&tx, now, principal.user_id, new).await?;
    note_use(&tx, template.id).await?;
    let pitch = load_pitch(&tx, &config, &keys, now, pitch).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created()
        .insert_header(("etag", format!("\"{}\"", pitch.revision)))
        .json(AppliedTemplate { pitch, left_out }))
}

/// Add what is in a template to a pitch: items and steps after those that are there, title and message where there is
/// none yet.
#[utoipa::path(post, path = "/api/v1/pitches/{id}/template", tag = "pitches",
    params(PitchId, ("If-Match" = String, Header, description = "The revision that is edited")), request_body = ApplyTemplate, responses(
    (status = 200, body = AppliedTemplate), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 412, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem),
))]
pub async fn apply_template(
    principal: Principal,
    id: web::Path<PitchId>,
    if_match: IfMatch,
    body: web::Json<ApplyTemplate>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let today = now.date_naive();
    let tx = db.begin().await?;
    let pitch = find_own_pitch(&tx, &principal, *id).await?;
    let template = find_template(&tx, &principal, body.template_id).await?;
    if_match.require(pitch.revision)?;
    let facts = facts(
        &tx,
        pitch.opportunity_id,
        body.contact_id,
        pitch.owner_id,
        today,
    )
    .await?;
    let content = content(&template)?;
    let mut present = content_of(&tx, &pitch).await?;
    let is_new = present.items.is_empty() && pitch.message.is_empty();
    present.items.extend(content.items(&facts));
    let (items, left_out) = sort_out(&tx, today, Some(pitch.id), present.items).await?;
    present.steps.extend(content.steps(&facts, today));
    let edit = PitchEdit {
        title: if is_new && !template.title.is_empty() {
            facts.fill(&template.title)
        } else {
            pitch.title.clone()
        },
        message: if pitch.message.is_empty() {
            facts.fill(&content.message)
        } else {
            pitch.message.clone()
        },
        items,
        steps: Some(present.steps),
        story_wanted: Some(pitch.story_wanted || content.story),
        editing: None,
    }
    .check()?;
    let saved = Saved::by(principal.user_id);
    let changed = save_edit(&tx, now, pitch, edit, saved).await?;
    note_use(&tx, template.id).await?;
    let pitch = load_pitch(&tx, &config, &keys, now, changed).await?;
    tx.commit().await?;
    let revision = pitch.revision;
    let applied = AppliedTemplate { pitch, left_out };
    Ok(with_etag(&applied, revision))
}

fn content(template: &pitch_template::Model) -> Result<TemplateContent> {
    serde_json::from_value(template.content.clone()).map_err(Error::internal)
}

async fn note_use<C: ConnectionTrait>(db: &C, template: TemplateId) -> Result<()> {
    pitch_template::Entity::update_many()
        .col_expr(
            pitch_template::Column::Uses,
            Expr::col(pitch_template::Column::Uses).add(1),
        )
        .filter(pitch_template::Column::Id.eq(template))
        .exec(db)
        .await?;
    Ok(())
}
