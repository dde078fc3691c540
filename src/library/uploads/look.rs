//! What an upload is, before it becomes anything: its format, and whether the library has it already.

use std::path::PathBuf;

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::Serialize;

use super::place::Uploads;
use super::tus::{find_upload, tell_offset, whole_answer};
use crate::blobs::hash_file;
use crate::clock::Clock;
use crate::db::Db;
use crate::documents::sniff;
use crate::entities::{asset, asset_version, upload};
use crate::error::{Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::UploadId;
use crate::library::scope::visible_assets;
use crate::library::summaries::asset_summaries;
use crate::library::views::{AssetSummary, FailureView};

/// How many assets are named at the most.
const MOST_NAMED: u64 = 5;

/// A file on its way in.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct UploadView {
    /// The upload.
    pub id: UploadId,
    /// As its sender calls it.
    pub file_name: String,
    /// Of the whole file.
    pub byte_size: i64,
    /// How many bytes are on disk.
    pub offset: i64,
    /// When it is thrown away if nobody comes back.
    pub expires_at: DateTime<Utc>,
    /// What it is, once it is complete: `pdf`, `pptx`, ..., or `zip` for an archive to import.
    pub format: Option<String>,
    /// Why it cannot become an asset.
    pub refusal: Option<FailureView>,
    /// Where this very file is already.
    pub same_file: Vec<SameFile>,
    /// Assets whose file has this name, and other content.
    pub same_name: Vec<AssetSummary>,
}

/// A version that is this very file.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SameFile {
    /// The asset.
    pub asset: AssetSummary,
    /// The number of the version.
    pub version: i32,
    /// Whether that is what the asset shows.
    pub current: bool,
}

/// How far an upload has come, and what it is once it is complete. `HEAD` is the tus protocol's question for the offset.
#[utoipa::path(get, path = "/api/v1/uploads/{id}", tag = "uploads", params(UploadId), responses(
    (status = 200, body = UploadView, description = "`Upload-Offset`, `Upload-Length` and `Upload-Metadata` are said in headers too"),
    (status = 404, body = Problem), (status = 410, body = Problem),
))]
pub async fn get_upload(
    principal: Principal,
    request: HttpRequest,
    id: web::Path<UploadId>,
    uploads: web::Data<Uploads>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    if *request.method() == Method::HEAD {
        return tell_offset(&principal, *id, &uploads, &db, &clock).await;
    }
    let row = find_upload(db.read(), &uploads, &principal, *id, clock.now()).await?;
    let mut response = HttpResponse::Ok();
    whole_answer(&mut response, &row);
    let view = look(&db, &uploads, &principal, row).await?;
    Ok(response.json(view))
}

async fn look(
    db: &Db,
    uploads: &Uploads,
    principal: &Principal,
    row: upload::Model,
) -> Result<UploadView> {
    let mut view = UploadView {
        id: row.id,
        file_name: row.file_name.clone(),
        byte_size: row.byte_size,
        offset: row.received,
        expires_at: row.expires_at,
        format: None,
        refusal: None,
        same_file: Vec::new(),
        same_name: Vec::new(),
    };
    if row.received < row.byte_size {
        return Ok(view);
    }
    let path = uploads.path(row.id);
    match kind_of(path.clone(), row.file_name.clone()).await? {
        Ok(format) => view.format = Some(format),
        Err(refusal) => {
            view.refusal = Some(refusal);
            return Ok(view);
        }
    }
    let (name, blob) = (row.file_name.clone(), hash_of(db, row, path).await?);
    view.same_file = same_file(db.read(), principal, &blob).await?;
    view.same_name = same_name(db.read(), principal, &name, &view.same_file).await?;
    Ok(view)
}

/// The format, or why the file is none that can be used.
async fn kind_of(path: PathBuf, name: String) -> Result<Result<String, FailureView>> {
    tokio::task::spawn_blocking(move || {
        if crate::documents::is_archive(&path, &name) {
            return Ok("zip".to_owned());
        }
        let format = sniff(&path, &name).map(|format| format.as_str().to_owned());
        format.map_err(|failure| FailureView {
            code: failure.code.as_str().to_owned(),
            detail: failure.message().to_owned(),
        })
    })
    .await
    .map_err(Error::internal)
}

/// The hash of the file, taken once.
async fn hash_of(db: &Db, row: upload::Model, path: PathBuf) -> Result<String> {
    if let Some(blob) = row.blob {
        return Ok(blob);
    }
    let blob = tokio::task::spawn_blocking(move || hash_file(&path))
        .await
        .map_err(Error::internal)??;
    let tx = db.begin().await?;
    let mut row = row.into_active_model();
    row.blob = Set(Some(blob.clone()));
    row.update(&tx).await?;
    tx.commit().await?;
    Ok(blob)
}

/// The versions with these bytes that the principal may see, an asset once.
async fn same_file<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    blob: &str,
) -> Result<Vec<SameFile>> {
    let rows = asset_version::Entity::find()
        .filter(asset_version::Column::Blob.eq(blob))
        .filter(visible_assets(principal))
        .find_also_related(asset::Entity)
        .order_by_desc(asset_version::Column::Number)
        .limit(MOST_NAMED * 4)
        .all(db)
        .await?;
    let ids: Vec<_> = rows.iter().map(|(version, _)| version.asset_id).collect();
    let mut summaries = asset_summaries(db, &ids).await?;
    let found = rows.into_iter().filter_map(|(version, asset)| {
        Some(SameFile {
            asset: summaries.remove(&version.asset_id)?,
            version: version.number,
            current: asset?.current_version_id == Some(version.id),
        })
    });
    Ok(found
        .take(usize::try_from(MOST_NAMED).unwrap_or(usize::MAX))
        .collect())
}

/// Assets that show a file of this name and are not named already.
async fn same_name<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    name: &str,
    same_file: &[SameFile],
) -> Result<Vec<AssetSummary>> {
    let known: Vec<_> = same_file.iter().map(|same| same.asset.id).collect();
    let rows = asset_version::Entity::find()
        .filter(asset_version::Column::FileName.eq(name))
        .filter(asset_version::Column::AssetId.is_not_in(known))
        .filter(visible_assets(principal))
        .find_also_related(asset::Entity)
        .order_by_desc(asset_version::Column::Id)
        .limit(MOST_NAMED)
        .all(db)
        .await?;
    let shown = rows.into_iter().filter_map(|(version, asset)| {
        (asset?.current_version_id == Some(version.id)).then_some(version.asset_id)
    });
    let ids: Vec<_> = shown.collect();
    let mut summaries = asset_summaries(db, &ids).await?;
    Ok(ids.iter().filter_map(|id| summaries.remove(id)).collect())
}
