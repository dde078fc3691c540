//! `POST /imports`: one file of one kind, as a form.

use actix_multipart::Multipart;
use actix_web::web;

use super::{ImportKind, ImportReport, import};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::http::Form;

/// The largest file; it is read into memory.
const FILE_LIMIT: u64 = 32 * 1024 * 1024;

/// The form's parts.
#[derive(Debug, utoipa::ToSchema)]
#[allow(
    dead_code,
    reason = "describes the form; its parts are read one by one"
)]
pub struct ImportForm {
    /// A CSV file: UTF-8, a header line, commas, semicolons or tabs between the cells.
    #[schema(value_type = String, format = Binary)]
    pub file: Vec<u8>,
    /// What its rows are.
    pub kind: ImportKind,
    /// `true` to see what would happen; nothing is written.
    pub dry_run: Option<bool>,
}

/// Imports a file, or shows what would become of it. With one wrong row, nothing of it is written.
#[utoipa::path(post, path = "/api/v1/imports", tag = "imports",
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 200, body = ImportReport, description = "What became of the file; with errors, nothing was written")),
)]
pub async fn import_file(
    parts: Multipart,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    config: web::Data<Config>,
) -> Result<web::Json<ImportReport>> {
    let limit = config.upload_limit.min(FILE_LIMIT);
    let mut form = Form::read(parts, limit, &["kind", "dry_run"]).await?;
    let kind = form
        .word("kind")
        .ok_or_else(|| Error::field("kind", "Say what the rows are."))?
        .parse()
        .map_err(|reason| Error::field("kind", format!("The kind {reason}.")))?;
    let dry_run = form.flag("dry_run")?;
    let tx = db.begin().await?;
    let report = import(&tx, kind, form.file()?, dry_run, clock.now()).await?;
    if report.errors.is_empty() && !dry_run {
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(web::Json(report))
}
