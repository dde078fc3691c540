//! `POST /imports`: one file of one kind, as a form.

use actix_multipart::{Field, Multipart};
use actix_web::web;
use futures::TryStreamExt as _;

use super::{ImportKind, ImportReport, import};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::error::{Code, Error, Result};

/// The largest file; it is read into memory.
const FILE_LIMIT: u64 = 32 * 1024 * 1024;

/// The largest of the other parts.
const WORD_LIMIT: u64 = 64;

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
    let upload = Upload::read(parts, config.upload_limit.min(FILE_LIMIT)).await?;
    let tx = db.begin().await?;
    let report = import(&tx, upload.kind, upload.file, upload.dry_run, clock.now()).await?;
    if report.errors.is_empty() && !upload.dry_run {
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(web::Json(report))
}

struct Upload {
    file: Vec<u8>,
    kind: ImportKind,
    dry_run: bool,
}

impl Upload {
    async fn read(mut parts: Multipart, limit: u64) -> Result<Self> {
        let (mut file, mut kind, mut dry_run) = (None, None, None);
        while let Some(mut part) = parts.try_next().await.map_err(malformed)? {
            match part.name().unwrap_or_default().to_owned().as_str() {
                "file" => file = Some(bytes(&mut part, limit).await?),
                "kind" => kind = Some(word(&mut part).await?),
                "dry_run" => dry_run = Some(word(&mut part).await?),
                other => {
                    return Err(Error::field(other, "The form has no such part."));
                }
            }
        }
        let kind = kind.ok_or_else(|| Error::field("kind", "Say what the rows are."))?;
        Ok(Self {
            file: file.ok_or_else(|| Error::field("file", "Add the CSV file."))?,
            kind: kind
                .parse()
                .map_err(|reason| Error::field("kind", format!("The kind {reason}.")))?,
            dry_run: match dry_run.as_deref() {
                Some("true") => true,
                Some("false") | None => false,
                Some(_) => return Err(Error::field("dry_run", "Say true or false.")),
            },
        })
    }
}

async fn word(part: &mut Field) -> Result<String> {
    let bytes = bytes(part, WORD_LIMIT).await?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

async fn bytes(part: &mut Field, limit: u64) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    while let Some(some) = part.try_next().await.map_err(malformed)? {
        all.extend_from_slice(&some);
        if all.len() as u64 > limit {
            return Err(Error::new(
                Code::TooLarge,
                format!("This part may have {limit} bytes at the most; split the file."),
            ));
        }
    }
    Ok(all)
}

fn malformed(error: actix_multipart::MultipartError) -> Error {
    Error::new(
        Code::Malformed,
        format!("The form cannot be read: {error}."),
    )
}
