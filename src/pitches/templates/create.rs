//! Making a template, from nothing or from a pitch.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait};
use serde::Deserialize;

use super::content::TemplateContent;
use super::scope::team_of;
use super::show::{TemplateDetail, detail};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{TemplateAudience, pitch_template};
use crate::error::{Error, FieldError, Result};
use crate::http::{Principal, Problem};
use crate::ids::{PitchId, TeamId, TemplateId, UserId};
use crate::pitches::history::content_of;
use crate::pitches::input::{fault, refuse, too_long};
use crate::pitches::placeholders::facts;
use crate::pitches::scope::find_pitch;

const LONGEST_NAME: usize = 120;
const LONGEST_DESCRIPTION: usize = 1_000;
const LONGEST_TITLE: usize = 200;

/// A template to be made.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemplate {
    /// How it is found again.
    pub name: String,
    /// When to use it.
    #[serde(default)]
    pub description: String,
    /// Who may use it.
    #[serde(default = "mine")]
    pub audience: TemplateAudience,
    /// A pitch to make it from: what is said of that one deal becomes placeholders, dates become days. Title and content
    /// are then taken from it.
    #[serde(default)]
    pub from_pitch: Option<PitchId>,
    /// The title of pitches made from it.
    #[serde(default)]
    pub title: String,
    /// What is in it.
    #[serde(default)]
    pub content: TemplateContent,
}

const fn mine() -> TemplateAudience {
    TemplateAudience::Mine
}

/// Make a template.
#[utoipa::path(post, path = "/api/v1/pitch-templates", tag = "pitches", request_body = NewTemplate, responses(
    (status = 201, body = TemplateDetail), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn create_template(
    principal: Principal,
    body: web::Json<NewTemplate>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let mut new = body.into_inner();
    let now = clock.now();
    let team = team_of(&principal, new.audience)?;
    let tx = db.begin().await?;
    if let Some(pitch) = new.from_pitch {
        let pitch = find_pitch(&tx, &principal, pitch).await?;
        let content = content_of(&tx, &pitch).await?;
        let today = now.date_naive();
        let facts = facts(&tx, pitch.opportunity_id, None, pitch.owner_id, today).await?;
        new.content = TemplateContent::of_pitch(content, pitch.story_wanted, &facts, today);
        new.title = facts.generalise(&pitch.title);
    }
    let template = add_template(&tx, now, principal.user_id, team, new).await?;
    let view = detail(&tx, &principal, now.date_naive(), template).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created()
        .insert_header(("etag", format!("\"{}\"", view.revision)))
        .json(view))
}

/// Writes a template of `owner`, whose team is `team` where it is shared with one.
pub async fn add_template<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    owner: UserId,
    team: Option<TeamId>,
    new: NewTemplate,
) -> Result<pitch_template::Model> {
    let mut faults = faults(&new.name, &new.description, &new.title);
    faults.extend(new.content.faults());
    refuse(faults)?;
    Ok(pitch_template::ActiveModel {
        id: Set(TemplateId::new(now)),
        name: Set(new.name.trim().to_owned()),
        description: Set(new.description.trim().to_owned()),
        owner_id: Set(owner),
        team_id: Set(team),
        audience: Set(new.audience),
        title: Set(new.title.trim().to_owned()),
        content: Set(serde_json::to_value(new.content).map_err(Error::internal)?),
        revision: Set(1),
        uses: Set(0),
        created_at: Set(now),
        updated_at: Set(now),
    }
    .insert(db)
    .await?)
}

/// What is wrong with the words about a template.
pub(super) fn faults(name: &str, description: &str, title: &str) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if name.trim().is_empty() {
        faults.push(fault("name", "A template needs a name."));
    }
    faults.extend(too_long("name", name, LONGEST_NAME));
    faults.extend(too_long("description", description, LONGEST_DESCRIPTION));
    faults.extend(too_long("title", title, LONGEST_TITLE));
    faults
}
