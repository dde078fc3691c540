//! The job of an import in the browser: looks an archive through, and later takes its files in.
//!
//! Both begin with taking the archive apart, so that the job needs nothing but the archive, on whichever node it runs. A
//! file that has come in is marked in the same transaction, so a repetition after a crash goes on behind it.

use std::collections::HashSet;
use std::sync::Arc;

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    QueryFilter as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::files::{Candidate, archive_limits, candidates, split_manifest, without_common_folder};
use super::rows::{ImportLine, Terms, carry_out, foresee};
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::documents::{Converter, FailureCode};
use crate::entities::{ImportState, content_import, import_row};
use crate::error::{Code, Error, Result};
use crate::ids::ImportId;
use crate::index::Index;
use crate::jobs::{self, Claim, Handler, NewJob, Wake, enqueue};
use crate::library::upload::incoming_dir;

/// The kind of the job.
pub const IMPORT: &str = "import";
const SUBJECT: &str = "content_import";
const ATTEMPTS: i32 = 5;
/// Behind what somebody waits for, before the conversions that it causes.
const PRIORITY: i32 = 5;
/// How many rows are written at once, and how often progress is told.
const ROWS: usize = 100;

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    import_id: ImportId,
}

/// What imports work with.
#[derive(Clone, Debug)]
pub struct Imports {
    config: Config,
    db: Db,
    blobs: Blobs,
    clock: Clock,
    converter: Converter,
    wake: Wake,
    index: Index,
}

/// Writes the job that does what is next of an import.
pub(super) async fn enqueue_import<C: ConnectionTrait>(
    tx: &C,
    now: chrono::DateTime<chrono::Utc>,
    id: ImportId,
) -> Result<()> {
    let job = NewJob {
        kind: IMPORT,
        subject: (SUBJECT, id.0),
        priority: PRIORITY,
        max_attempts: ATTEMPTS,
    };
    enqueue(tx, now, job, &Payload { import_id: id }).await?;
    Ok(())
}

/// Removes an archive, unless another import still needs it.
pub(super) async fn drop_archive(db: &Db, blobs: &Blobs, blob: &str) -> Result<()> {
    let needed = content_import::Entity::find()
        .filter(content_import::Column::Blob.eq(blob))
        .one(db.read())
        .await?;
    if needed.is_none() {
        blobs.remove(blob).await?;
    }
    Ok(())
}

impl Imports {
    /// Imports with these means.
    pub fn new(
        config: &Config,
        (db, blobs, clock): (Db, Blobs, Clock),
        converter: Converter,
        wake: Wake,
        index: Index,
    ) -> Self {
        Self {
            config: config.clone(),
            db,
            blobs,
            clock,
            converter,
            wake,
            index,
        }
    }

    /// What workers do for jobs of the kind [`IMPORT`].
    pub fn handler(self) -> Handler {
        let imports = Arc::new(self);
        Arc::new(move |claim| {
            let imports = Arc::clone(&imports);
            Box::pin(async move { imports.work(&claim).await })
        })
    }

    async fn work(&self, claim: &Claim) -> Result<(), jobs::Failure> {
        let payload: Payload = serde_json::from_value(claim.job.payload.clone())
            .map_err(|error| jobs::Failure::from(Error::internal(error)))?;
        let import = content_import::Entity::find_by_id(payload.import_id)
            .one(self.db.read())
            .await
            .map_err(Error::from)?;
        // What was cancelled meanwhile is not there any more.
        let Some(import) = import else {
            return Ok(());
        };
        let outcome = match import.state {
            ImportState::Checking => self.check(claim, &import).await,
            ImportState::Running => self.run(claim, &import).await,
            ImportState::Checked | ImportState::Done | ImportState::Failed => Ok(()),
        };
        let Err(error) = outcome else {
            return Ok(());
        };
        let theirs = error.code != Code::Internal;
        let mut failure = jobs::Failure::from(error);
        failure.retry = !theirs;
        if theirs || claim.job.attempts >= claim.job.max_attempts {
            if !theirs {
                FailureCode::Internal
                    .message()
                    .clone_into(&mut failure.detail);
            }
            self.give_up(claim, import, &failure).await?;
        }
        Err(failure)
    }

    /// Looks the archive through and writes what would become of each file.
    async fn check(&self, claim: &Claim, import: &content_import::Model) -> Result<()> {
        let (_folder, files) = self.unpack(import).await?;
        let terms = self.terms(import)?;
        let total = i32::try_from(files.len()).map_err(Error::internal)?;
        let mut number = 0;
        for some in files.chunks(ROWS) {
            let mut rows = Vec::new();
            for candidate in some {
                number += 1;
                let line = foresee(&self.db, &terms, candidate).await?;
                rows.push(row(import.id, number, line, false));
            }
            let tx = self.db.begin().await?;
            claim
                .progress(&tx, self.clock.now(), number, Some(total))
                .await?;
            upsert_rows(&tx, rows).await?;
            tx.commit().await?;
        }
        let tx = self.db.begin().await?;
        claim.guard(&tx, self.clock.now()).await?;
        content_import::ActiveModel {
            id: Set(import.id),
            state: Set(ImportState::Checked),
            row_count: Set(Some(total)),
            ..Default::default()
        }
        .update(&tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Takes in what has not come in yet.
    async fn run(&self, claim: &Claim, import: &content_import::Model) -> Result<()> {
        let (_folder, files) = self.unpack(import).await?;
        let terms = self.terms(import)?;
        let total = i32::try_from(files.len()).map_err(Error::internal)?;
        let done: HashSet<i32> = import_row::Entity::find()
            .select_only()
            .column(import_row::Column::Number)
            .filter(import_row::Column::ImportId.eq(import.id))
            .filter(import_row::Column::Done.eq(true))
            .into_tuple()
            .all(self.db.read())
            .await?
            .into_iter()
            .collect();
        for (number, candidate) in (1..).zip(&files) {
            if done.contains(&number) {
                continue;
            }
            let now = self.clock.now();
            carry_out(
                &self.db,
                &self.blobs,
                now,
                &terms,
                candidate,
                async |tx, line| {
                    claim.progress(tx, now, number, Some(total)).await?;
                    upsert_rows(tx, vec![row(import.id, number, line.clone(), true)]).await?;
                    content_import::ActiveModel {
                        id: Set(import.id),
                        rows_done: Set(number),
                        ..Default::default()
                    }
                    .update(tx)
                    .await?;
                    Ok(())
                },
            )
            .await?;
            self.wake.wake();
            self.index.wake();
        }
        let tx = self.db.begin().await?;
        claim.guard(&tx, self.clock.now()).await?;
        content_import::ActiveModel {
            id: Set(import.id),
            state: Set(ImportState::Done),
            rows_done: Set(total),
            blob: Set(None),
            finished_at: Set(Some(self.clock.now())),
            ..Default::default()
        }
        .update(&tx)
        .await?;
        tx.commit().await?;
        self.drop_archive_of(import).await
    }

    /// Takes the archive apart; the files are gone when the folder is dropped.
    async fn unpack(&self, import: &content_import::Model) -> Result<(TempDir, Vec<Candidate>)> {
        let blob = import
            .blob
            .as_deref()
            .ok_or_else(|| Error::internal("an import has lost its archive"))?;
        let folder = tempfile::Builder::new()
            .prefix("import-")
            .tempdir_in(incoming_dir(&self.config)?)?;
        let (archive, files) = (folder.path().join("archive"), folder.path().join("files"));
        std::fs::create_dir(&files)?;
        self.blobs.save(blob, &archive).await?;
        let limits = archive_limits(&self.config);
        let entries = self
            .converter
            .unpack(&archive, &files, limits)
            .await
            .map_err(|failure| match failure.code {
                FailureCode::Internal | FailureCode::Crashed => Error::internal(failure),
                _ => Error::new(Code::Damaged, failure.message()),
            })?;
        tokio::fs::remove_file(archive).await?;
        let (listed, entries) = split_manifest(without_common_folder(entries))?;
        Ok((folder, candidates(listed, entries)))
    }

    fn terms(&self, import: &content_import::Model) -> Result<Terms> {
        Ok(Terms {
            prefix: import.prefix.clone(),
            defaults: serde_json::from_value(import.defaults.clone()).map_err(Error::internal)?,
            owner: Some(import.owner_id),
            four_eyes: self.config.four_eyes,
            versions_wait: self.config.four_eyes,
            file_limit: self.config.upload_limit,
        })
    }

    async fn give_up(
        &self,
        claim: &Claim,
        import: content_import::Model,
        failure: &jobs::Failure,
    ) -> Result<()> {
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        claim.guard(&tx, now).await?;
        content_import::ActiveModel {
            id: Set(import.id),
            state: Set(ImportState::Failed),
            blob: Set(None),
            failure_code: Set(Some(failure.code.clone())),
            failure_detail: Set(Some(failure.detail.clone())),
            finished_at: Set(Some(now)),
            ..Default::default()
        }
        .update(&tx)
        .await?;
        tx.commit().await?;
        self.drop_archive_of(&import).await
    }

    async fn drop_archive_of(&self, import: &content_import::Model) -> Result<()> {
        match &import.blob {
            Some(blob) => drop_archive(&self.db, &self.blobs, blob).await,
            None => Ok(()),
        }
    }
}

fn row(id: ImportId, number: i32, line: ImportLine, done: bool) -> import_row::ActiveModel {
    import_row::ActiveModel {
        import_id: Set(id),
        number: Set(number),
        file: Set(line.file),
        outcome: Set(line.outcome),
        detail: Set(line.detail),
        asset_id: Set(line.asset_id),
        done: Set(done),
    }
}

async fn upsert_rows<C: ConnectionTrait>(tx: &C, rows: Vec<import_row::ActiveModel>) -> Result<()> {
    use import_row::Column;
    let key = OnConflict::columns([Column::ImportId, Column::Number])
        .update_columns([
            Column::File,
            Column::Outcome,
            Column::Detail,
            Column::AssetId,
            Column::Done,
        ])
        .to_owned();
    import_row::Entity::insert_many(rows)
        .on_conflict(key)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
