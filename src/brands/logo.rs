//! The logo: taken as a picture, drawn anew by the converter's child, served as what that drew.
//!
//! The file that was sent is never kept nor served, so neither a script in an SVG nor a picture made to break a decoder
//! gets further than that child.

use actix_multipart::Multipart;
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::edit::change;
use super::list::{BrandView, load};
use super::scope::Scope;
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::documents::{ConvertedPage, Converter, FailureCode, Progress, Urgency, sniff};
use crate::entities::brand;
use crate::error::{Error, Result};
use crate::http::{Form, Principal, Problem};

/// A logo is small.
const LIMIT: u64 = 2 * 1024 * 1024;
/// A logo is as high as a line of text, so neither a poster nor a ribbon.
const WIDEST: u32 = 8;
const FORMATS: &[&str] = &["png", "jpeg", "webp", "gif", "svg"];

/// A logo to be sent.
#[derive(Debug, utoipa::ToSchema)]
#[allow(dead_code, reason = "it only describes the form")]
struct LogoForm {
    /// PNG, JPEG, WebP, GIF or SVG, at most 2 MB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Set the logo of the house or of a team.
#[utoipa::path(put, path = "/api/v1/brands/{scope}/logo", tag = "pitches",
    params(("scope" = String, Path, description = "`house`, or the id of a team")),
    request_body(content = LogoForm, content_type = "multipart/form-data"), responses(
    (status = 200, body = BrandView), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn put_logo(
    principal: Principal,
    scope: web::Path<String>,
    parts: Multipart,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    config: web::Data<Config>,
    converter: web::Data<Converter>,
    blobs: web::Data<Blobs>,
) -> Result<web::Json<BrandView>> {
    let scope = Scope::find(db.read(), &principal, &scope).await?;
    let file = Form::read(parts, LIMIT, &[])
        .await?
        .file()
        .map_err(|_| Error::field("file", "Add a picture."))?;
    let dir = tempfile::Builder::new()
        .prefix("logo-")
        .tempdir_in(&config.data_dir)?;
    let page = draw(&converter, dir.path(), file).await?;
    let picture = page
        .images
        .first()
        .ok_or_else(|| Error::internal("a picture came without its pictures"))?;
    let logo = blobs.put_file(&picture.path).await?;
    let side = |side: u32| i32::try_from(side).map_err(Error::internal);
    let (width, height) = (side(picture.width)?, side(picture.height)?);

    let tx = db.begin().await?;
    change(&tx, clock.now(), scope.team(), principal.user_id, |row| {
        row.logo = Set(Some(logo.clone()));
        row.logo_width = Set(Some(width));
        row.logo_height = Set(Some(height));
    })
    .await?;
    let view = load(&tx, &principal, scope).await?;
    tx.commit().await?;
    Ok(web::Json(view))
}

async fn draw(
    converter: &Converter,
    dir: &std::path::Path,
    file: Vec<u8>,
) -> Result<Box<ConvertedPage>> {
    let (input, folder) = (dir.join("original"), dir.join("out"));
    tokio::fs::create_dir(&folder).await?;
    tokio::fs::write(&input, &file).await?;
    let (tell, mut told) = tokio::sync::mpsc::channel(8);
    let path = input.clone();
    let format = tokio::task::spawn_blocking(move || sniff(&path, "logo"))
        .await
        .map_err(Error::internal)?
        .map_err(|failure| Error::field("file", failure.message()))?;
    if !FORMATS.contains(&format.as_str()) {
        return Err(Error::field(
            "file",
            "A logo is a picture: PNG, JPEG, WebP, GIF or SVG.",
        ));
    }
    let converted = converter
        .convert(&input, "logo", &folder, Urgency::Awaited, &tell)
        .await;
    drop(tell);
    converted.map_err(|failure| match failure.code {
        FailureCode::Internal => Error::internal(failure),
        _ => Error::field("file", failure.message()),
    })?;
    let mut page = None;
    while let Some(progress) = told.recv().await {
        if let Progress::Page(done) = progress {
            page = Some(done);
        }
    }
    let page = page
        .filter(|page| page.problem.is_none())
        .ok_or_else(|| Error::field("file", "This picture could not be read."))?;
    if page.width > page.height.saturating_mul(WIDEST) || page.height > page.width {
        return Err(Error::field(
            "file",
            format!(
                "A logo stands in a bar: at least as wide as high, and at most {WIDEST} times. This one has {} by {} pixels.",
                page.width, page.height
            ),
        ));
    }
    Ok(page)
}

/// Take the logo away.
#[utoipa::path(delete, path = "/api/v1/brands/{scope}/logo", tag = "pitches",
    params(("scope" = String, Path, description = "`house`, or the id of a team")), responses(
    (status = 200, body = BrandView), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn delete_logo(
    principal: Principal,
    scope: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<BrandView>> {
    let tx = db.begin().await?;
    let scope = Scope::find(&tx, &principal, &scope).await?;
    change(&tx, clock.now(), scope.team(), principal.user_id, |row| {
        row.logo = Set(None);
        row.logo_width = Set(None);
        row.logo_height = Set(None);
    })
    .await?;
    let view = load(&tx, &principal, scope).await?;
    tx.commit().await?;
    Ok(web::Json(view))
}

/// A logo that is in use, for whoever asks: it stands on every page that is sent.
pub async fn logo(
    hash: web::Path<String>,
    db: web::Data<Db>,
    blobs: web::Data<Blobs>,
) -> Result<HttpResponse> {
    let row = brand::Entity::find()
        .filter(brand::Column::Logo.eq(hash.as_str()))
        .one(db.read())
        .await?
        .ok_or_else(|| Error::not_found("logo"))?;
    let picture: Bytes = match row.logo {
        Some(hash) => blobs.get(&hash).await?,
        None => return Err(Error::not_found("logo")),
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "image/webp"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(picture))
}
