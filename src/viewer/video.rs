//! Videos play from their original, with ranges, so that players can seek. That it is sent as an attachment keeps it
//! from being opened on our origin; players do not mind.

use actix_web::{HttpRequest, HttpResponse, web};
use sea_orm::ConnectionTrait;

use super::audience::Audience;
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::asset_version;
use crate::error::{Error, Result};
use crate::http::Principal;
use crate::ids::{PitchId, PitchItemId};
use crate::library::send_original;
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
    let audience = Audience::by_token(db.read(), &token, clock.now()).await?;
    let version = find_video(db.read(), &audience, item).await?;
    send_original(&request, &blobs, &version).await
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
    send_original(&request, &blobs, &version).await
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
