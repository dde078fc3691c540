//! The picture and the text of one page, only of pages that the pitch shows.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use sea_orm::{ConnectionTrait, EntityTrait as _};
use serde::Deserialize;

use super::audience::Audience;
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::page;
use crate::error::{Error, Result};
use crate::http::Principal;
use crate::ids::{PitchId, PitchItemId};
use crate::pitches::layout;

/// Addresses carry the version's number, so what lies there does not change; and only the reader's browser keeps it.
const KEPT_BY_THE_READER: &str = "private, max-age=86400, immutable";

/// How wide the picture should be.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Width {
    w: Option<i32>,
}

/// The picture of a page, for whoever holds the link.
pub async fn page_picture(
    path: web::Path<(String, PitchItemId, i32)>,
    width: web::Query<Width>,
    db: web::Data<Db>,
    blobs: web::Data<Blobs>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let (token, item, number) = path.into_inner();
    let audience = Audience::by_token(db.read(), &token, clock.now()).await?;
    picture(db.read(), &blobs, &audience, item, number, *width).await
}

/// The picture of a page, in a preview.
pub async fn preview_page_picture(
    principal: Principal,
    path: web::Path<(PitchId, PitchItemId, i32)>,
    width: web::Query<Width>,
    db: web::Data<Db>,
    blobs: web::Data<Blobs>,
) -> Result<HttpResponse> {
    let (pitch, item, number) = path.into_inner();
    let audience = Audience::by_preview(db.read(), &principal, pitch).await?;
    picture(db.read(), &blobs, &audience, item, number, *width).await
}

/// The text of a page, for whoever holds the link.
pub async fn page_text(
    path: web::Path<(String, PitchItemId, i32)>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let (token, item, number) = path.into_inner();
    let audience = Audience::by_token(db.read(), &token, clock.now()).await?;
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

async fn picture<C: ConnectionTrait>(
    db: &C,
    blobs: &Blobs,
    audience: &Audience,
    item: PitchItemId,
    number: i32,
    width: Width,
) -> Result<HttpResponse> {
    let page = find_page(db, audience, item, number).await?;
    let blob = match width.w.unwrap_or(960) {
        ..=480 => page.image_480,
        481..=960 => page.image_960,
        _ => page.image_1600,
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "image/webp"))
        .insert_header((header::CACHE_CONTROL, KEPT_BY_THE_READER))
        .body(blobs.get(&blob).await?))
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
    let layout = layout(db, audience.pitch.id).await?;
    let shown = layout
        .item_showing(item, number)
        .ok_or_else(|| Error::not_found("page"))?;
    page::Entity::find_by_id((shown.version_id, number))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("page"))
}
