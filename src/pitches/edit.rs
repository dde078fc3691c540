//! Reading, changing and deleting one pitch.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _,
};

use super::history::{Saved, keep_before, record};
use super::input::PitchEdit;
use super::items::replace_items;
use super::load::load_pitch;
use super::placeholders::refuse_unfilled_where_sent;
use super::scope::{find_own_pitch, find_pitch};
use super::steps::replace_steps;
use super::views::PitchDetail;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entities::{pitch, pitch_link};
use crate::error::{Code, Error, Result};
use crate::http::{IfMatch, Principal, Problem, with_etag};
use crate::ids::PitchId;
use crate::keys::Keys;

/// A pitch with its items and links.
#[utoipa::path(get, path = "/api/v1/pitches/{id}", tag = "pitches", params(PitchId), responses(
    (status = 200, body = PitchDetail), (status = 404, body = Problem),
))]
pub async fn get_pitch(
    principal: Principal,
    id: web::Path<PitchId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let pitch = find_pitch(db.read(), &principal, *id).await?;
    let view = load_pitch(db.read(), &config, &keys, clock.now(), pitch).await?;
    Ok(with_etag(&view, view.revision))
}

/// Replace a pitch's title, message and items. Links show the change at once.
#[utoipa::path(put, path = "/api/v1/pitches/{id}", tag = "pitches", 
    params(PitchId, ("If-Match" = String, Header, description = "The revision that is edited")), request_body = PitchEdit, responses(
    (status = 200, body = PitchDetail), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 412, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem),
))]
pub async fn update_pitch(
    principal: Principal,
    id: web::Path<PitchId>,
    if_match: IfMatch,
    body: web::Json<PitchEdit>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let edit = body.into_inner().check()?;
    let now = clock.now();
    let tx = db.begin().await?;
    let pitch = find_own_pitch(&tx, &principal, *id).await?;
    if_match.require(pitch.revision)?;
    let saved = Saved {
        editing: edit.editing.clone(),
        ..Saved::by(principal.user_id)
    };
    let changed = save_edit(&tx, now, pitch, edit, saved).await?;
    let view = load_pitch(&tx, &config, &keys, now, changed).await?;
    tx.commit().await?;
    Ok(with_etag(&view, view.revision))
}

/// Writes a checked edit of `pitch` as its next revision, and into its history.
pub(super) async fn save_edit<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    pitch: pitch::Model,
    edit: PitchEdit,
    saved: Saved,
) -> Result<pitch::Model> {
    keep_before(db, &pitch).await?;
    let changed = pitch::ActiveModel {
        title: Set(edit.title),
        message: Set(edit.message),
        story_wanted: Set(edit.story_wanted.unwrap_or(pitch.story_wanted)),
        revision: Set(pitch.revision + 1),
        updated_at: Set(now),
        ..pitch.into_active_model()
    }
    .update(db)
    .await?;
    replace_items(db, now, changed.id, edit.items).await?;
    if let Some(steps) = edit.steps {
        replace_steps(db, now, changed.id, steps).await?;
    }
    refuse_unfilled_where_sent(db, &changed).await?;
    record(db, now, &changed, saved).await?;
    Ok(changed)
}

/// Delete a pitch that has no links yet; one that has was sent, and its history stays.
#[utoipa::path(delete, path = "/api/v1/pitches/{id}", tag = "pitches", params(PitchId), responses(
    (status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn delete_pitch(
    principal: Principal,
    id: web::Path<PitchId>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    let pitch = find_own_pitch(&tx, &principal, *id).await?;
    let links = pitch_link::Entity::find()
        .filter(pitch_link::Column::PitchId.eq(pitch.id))
        .count(&tx)
        .await?;
    if links > 0 {
        return Err(Error::new(
            Code::Conflict,
            "There are links to this pitch. Take them back instead; what was read stays known.",
        ));
    }
    pitch::Entity::delete_by_id(pitch.id).exec(&tx).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
