//! The picture and the text of one page, only of pages that the pitch shows.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use sea_orm::{ConnectionTrait, EntityTrait as _};

use super::audience::Audience;
use super::watermark::{Watermarks, words};
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::page;
use crate::error::{Error, Result};
use crate::http::Principal;
use crate::ids::{PitchId, PitchItemId};
use crate::library::{ImageQuery, send_page_image};

/// The picture of a page, for whoever holds the link.
pub async fn page_picture(
    request: HttpRequest,
    path: web::Path<(String, PitchItemId, i32)>,
    size: web::Query<ImageQuery>,
    db: web::Data<Db>,
    blobs: web::Data<Blobs>,
    clock: web::Data<Clock>,
    watermarks: web::Data<Watermarks>,
) -> Result<HttpResponse> {
    let (token, item, number) = path.into_inner();
    let now = clock.now();
    let audience = Audience::admit(&request, db.read(), &token, now).await?;
    let page = find_page(db.read(), &audience, item, number).await?;
    if audience.is_watermarked() {
        let words = words(&audience, now);
        return watermarks
            .send(&request, &blobs, &page, size.w, words)
            .await;
    }
    let mut response = send_page_image(&request, &blobs, &page, size.w).await?;
    // The browser asks each time, and is told that nothing changed: a link that is taken back, runs out or gets a gate or
    // a watermark later stops the pictures that it has kept.
    let ask = header::HeaderValue::from_static("private, no-cache");
    response.headers_mut().insert(header::CACHE_CONTROL, ask);
    Ok(response)
}

/// The picture of a page, in a preview.
pub async fn preview_page_picture(
    request: HttpRequest,
    principal: Principal,
    path: web::Path<(PitchId, PitchItemId, i32)>,
    size: web::Query<ImageQuery>,
    db: web::Data<Db>,
    blobs: web::Data<Blobs>,
) -> Result<HttpResponse> {
    let (pitch, item, number) = path.into_inner();
    let audience = Audience::by_preview(db.read(), &principal, pitch).await?;
    let page = find_page(db.read(), &audience, item, number).await?;
    send_page_image(&request, &blobs, &page, size.w).await
}

/// The text of a page, for whoever holds the link.
pub async fn page_text(
    request: HttpRequest,
    path: web::Path<(String, PitchItemId, i32)>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let (token, item, number) = path.into_inner();
    let audience = Audience::admit(&request, db.read(), &token, clock.now()).await?;
    text(db.read(), &audience, item, number).await
}

/// The text of a page, in a preview.
pub async fn preview_page_text(
    principal: Principal,
    path: web::Path<(PitchId, PitchItemId, i32)>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let (pitch, item, number) = path.into_inner();
    let audience = Audience::by_preview(db.read(), &principal, pitch).await?;
    text(db.read(), &audience, item, number).await
}

async fn text<C: ConnectionTrait>(
    db: &C,
    audience: &Audience,
    item: PitchItemId,
    number: i32,
) -> Result<HttpResponse> {
    let page = find_page(db, audience, item, number).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .body(page.text.trim().to_owned()))
}

async fn find_page<C: ConnectionTrait>(
    db: &C,
    audience: &Audience,
    item: PitchItemId,
    number: i32,
) -> Result<page::Model> {
    let (_, version) = audience.page(db, item, number).await?;
    page::Entity::find_by_id((version, number))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("page"))
}
