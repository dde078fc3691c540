//! The list of background work: what is being done, how far it is, what went wrong.

use std::collections::HashMap;

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store::SUBJECT;
use super::views::FailureView;
use crate::db::Db;
use crate::entities::{JobState, asset, asset_version, content_import, job};
use crate::error::Result;
use crate::http::{ListQuery, Page, next_cursor};
use crate::ids::{AssetId, ImportId, JobId, VersionId};
use crate::jobs;

/// Which jobs to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JobsQuery {
    /// Only those in this state.
    pub state: Option<JobState>,
    /// Only those about this row.
    pub subject: Option<Uuid>,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

/// A piece of background work.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct JobView {
    /// The job.
    pub id: JobId,
    /// What sort of work it is.
    pub kind: String,
    /// How far it has come.
    pub state: JobState,
    /// What it is about.
    pub subject: Option<JobSubject>,
    /// How far it has come, in steps.
    pub progress: JobProgress,
    /// How often it was tried.
    pub attempts: i32,
    /// What went wrong last.
    pub error: Option<FailureView>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// What a job is about.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct JobSubject {
    /// `asset_version`, for example.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// What people call it.
    pub title: String,
    /// The asset that it belongs to, if it belongs to one.
    pub asset_id: Option<AssetId>,
}

/// How far a job has come.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
pub struct JobProgress {
    /// Steps done.
    pub done: i32,
    /// All steps, once known.
    pub total: Option<i32>,
}

/// The jobs, newest first.
#[utoipa::path(get, path = "/api/v1/jobs", tag = "jobs", params(JobsQuery), responses(
    (status = 200, body = Page<JobView>),
))]
pub async fn list_jobs(
    query: web::Query<JobsQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<JobView>>> {
    let query = query.into_inner();
    let list = ListQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    let before = list.position::<JobId>()?;
    let limit = list.limit();
    let mut rows = jobs::list(db.read(), query.state, query.subject, before, limit + 1).await?;
    let next_cursor = next_cursor(&mut rows, limit, |row| row.id)?;
    let names = names(db.read(), &rows).await?;
    let items = rows
        .into_iter()
        .map(|row| {
            let named = names.get(&row.subject_id).cloned();
            view(row, named)
        })
        .collect();
    Ok(web::Json(Page { items, next_cursor }))
}

/// What a job is about, as people call it, and the asset that it belongs to.
type Named = (String, Option<AssetId>);

/// What the subjects are called, in three queries.
async fn names<C: ConnectionTrait>(db: &C, rows: &[job::Model]) -> Result<HashMap<Uuid, Named>> {
    let versions = rows
        .iter()
        .filter(|row| row.subject_kind == SUBJECT)
        .map(|row| VersionId(row.subject_id));
    let found = asset_version::Entity::find()
        .filter(asset_version::Column::Id.is_in(versions))
        .find_also_related(asset::Entity)
        .all(db)
        .await?;
    let assets = rows
        .iter()
        .filter(|row| row.subject_kind == "asset")
        .map(|row| AssetId(row.subject_id));
    let assets = asset::Entity::find()
        .filter(asset::Column::Id.is_in(assets))
        .all(db)
        .await?;
    let imports = rows
        .iter()
        .filter(|row| row.subject_kind == "content_import")
        .map(|row| ImportId(row.subject_id));
    let imports = content_import::Entity::find()
        .filter(content_import::Column::Id.is_in(imports))
        .all(db)
        .await?;
    let named = |asset: asset::Model| (asset.title, Some(asset.id));
    let imports = imports
        .into_iter()
        .map(|row| (row.id.0, (row.file_name, None)));
    let assets = assets.into_iter().map(|asset| (asset.id.0, named(asset)));
    Ok(found
        .into_iter()
        .filter_map(|(version, asset)| Some((version.id.0, named(asset?))))
        .chain(assets)
        .chain(imports)
        .collect())
}

fn view(row: job::Model, named: Option<Named>) -> JobView {
    let error = row.error_code.map(|code| FailureView {
        code,
        detail: row.error_detail.unwrap_or_default(),
    });
    JobView {
        id: row.id,
        kind: row.kind,
        state: row.state,
        subject: named.map(|(title, asset_id)| JobSubject {
            kind: row.subject_kind,
            id: row.subject_id,
            title,
            asset_id,
        }),
        progress: JobProgress {
            done: row.progress_done,
            total: row.progress_total,
        },
        attempts: row.attempts,
        error: error.filter(|_| row.state != JobState::Done),
        created_at: row.created_at,
        finished_at: row.finished_at,
    }
}
