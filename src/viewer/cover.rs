//! The first page of a pitch as a picture that mail programs and chat tools can show: they know no WebP.
//!
//! Like every picture behind a link it goes through the link's token and what the pitch shows today, and asking for it
//! counts as nothing.

use std::io::Cursor;
use std::sync::LazyLock;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use moka::future::Cache;
use sea_orm::EntityTrait as _;

use super::audience::Audience;
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::page;
use crate::error::{Error, Result};
use crate::library::is_known;
use crate::pitches::layout;

const QUALITY: u8 = 82;
/// Chat tools ask many times when a link is posted to many; a picture is some 80 KB.
const REMEMBERED: u64 = 100;

/// Pictures by the name of their blob, which says what is in it.
static COVERS: LazyLock<Cache<String, Bytes>> = LazyLock::new(|| Cache::new(REMEMBERED));

/// The cover, for whoever holds the link.
pub async fn cover(
    request: HttpRequest,
    token: web::Path<String>,
    db: web::Data<Db>,
    blobs: web::Data<Blobs>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let audience = Audience::admit(&request, db.read(), &token, clock.now()).await?;
    audience.refuse_unmarked()?;
    let layout = layout(db.read(), audience.pitch.id).await?;
    let missing = || Error::not_found("picture");
    let first = layout.items.first().ok_or_else(missing)?;
    let number = first.pages.first().copied().ok_or_else(missing)?;
    let page = page::Entity::find_by_id((first.version_id, number))
        .one(db.read())
        .await?
        .ok_or_else(missing)?;
    let etag = format!("\"cover-{}\"", page.image_960);
    // As with the pages' pictures: asked for each time, so that it ends with the link.
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::ETAG, etag.clone()))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"));
    if is_known(&request, &etag) {
        return Ok(response.status(StatusCode::NOT_MODIFIED).finish());
    }
    let picture = match COVERS.get(&page.image_960).await {
        Some(known) => known,
        None => {
            let source = blobs.get(&page.image_960).await?;
            let made = web::block(move || jpeg(&source))
                .await
                .map_err(Error::internal)?
                .ok_or_else(missing)?;
            COVERS.insert(page.image_960, made.clone()).await;
            made
        }
    };
    Ok(response
        .insert_header((header::CONTENT_TYPE, "image/jpeg"))
        .body(picture))
}

/// The same picture as JPEG; nothing where it is none.
fn jpeg(source: &[u8]) -> Option<Bytes> {
    let picture = image::load_from_memory(source).ok()?.to_rgb8();
    let mut bytes = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut bytes, QUALITY)
        .encode_image(&picture)
        .ok()?;
    Some(bytes.into_inner().into())
}
