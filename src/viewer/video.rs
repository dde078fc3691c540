//! Videos play from their original, with ranges, so that players can seek. They are sent to be played, not saved;
//! `download` gives out files, where the link allows it.

use actix_web::{HttpRequest, HttpResponse, web};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use super::audience::Audience;
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{asset_version, caption};
use crate::error::{Error, Result};
use crate::http::Principal;
use crate::ids::{CaptionId, PitchId, PitchItemId};
use crate::library::{send_captions, send_video};
use crate::pitches::{is_video, shown_items};

/// A video, for whoever holds the link.
pub async fn video(
    request: HttpRequest,
    path: web::Path<(String, PitchItemId)>,
    db: web::Data<Db>,
    blobs: web::Data<Blobs>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let (token, item) = path.into_inner();
    let audience = Audience::admit(&request, db.read(), &token, clock.now()).await?;
    audience.refuse_unmarked()?;
    let version = find_video(db.read(), &audience, item).await?;
    send_video(&request, &blobs, &version).await
}

/// A video, in a preview.
pub async fn preview_video(
    principal: Principal,
    request: HttpRequest,
    path: web::Path<(PitchId, PitchItemId)>,
    db: web::Data<Db>,
    blobs: web::Data<Blobs>,
) -> Result<HttpResponse> {
    let (pitch, item) = path.into_inner();
    let audience = Audience::by_preview(db.read(), &principal, pitch).await?;
    let version = find_video(db.read(), &audience, item).await?;
    send_video(&request, &blobs, &version).await
}

/// The captions of a video, for whoever holds the link.
pub async fn captions(
    request: HttpRequest,
    path: web::Path<(String, PitchItemId, CaptionId)>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let (token, item, id) = path.into_inner();
    let audience = Audience::admit(&request, db.read(), &token, clock.now()).await?;
    find_captions(db.read(), &audience, item, id).await
}

/// The captions of a video, in a preview.
pub async fn preview_captions(
    principal: Principal,
    path: web::Path<(PitchId, PitchItemId, CaptionId)>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let (pitch, item, id) = path.into_inner();
    let audience = Audience::by_preview(db.read(), &principal, pitch).await?;
    find_captions(db.read(), &audience, item, id).await
}

async fn find_captions<C: ConnectionTrait>(
    db: &C,
    audience: &Audience,
    item: PitchItemId,
    id: CaptionId,
) -> Result<HttpResponse> {
    let version = find_video(db, audience, item).await?;
    let captions = caption::Entity::find_by_id(id)
        .filter(caption::Column::VersionId.eq(version.id))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("captions"))?;
    Ok(send_captions(captions))
}

async fn find_video<C: ConnectionTrait>(
    db: &C,
    audience: &Audience,
    item: PitchItemId,
) -> Result<asset_version::Model> {
    shown_items(db, audience.pitch.id)
        .await?
        .into_iter()
        .find(|shown| shown.item.id == item && is_video(&shown.version.format))
        .map(|shown| shown.version)
        .ok_or_else(|| Error::not_found("video"))
}
