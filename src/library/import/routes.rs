//! Imports in the browser: hand an uploaded archive in, read the report, let it begin.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, ModelTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};

use super::job::{drop_archive, enqueue_import};
use crate::auth::{UserRef, user_refs};
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::db::Db;
use crate::documents::is_archive;
use crate::entities::{ImportOutcome, ImportState, content_import, import_row};
use crate::error::{Code, Error, Result};
use crate::http::{ListQuery, Page, Principal, Problem, next_cursor};
use crate::ids::{AssetId, ImportId, UploadId};
use crate::jobs::Wake;
use crate::library::metadata::Metadata;
use crate::library::uploads::{Uploads, forget, take};
use crate::library::views::FailureView;

const LONGEST_PREFIX: usize = 100;

/// An archive to import.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewImport {
    /// The upload of the ZIP archive; it must be complete.
    pub upload_id: UploadId,
    /// Stands before every path, so that two archives with the same names do not meet.
    #[serde(default)]
    pub prefix: String,
    /// Said of every file that the manifest does not say otherwise of.
    #[serde(default)]
    pub defaults: Metadata,
}

/// How many files had which outcome, or would have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ImportCounts {
    /// New assets.
    pub created: i64,
    /// Further versions.
    pub new_version: i64,
    /// Known as they are.
    pub unchanged: i64,
    /// Not taken in.
    pub refused: i64,
}

/// An import.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ImportView {
    /// The import.
    pub id: ImportId,
    /// The archive.
    pub file_name: String,
    /// Stands before every path.
    pub prefix: String,
    /// Looked through, waiting for its go, at work, at its end.
    pub state: ImportState,
    /// Who began it.
    pub owner: Option<UserRef>,
    /// Files in it, once known.
    pub row_count: Option<i32>,
    /// Files that have been taken in or refused.
    pub rows_done: i32,
    /// What became of them, or would.
    pub counts: ImportCounts,
    /// Why it could not go on.
    pub failure: Option<FailureView>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// One file of an import.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ImportRowView {
    /// From 1, in the order of the manifest or of the archive.
    pub number: i32,
    /// Its path.
    pub file: String,
    /// What became of it, or would.
    pub outcome: ImportOutcome,
    /// Why it was refused, or what else is to be known.
    pub detail: Option<String>,
    /// What it became, or would become a version of.
    pub asset_id: Option<AssetId>,
    /// Whether it has happened.
    pub done: bool,
}

/// Which files of an import to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportRowsQuery {
    /// Only those with this outcome.
    pub outcome: Option<ImportOutcome>,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

/// Hand a ZIP archive in. It is looked through in the background; nothing comes in before `start`.
#[utoipa::path(post, path = "/api/v1/content-imports", tag = "imports", request_body = NewImport, responses(
    (status = 202, body = ImportView), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 410, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
))]
pub async fn create_import(
    principal: Principal,
    body: web::Json<NewImport>,
    uploads: web::Data<Uploads>,
    db: web::Data<Db>,
    blobs: web::Data<Blobs>,
    clock: web::Data<Clock>,
    wake: web::Data<Wake>,
) -> Result<HttpResponse> {
    let body = body.into_inner();
    let prefix = body.prefix.trim().trim_matches('/').to_owned();
    if prefix.chars().count() > LONGEST_PREFIX || prefix.chars().any(char::is_control) {
        return Err(Error::field(
            "prefix",
            format!("A prefix has {LONGEST_PREFIX} characters at the most."),
        ));
    }
    let defaults = body.defaults.checked()?;
    let now = clock.now();
    let upload = take(&db, &uploads, &principal, body.upload_id, now).await?;
    let (path, name) = (upload.path.clone(), upload.name.clone());
    let archive = tokio::task::spawn_blocking(move || is_archive(&path, &name))
        .await
        .map_err(Error::internal)?;
    if !archive {
        return Err(Error::new(
            Code::UnsupportedFile,
            "Only ZIP archives can be imported.",
        ));
    }
    let blob = blobs.put_file(&upload.path).await?;
    let tx = db.begin().await?;
    forget(&tx, upload.id).await?;
    let import = content_import::ActiveModel {
        id: Set(ImportId::new(now)),
        owner_id: Set(principal.user_id),
        file_name: Set(upload.name),
        prefix: Set(prefix),
        defaults: Set(serde_json::to_value(defaults).map_err(Error::internal)?),
        blob: Set(Some(blob)),
        state: Set(ImportState::Checking),
        row_count: Set(None),
        rows_done: Set(0),
        failure_code: Set(None),
        failure_detail: Set(None),
        created_at: Set(now),
        finished_at: Set(None),
    }
    .insert(&tx)
    .await?;
    enqueue_import(&tx, now, import.id).await?;
    tx.commit().await?;
    let _ = tokio::fs::remove_file(upload.path).await;
    wake.wake();
    Ok(HttpResponse::Accepted().json(one_view(&db, import).await?))
}

/// The imports, newest first.
#[utoipa::path(get, path = "/api/v1/content-imports", tag = "imports", params(ListQuery), responses(
    (status = 200, body = Page<ImportView>),
))]
pub async fn list_imports(
    query: web::Query<ListQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<ImportView>>> {
    let mut select = content_import::Entity::find()
        .order_by_desc(content_import::Column::Id)
        .limit(query.limit() + 1);
    if let Some(before) = query.position::<ImportId>()? {
        select = select.filter(content_import::Column::Id.lt(before));
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, query.limit(), |row| row.id)?;
    let items = views(db.read(), rows).await?;
    Ok(web::Json(Page { items, next_cursor }))
}

/// An import: how far it has come.
#[utoipa::path(get, path = "/api/v1/content-imports/{id}", tag = "imports", params(ImportId), responses(
    (status = 200, body = ImportView), (status = 404, body = Problem),
))]
pub async fn get_import(
    id: web::Path<ImportId>,
    db: web::Data<Db>,
) -> Result<web::Json<ImportView>> {
    let import = find_import(db.read(), *id).await?;
    Ok(web::Json(one_view(&db, import).await?))
}

/// The files of an import: what became of each, or would.
#[utoipa::path(get, path = "/api/v1/content-imports/{id}/rows", tag = "imports", params(ImportId, ImportRowsQuery),
    responses((status = 200, body = Page<ImportRowView>), (status = 404, body = Problem)))]
pub async fn list_import_rows(
    id: web::Path<ImportId>,
    query: web::Query<ImportRowsQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<ImportRowView>>> {
    let query = query.into_inner();
    let list = ListQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    find_import(db.read(), *id).await?;
    let mut select = import_row::Entity::find()
        .filter(import_row::Column::ImportId.eq(*id))
        .order_by_asc(import_row::Column::Number)
        .limit(list.limit() + 1);
    if let Some(outcome) = query.outcome {
        select = select.filter(import_row::Column::Outcome.eq(outcome));
    }
    if let Some(after) = list.position::<i32>()? {
        select = select.filter(import_row::Column::Number.gt(after));
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, list.limit(), |row| row.number)?;
    let items = rows
        .into_iter()
        .map(|row| ImportRowView {
            number: row.number,
            file: row.file,
            outcome: row.outcome,
            detail: row.detail,
            asset_id: row.asset_id,
            done: row.done,
        })
        .collect();
    Ok(web::Json(Page { items, next_cursor }))
}

/// Let the files of an import come in.
#[utoipa::path(post, path = "/api/v1/content-imports/{id}/start", tag = "imports", params(ImportId), responses(
    (status = 202, body = ImportView), (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn start_import(
    id: web::Path<ImportId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    wake: web::Data<Wake>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    let import = find_import(&tx, *id).await?;
    require_checked(&import)?;
    let mut row = import.into_active_model();
    row.state = Set(ImportState::Running);
    let import = row.update(&tx).await?;
    enqueue_import(&tx, clock.now(), import.id).await?;
    tx.commit().await?;
    wake.wake();
    Ok(HttpResponse::Accepted().json(one_view(&db, import).await?))
}

/// Give an import up before its files come in.
#[utoipa::path(delete, path = "/api/v1/content-imports/{id}", tag = "imports", params(ImportId), responses(
    (status = 204), (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn cancel_import(
    id: web::Path<ImportId>,
    db: web::Data<Db>,
    blobs: web::Data<Blobs>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    let import = find_import(&tx, *id).await?;
    if import.state != ImportState::Checking {
        require_checked(&import)?;
    }
    let blob = import.blob.clone();
    import.delete(&tx).await?;
    tx.commit().await?;
    if let Some(blob) = blob {
        drop_archive(&db, &blobs, &blob).await?;
    }
    Ok(HttpResponse::NoContent().finish())
}

fn require_checked(import: &content_import::Model) -> Result<()> {
    let why = match import.state {
        ImportState::Checked => return Ok(()),
        ImportState::Checking => "It is still being looked through.",
        ImportState::Running => "Its files are coming in already.",
        ImportState::Done | ImportState::Failed => "It is over.",
    };
    Err(Error::new(Code::Conflict, why))
}

async fn find_import<C: ConnectionTrait>(db: &C, id: ImportId) -> Result<content_import::Model> {
    content_import::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("import"))
}

async fn one_view(db: &Db, import: content_import::Model) -> Result<ImportView> {
    let mut views = views(db.read(), vec![import]).await?;
    views.pop().ok_or_else(|| Error::not_found("import"))
}

async fn views<C: ConnectionTrait>(
    db: &C,
    imports: Vec<content_import::Model>,
) -> Result<Vec<ImportView>> {
    let ids = imports.iter().map(|import| import.id);
    let counted: Vec<(ImportId, ImportOutcome, i64)> = import_row::Entity::find()
        .select_only()
        .column(import_row::Column::ImportId)
        .column(import_row::Column::Outcome)
        .column_as(import_row::Column::Number.count(), "files")
        .filter(import_row::Column::ImportId.is_in(ids))
        .group_by(import_row::Column::ImportId)
        .group_by(import_row::Column::Outcome)
        .into_tuple()
        .all(db)
        .await?;
    let mut counts: HashMap<ImportId, ImportCounts> = HashMap::new();
    for (id, outcome, files) in counted {
        let counts = counts.entry(id).or_default();
        *match outcome {
            ImportOutcome::Created => &mut counts.created,
            ImportOutcome::NewVersion => &mut counts.new_version,
            ImportOutcome::Unchanged => &mut counts.unchanged,
            ImportOutcome::Refused => &mut counts.refused,
        } = files;
    }
    let people = user_refs(db, imports.iter().map(|import| import.owner_id)).await?;
    Ok(imports
        .into_iter()
        .map(|import| ImportView {
            counts: counts.get(&import.id).copied().unwrap_or_default(),
            owner: people.get(&import.owner_id).cloned(),
            failure: import.failure_code.map(|code| FailureView {
                code,
                detail: import.failure_detail.unwrap_or_default(),
            }),
            id: import.id,
            file_name: import.file_name,
            prefix: import.prefix,
            state: import.state,
            row_count: import.row_count,
            rows_done: import.rows_done,
            created_at: import.created_at,
            finished_at: import.finished_at,
        })
        .collect())
}
