//! The PDF of a version: the original, if it is one; of Office files what the converter draws, made when somebody first
//! asks for it and kept.
//!
//! It is made in a job, because LibreOffice may take a minute; whoever waits asks again.

use std::path::PathBuf;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait as _, ConnectionTrait, EntityTrait as _, IntoActiveModel as _};
use serde::{Deserialize, Serialize};

use super::files::{Original, send_file};
use super::upload::incoming_dir;
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::documents::{Converter, Format, Urgency};
use crate::entities::{asset_version, version_pdf};
use crate::error::{Error, Result};
use crate::ids::VersionId;
use crate::jobs::{self, Claim, Handler, NewJob, enqueue};

/// The kind of the job that makes a PDF.
pub const MAKE_PDF: &str = "make_pdf";

/// How far the PDF of a version is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PdfState {
    /// It can be sent.
    Ready,
    /// It is being made; ask again in some seconds.
    InTheMaking,
    /// There is none, for this reason.
    Missing(String),
}

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    version_id: VersionId,
}

/// Whether files of this format can be given out as PDF.
pub fn becomes_pdf(format: &str) -> bool {
    Format::parse(format).is_some_and(|format| format == Format::Pdf || format.is_office())
}

/// How far the PDF of `version` is; if nobody has asked for it yet, the job that makes it is written.
pub async fn prepare_pdf(
    db: &Db,
    now: DateTime<Utc>,
    version: &asset_version::Model,
) -> Result<PdfState> {
    if Format::parse(&version.format) == Some(Format::Pdf) {
        return Ok(PdfState::Ready);
    }
    if !becomes_pdf(&version.format) {
        return Ok(PdfState::Missing(
            "There is no PDF of files of this kind.".to_owned(),
        ));
    }
    if let Some(made) = find(db.read(), version.id).await? {
        return Ok(match (made.blob, made.failure) {
            (Some(_), _) => PdfState::Ready,
            (None, failure) => PdfState::Missing(failure.unwrap_or_default()),
        });
    }
    let tx = db.begin().await?;
    if !jobs::is_open(&tx, MAKE_PDF, version.id.0).await? {
        let job = NewJob {
            kind: MAKE_PDF,
            subject: ("version", version.id.0),
            priority: jobs::AWAITED,
            max_attempts: 2,
        };
        let payload = Payload {
            version_id: version.id,
        };
        enqueue(&tx, now, job, &payload).await?;
        tx.commit().await?;
    }
    Ok(PdfState::InTheMaking)
}

/// Sends the PDF of a version for which [`prepare_pdf`] said that it is ready.
pub async fn send_pdf(
    request: &HttpRequest,
    db: &Db,
    blobs: &Blobs,
    version: &asset_version::Model,
) -> Result<HttpResponse> {
    let made = find(db.read(), version.id).await?;
    let Some((blob, byte_size)) = made.and_then(|made| Some((made.blob?, made.byte_size))) else {
        return super::files::send_original(request, blobs, version).await;
    };
    let stem = version.file_name.rsplit_once('.');
    let stem = stem.map_or(version.file_name.as_str(), |(stem, _)| stem);
    let file = Original {
        blob: &blob,
        byte_size,
        media_type: "application/pdf",
        file_name: &format!("{stem}.pdf"),
    };
    send_file(request, blobs, file).await
}

async fn find<C: ConnectionTrait>(
    db: &C,
    version: VersionId,
) -> Result<Option<version_pdf::Model>> {
    Ok(version_pdf::Entity::find_by_id(version).one(db).await?)
}

/// What makes PDFs.
#[derive(Clone, Debug)]
pub struct Pdfs {
    db: Db,
    blobs: Blobs,
    clock: Clock,
    converter: Converter,
    dir: PathBuf,
}

impl Pdfs {
    /// A maker of PDFs with these means.
    pub fn new(
        config: &Config,
        db: Db,
        blobs: Blobs,
        clock: Clock,
        converter: Converter,
    ) -> Result<Self> {
        Ok(Self {
            db,
            blobs,
            clock,
            converter,
            dir: incoming_dir(config)?,
        })
    }

    /// What workers do for jobs of the kind [`MAKE_PDF`].
    pub fn handler(self) -> Handler {
        let pdfs = Arc::new(self);
        Arc::new(move |claim| {
            let pdfs = Arc::clone(&pdfs);
            Box::pin(async move { Ok(pdfs.work(claim).await?) })
        })
    }

    async fn work(&self, claim: Claim) -> Result<()> {
        let payload: Payload =
            serde_json::from_value(claim.job.payload.clone()).map_err(Error::internal)?;
        let version = asset_version::Entity::find_by_id(payload.version_id)
            .one(self.db.read())
            .await?;
        let Some(version) = version else {
            return Ok(());
        };
        let dir = tempfile::Builder::new()
            .prefix("pdf-")
            .tempdir_in(&self.dir)?;
        let (input, folder) = (dir.path().join("original"), dir.path().join("made"));
        std::fs::create_dir(&folder)?;
        self.blobs.save(&version.blob, &input).await?;
        let made = self
            .converter
            .make_pdf(&input, &version.file_name, &folder, Urgency::Awaited)
            .await;
        let now = self.clock.now();
        let row = match made {
            Ok(path) => version_pdf::Model {
                version_id: version.id,
                byte_size: i64::try_from(tokio::fs::metadata(&path).await?.len())
                    .map_err(Error::internal)?,
                blob: Some(self.blobs.put_file(&path).await?),
                failure: None,
                created_at: now,
            },
            Err(failure) => {
                tracing::warn!(code = %failure.code, detail = failure.detail, "no PDF could be made");
                version_pdf::Model {
                    version_id: version.id,
                    blob: None,
                    byte_size: 0,
                    failure: Some("No PDF could be made of this file.".to_owned()),
                    created_at: now,
                }
            }
        };
        let tx = self.db.begin().await?;
        claim.guard(&tx, now).await?;
        version_pdf::Entity::insert(row.into_active_model().reset_all())
            .on_conflict(
                OnConflict::column(version_pdf::Column::VersionId)
                    .do_nothing()
                    .to_owned(),
            )
            .exec_without_returning(&tx)
            .await?;
        Ok(tx.commit().await?)
    }
}
