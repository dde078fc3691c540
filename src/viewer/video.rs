//! Videos play from their original, with ranges, so that players can seek.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use sea_orm::ConnectionTrait;

use super::audience::Audience;
use super::range::{Wanted, wanted};
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::asset_version;
use crate::error::{Error, Result};
use crate::http::Principal;
use crate::ids::{PitchId, PitchItemId};
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
    play(&request, &blobs, &version).await
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
    play(&request, &blobs, &version).await
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

async fn play(
    request: &HttpRequest,
    blobs: &Blobs,
    version: &asset_version::Model,
) -> Result<HttpResponse> {
    let size = u64::try_from(version.byte_size).unwrap_or(0);
    let asked = request
        .headers()
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok());
    let (status, range) = match wanted(asked, size) {
        Wanted::Whole => (StatusCode::OK, 0..size),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Wanted::Unsatisfiable => {
            return Ok(HttpResponse::RangeNotSatisfiable()
                .insert_header((header::CONTENT_RANGE, format!("bytes */{size}")))
                .finish());
        }
    };
    // Named by format and not by what the upload claimed.
    let media_type = match version.format.as_str() {
        "webm" => "video/webm",
        _ => "video/mp4",
    };
    let mut response = HttpResponseBuilder::new(status);
    response
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CACHE_CONTROL, "private, max-age=3600"));
    if status == StatusCode::PARTIAL_CONTENT {
        let last = range.end.saturating_sub(1);
        response.insert_header((
            header::CONTENT_RANGE,
            format!("bytes {}-{last}/{size}", range.start),
        ));
    }
    let length = range.end - range.start;
    let stream = blobs.stream(&version.blob, Some(range)).await?;
    Ok(response
        // A compressed part would not be the part that was asked for.
        .insert_header(header::ContentEncoding::Identity)
        .no_chunking(length)
        .streaming(stream))
}
