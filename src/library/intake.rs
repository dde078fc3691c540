//! The file of a new asset or version, whichever way it came: in the form itself, or by an upload that is complete.

use std::path::{Path, PathBuf};

use actix_multipart::Multipart;
use actix_web::http::header;
use actix_web::{FromRequest as _, HttpRequest, web};
use futures::StreamExt as _;
use sea_orm::ConnectionTrait;
use tempfile::TempPath;

use super::metadata::Metadata;
use super::store::{StoredFile, store_file};
use super::upload::{METADATA_LIMIT, receive, too_large};
use super::uploads::{FromUpload, Uploads, forget, take};
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::error::{Code, Error, Result};
use crate::http::Principal;
use crate::ids::UploadId;

/// A file whose bytes are in the blob store, and what was said about it.
pub(super) struct NewFile {
    pub(super) file: StoredFile,
    pub(super) metadata: Metadata,
    pub(super) source: Source,
}

/// Where the file came from.
pub(super) enum Source {
    /// A form; the file is gone when this is dropped.
    Form(TempPath),
    /// An upload that was complete.
    Upload(UploadId, PathBuf),
}

impl Source {
    fn path(&self) -> &Path {
        match self {
            Self::Form(path) => path,
            Self::Upload(_, path) => path,
        }
    }

    /// Ends the upload, in the transaction that makes something of it.
    pub(super) async fn settle<C: ConnectionTrait>(&self, tx: &C) -> Result<()> {
        match self {
            Self::Form(_) => Ok(()),
            Self::Upload(id, _) => forget(tx, *id).await,
        }
    }

    /// Removes the file, once that has been committed.
    pub(super) async fn remove(self) {
        if let Self::Upload(_, path) = &self {
            // What cannot be removed now, the sweep takes.
            let _ = tokio::fs::remove_file(path).await;
        }
    }
}

/// Takes a file in: from a multipart form, or as JSON that names an upload.
pub(super) async fn take_in(
    principal: &Principal,
    request: &HttpRequest,
    body: web::Payload,
    (config, db, blobs, clock, uploads): (&Config, &Db, &Blobs, &Clock, &Uploads),
) -> Result<NewFile> {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (source, name, metadata) = if kind.starts_with("application/json") {
        let said = read_json(body).await?;
        let upload = take(db, uploads, principal, said.upload_id, clock.now()).await?;
        let size = tokio::fs::metadata(&upload.path).await?.len();
        if size > config.upload_limit {
            return Err(too_large(config.upload_limit));
        }
        let source = Source::Upload(upload.id, upload.path);
        (source, upload.name, said.metadata.checked()?)
    } else {
        let mut payload = body.into_inner();
        let form = Multipart::from_request(request, &mut payload)
            .await
            .map_err(|error| {
                Error::new(
                    Code::Malformed,
                    format!("Send a multipart form, or JSON: {error}"),
                )
            })?;
        let upload = receive(request, form, config).await?;
        let source = Source::Form(upload.file.path);
        (source, upload.file.name, upload.metadata)
    };
    let file = store_file(blobs, source.path(), &name).await?;
    Ok(NewFile {
        file,
        metadata,
        source,
    })
}

async fn read_json(mut body: web::Payload) -> Result<FromUpload> {
    let mut text = Vec::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| Error::new(Code::Malformed, error.to_string()))?;
        text.extend_from_slice(&chunk);
        if text.len() > METADATA_LIMIT {
            return Err(Error::new(
                Code::TooLarge,
                format!("The body may have {METADATA_LIMIT} bytes at the most."),
            ));
        }
    }
    serde_json::from_slice(&text).map_err(|error| {
        Error::new(
            Code::Malformed,
            format!("The JSON body is not as expected: {error}"),
        )
    })
}
