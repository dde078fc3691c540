//! Versions: their pages, the pages' pictures, the original, and converting again.

use actix_web::{HttpRequest, HttpResponse, web};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::files::{ImageQuery, send_original, send_page_image};
use super::scope::find_version;
use super::store::{CONVERT, enqueue_conversion};
use super::views::{PageView, VersionView};
use crate::auth::user_refs;
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::db::Db;
use crate::documents::Urgency;
use crate::entities::{VersionState, page};
use crate::error::{Code, Error, Result};
use crate::http::{ListQuery, Page, Principal, Problem, next_cursor};
use crate::ids::VersionId;
use crate::jobs::{self, Wake};

/// The pages of a version that are there so far.
#[utoipa::path(get, path = "/api/v1/versions/{id}/pages", tag = "library", params(VersionId, ListQuery), responses(
    (status = 200, body = Page<PageView>), (status = 404, body = Problem),
))]
pub async fn list_pages(
    principal: Principal,
    id: web::Path<VersionId>,
    query: web::Query<ListQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<PageView>>> {
    let (version, _) = find_version(db.read(), &principal, *id).await?;
    let mut select = page::Entity::find()
        .filter(page::Column::VersionId.eq(version.id))
        .order_by_asc(page::Column::Number)
        .limit(query.limit() + 1);
    if let Some(after) = query.position::<i32>()? {
        select = select.filter(page::Column::Number.gt(after));
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, query.limit(), |row| row.number)?;
    let items = rows.into_iter().map(PageView::from).collect();
    Ok(web::Json(Page { items, next_cursor }))
}

/// One page.
#[utoipa::path(get, path = "/api/v1/versions/{id}/pages/{n}", tag = "library",
    params(VersionId, ("n" = i32, Path, description = "From 1")), responses(
    (status = 200, body = PageView), (status = 404, body = Problem),
))]
pub async fn get_page(
    principal: Principal,
    path: web::Path<(VersionId, i32)>,
    db: web::Data<Db>,
) -> Result<web::Json<PageView>> {
    Ok(web::Json(find_page(&db, &principal, *path).await?.into()))
}

/// The picture of a page.
#[utoipa::path(get, path = "/api/v1/versions/{id}/pages/{n}/image", tag = "library",
    params(VersionId, ("n" = i32, Path, description = "From 1"), ImageQuery), responses(
    (status = 200, content_type = "image/webp", body = Vec<u8>), (status = 304), (status = 404, body = Problem),
))]
pub async fn get_page_image(
    principal: Principal,
    request: HttpRequest,
    path: web::Path<(VersionId, i32)>,
    query: web::Query<ImageQuery>,
    db: web::Data<Db>,
    blobs: web::Data<Blobs>,
) -> Result<HttpResponse> {
    let page = find_page(&db, &principal, *path).await?;
    send_page_image(&request, &blobs, &page, query.w).await
}

/// The original file, to be saved.
#[utoipa::path(get, path = "/api/v1/versions/{id}/file", tag = "library",
    params(VersionId, ("Range" = Option<String>, Header, description = "As in bytes=0-1023")), responses(
    (status = 200, content_type = "application/octet-stream", body = Vec<u8>),
    (status = 206, content_type = "application/octet-stream", body = Vec<u8>),
    (status = 304), (status = 404, body = Problem), (status = 416, body = Problem),
))]
pub async fn get_file(
    principal: Principal,
    request: HttpRequest,
    id: web::Path<VersionId>,
    db: web::Data<Db>,
    blobs: web::Data<Blobs>,
) -> Result<HttpResponse> {
    let (version, _) = find_version(db.read(), &principal, *id).await?;
    send_original(&request, &blobs, &version).await
}

/// Convert a version again. Pages that are there stay until new ones take their place, and the version stays ready
/// whatever comes of it; `GET /api/v1/jobs?subject=` tells how far it is and what went wrong.
#[utoipa::path(post, path = "/api/v1/versions/{id}/conversion", tag = "library", params(VersionId), responses(
    (status = 202, body = VersionView), (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn convert_again(
    principal: Principal,
    id: web::Path<VersionId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    wake: web::Data<Wake>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    let (version, _) = find_version(&tx, &principal, *id).await?;
    if jobs::is_open(&tx, CONVERT, version.id.0).await? {
        return Err(Error::new(
            Code::Conflict,
            "This version is waiting or being converted already.",
        ));
    }
    let version = match version.state {
        VersionState::Ready => version,
        _ => {
            let mut row = version.into_active_model();
            row.state = Set(VersionState::Queued);
            row.failure_code = Set(None);
            row.failure_detail = Set(None);
            row.update(&tx).await?
        }
    };
    enqueue_conversion(&tx, clock.now(), version.id, None, Urgency::Awaited).await?;
    tx.commit().await?;
    wake.wake();
    let mut people = user_refs(db.read(), version.created_by).await?;
    let creator = version.created_by.and_then(|id| people.remove(&id));
    Ok(HttpResponse::Accepted().json(VersionView::new(version, creator)))
}

async fn find_page(
    db: &Db,
    principal: &Principal,
    (id, number): (VersionId, i32),
) -> Result<page::Model> {
    let (version, _) = find_version(db.read(), principal, id).await?;
    page::Entity::find_by_id((version.id, number))
        .one(db.read())
        .await?
        .ok_or_else(|| Error::not_found("page"))
}
