//! Making a pitch.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait, EntityTrait as _, QueryFilter as _,
};

use super::history::{Saved, record};
use super::input::NewPitch;
use super::items::replace_items;
use super::load::load_pitch;
use super::steps::replace_steps;
use super::views::PitchDetail;
use crate::clock::Clock;
use crate::config::Config;
use crate::crm;
use crate::db::Db;
use crate::entities::{account, opportunity, pitch};
use crate::error::{Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::{PitchId, UserId};
use crate::keys::Keys;

/// Make a pitch for an opportunity. Items that must not be shown are refused, each by name.
#[utoipa::path(post, path = "/api/v1/pitches", tag = "pitches", request_body = NewPitch, responses(
    (status = 201, body = PitchDetail), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn create_pitch(
    principal: Principal,
    body: web::Json<NewPitch>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let new = body.into_inner();
    let now = clock.now();
    let tx = db.begin().await?;
    opportunity::Entity::find_by_id(new.opportunity_id)
        .filter(crm::visible_opportunities(&principal))
        .one(&tx)
        .await?
        .ok_or_else(|| Error::not_found("opportunity"))?;
    let pitch = add_pitch(&tx, now, principal.user_id, new).await?;
    let view = load_pitch(&tx, &config, &keys, now, pitch).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created()
        .insert_header(("etag", format!("\"{}\"", view.revision)))
        .json(view))
}

/// Writes a pitch of `owner`, who may see its opportunity.
pub async fn add_pitch<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    owner: UserId,
    new: NewPitch,
) -> Result<pitch::Model> {
    let new = new.check()?;
    let (opportunity, account) = opportunity::Entity::find_by_id(new.opportunity_id)
        .find_also_related(account::Entity)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("opportunity"))?;
    let for_whom = account.map_or(opportunity.name, |account| account.name);
    let pitch = pitch::ActiveModel {
        id: Set(PitchId::new(now)),
        opportunity_id: Set(opportunity.id),
        owner_id: Set(owner),
        title: Set(new.title.unwrap_or_else(|| format!("For {for_whom}"))),
        message: Set(new.message),
        story_wanted: Set(new.story_wanted),
        revision: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
    }
    .insert(db)
    .await?;
    replace_items(db, now, pitch.id, new.items).await?;
    replace_steps(db, now, pitch.id, new.steps).await?;
    record(db, now, &pitch, Saved::by(owner)).await?;
    Ok(pitch)
}
