//! One file of an import: what would become of it, and what becomes of it.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait,
    DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::files::Candidate;
use super::manifest::Said;
use crate::blobs::{Blobs, hash_file};
use crate::db::Db;
use crate::documents::{Urgency, sniff};
use crate::entities::{AssetState, ImportOutcome, asset, asset_version, import_key, user};
use crate::error::{Error, Result};
use crate::ids::{AssetId, UserId};
use crate::library::metadata::Metadata;
use crate::library::steps::move_asset;
use crate::library::store::{add_version, create_asset, store_file};

/// A line of the report.
#[derive(Clone, Debug)]
pub struct ImportLine {
    /// The file's path.
    pub file: String,
    /// What became of it, or would.
    pub outcome: ImportOutcome,
    /// Why it was refused, or what else is to be known.
    pub detail: Option<String>,
    /// What it became, or would become a version of.
    pub asset_id: Option<AssetId>,
}

/// What all files of an import have in common.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    /// Stands before every path.
    pub(super) prefix: String,
    /// Said of every file that the manifest does not say otherwise of.
    pub(super) defaults: Metadata,
    /// Who looks after what comes in.
    pub(super) owner: Option<UserId>,
    /// Whether nothing comes in approved, because a second person must look at it.
    pub(super) four_eyes: bool,
    /// The largest file, in bytes.
    pub(super) file_limit: u64,
}

impl Terms {
    fn key(&self, file: &str) -> String {
        match self.prefix.as_str() {
            "" => file.to_owned(),
            prefix => format!("{prefix}/{file}"),
        }
    }
}

/// What a file is to become.
enum Step {
    Create,
    Version(Box<asset::Model>),
    Nothing(AssetId),
}

/// What would become of a file. Nothing is written.
pub(super) async fn foresee(db: &Db, terms: &Terms, candidate: &Candidate) -> Result<ImportLine> {
    let line = |outcome, detail, asset_id| ImportLine {
        file: candidate.file.clone(),
        outcome,
        detail,
        asset_id,
    };
    let (path, _) = match &candidate.ready {
        Ok(ready) => ready,
        Err(why) => return Ok(line(ImportOutcome::Refused, Some(why.clone()), None)),
    };
    let blob = match examine(path, &candidate.file, terms.file_limit).await? {
        Ok(blob) => blob,
        Err(why) => return Ok(line(ImportOutcome::Refused, Some(why), None)),
    };
    Ok(
        match next_step(db.read(), &terms.key(&candidate.file), &blob).await? {
            Step::Nothing(id) => line(ImportOutcome::Unchanged, None, Some(id)),
            Step::Version(asset) => {
                let detail = format!("Of \"{}\"", asset.title);
                line(ImportOutcome::NewVersion, Some(detail), Some(asset.id))
            }
            Step::Create => {
                let twin = twin_of(db.read(), &blob).await?;
                let detail =
                    twin.map(|twin| format!("The same file is already in \"{}\"", twin.title));
                line(ImportOutcome::Created, detail, None)
            }
        },
    )
}

/// Takes a file in. `also` is done in the same transaction, with the line as it will be.
pub(super) async fn carry_out<F>(
    db: &Db,
    blobs: &Blobs,
    now: DateTime<Utc>,
    terms: &Terms,
    candidate: &Candidate,
    also: F,
) -> Result<ImportLine>
where
    F: AsyncFnOnce(&DatabaseTransaction, &ImportLine) -> Result<()>,
{
    let mut line = foresee(db, terms, candidate).await?;
    let ready = match (&candidate.ready, line.outcome) {
        (Ok(ready), ImportOutcome::Created | ImportOutcome::NewVersion) => Some(ready),
        _ => None,
    };
    let Some((path, said)) = ready else {
        let tx = db.begin().await?;
        also(&tx, &line).await?;
        tx.commit().await?;
        return Ok(line);
    };
    let name = candidate.file.rsplit('/').next().unwrap_or_default();
    let file = store_file(blobs, path, name).await?;
    let key = terms.key(&candidate.file);
    let tx = db.begin().await?;
    // Asked again inside: another import of the same files may be at work.
    match next_step(&tx, &key, file.blob()).await? {
        Step::Nothing(id) => {
            line.outcome = ImportOutcome::Unchanged;
            line.asset_id = Some(id);
        }
        Step::Version(asset) => {
            let id = asset.id;
            let owner = terms.owner;
            add_version(&tx, now, *asset, file, owner, None, Urgency::Bulk).await?;
            line.outcome = ImportOutcome::NewVersion;
            line.asset_id = Some(id);
        }
        Step::Create => {
            let (owner, note) = owner_of(&tx, said).await?;
            line.detail = line.detail.or(note);
            let mut metadata = with_defaults(said.metadata.clone(), &terms.defaults);
            metadata.owner_id = owner.map(Some).or(metadata.owner_id);
            if terms.four_eyes && metadata.state == Some(AssetState::Approved) {
                metadata.state = Some(AssetState::InReview);
                let sentence = "It waits for review: here a second person approves".to_owned();
                line.detail = line.detail.or(Some(sentence));
            }
            let creator = terms.owner;
            let written = create_asset(&tx, now, metadata, file, creator, Urgency::Bulk).await?;
            let id = written.asset.id;
            if let Some(state) = said.over.filter(|_| !terms.four_eyes) {
                move_asset(&tx, now, written.asset, state).await?;
            }
            import_key::ActiveModel {
                import_key: Set(key),
                asset_id: Set(id),
            }
            .insert(&tx)
            .await?;
            line.outcome = ImportOutcome::Created;
            line.asset_id = Some(id);
        }
    }
    also(&tx, &line).await?;
    tx.commit().await?;
    Ok(line)
}

/// The hash of a file, or why it cannot become an asset.
async fn examine(path: &Path, name: &str, limit: u64) -> Result<Result<String, String>> {
    let (path, name): (PathBuf, String) = (path.to_owned(), name.to_owned());
    tokio::task::spawn_blocking(move || {
        if std::fs::metadata(&path)?.len() > limit {
            let megabytes = limit / (1024 * 1024);
            return Ok(Err(format!(
                "It is larger than the {megabytes} MB that are accepted."
            )));
        }
        match sniff(&path, &name) {
            Ok(_) => Ok(Ok(hash_file(&path)?)),
            Err(failure) => Ok(Err(failure.message().to_owned())),
        }
    })
    .await
    .map_err(Error::internal)?
}

/// What a file of this key and content is to become.
async fn next_step<C: ConnectionTrait>(db: &C, key: &str, blob: &str) -> Result<Step> {
    let Some(known) = import_key::Entity::find_by_id(key).one(db).await? else {
        return Ok(Step::Create);
    };
    let newest = asset_version::Entity::find()
        .filter(asset_version::Column::AssetId.eq(known.asset_id))
        .order_by_desc(asset_version::Column::Number)
        .limit(1)
        .one(db)
        .await?;
    if newest.is_some_and(|version| version.blob == blob) {
        return Ok(Step::Nothing(known.asset_id));
    }
    let asset = asset::Entity::find_by_id(known.asset_id).one(db).await?;
    Ok(asset.map_or(Step::Create, |asset| Step::Version(Box::new(asset))))
}

/// An asset that shows this very file.
async fn twin_of<C: ConnectionTrait>(db: &C, blob: &str) -> Result<Option<asset::Model>> {
    let found = asset_version::Entity::find()
        .filter(asset_version::Column::Blob.eq(blob))
        .find_also_related(asset::Entity)
        .one(db)
        .await?;
    Ok(found.and_then(|(_, asset)| asset))
}

/// Who looks after a file, if the manifest names a user who is there; a note if it names nobody.
async fn owner_of<C: ConnectionTrait>(
    tx: &C,
    said: &Said,
) -> Result<(Option<UserId>, Option<String>)> {
    let Some(email) = &said.owner else {
        return Ok((None, None));
    };
    let found = user::Entity::find()
        .filter(user::Column::Email.eq(email.trim().to_lowercase()))
        .filter(user::Column::Active.eq(true))
        .one(tx)
        .await?;
    Ok(match found {
        Some(user) => (Some(user.id), None),
        None => (
            None,
            Some(format!("There is no active user {email} to own it")),
        ),
    })
}

/// What the manifest says, and where it says nothing, what is said of all.
fn with_defaults(said: Metadata, defaults: &Metadata) -> Metadata {
    let facets = match (said.facets, defaults.facets.clone()) {
        (Some(said), Some(defaults)) => Some(said.or(defaults)),
        (said, defaults) => said.or(defaults),
    };
    let defaults = defaults.clone();
    Metadata {
        title: said.title,
        description: said.description.or(defaults.description),
        kind: said.kind.or(defaults.kind),
        language: said.language.or(defaults.language),
        internal_only: said.internal_only.or(defaults.internal_only),
        state: said.state.or(defaults.state),
        facets,
        review_by: said.review_by.or(defaults.review_by),
        expires_at: said.expires_at.or(defaults.expires_at),
        // Written down, "not said" and "nobody" are the same.
        owner_id: said.owner_id.or(defaults.owner_id.filter(Option::is_some)),
        change_note: said.change_note.or(defaults.change_note),
    }
}
