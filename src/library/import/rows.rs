//! One file of an import: what would become of it, and what becomes of it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait,
    DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use super::differing::not_applied;
use super::files::Candidate;
use super::manifest::Said;
use crate::blobs::{Blobs, hash_file};
use crate::db::Db;
use crate::documents::{Urgency, sniff};
use crate::entities::{AssetState, ImportOutcome, asset, asset_version, import_key, user};
use crate::error::{Error, Result};
use crate::ids::{AssetId, UserId};
use crate::library::current::must_wait;
use crate::library::metadata::Metadata;
use crate::library::steps::move_asset;
use crate::library::store::{add_version, check_new, create_asset, store_file};

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
    /// Whether a new version of what was approved is shown only after a second person has looked at it.
    pub(super) versions_wait: bool,
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
    /// It is known; whether the asset has a newer version meanwhile.
    Nothing(Box<asset::Model>, bool),
}

/// What would become of a file. Nothing is written.
pub(super) async fn foresee(db: &Db, terms: &Terms, candidate: &Candidate) -> Result<ImportLine> {
    let (path, said) = match &candidate.ready {
        Ok(ready) => ready,
        Err(why) => return Ok(refused(candidate, why.clone())),
    };
    let blob = match examine(path, &candidate.file, terms.file_limit).await? {
        Ok(blob) => blob,
        Err(why) => return Ok(refused(candidate, why)),
    };
    let db = db.read();
    let mut notes = Vec::new();
    let (outcome, asset) = match next_step(db, &terms.key(&candidate.file), &blob).await? {
        Step::Nothing(asset, is_old) => {
            notes.extend(is_old.then(|| "A newer version is there and stays".to_owned()));
            notes.extend(not_applied(db, said, &asset).await?);
            (ImportOutcome::Unchanged, Some(asset.id))
        }
        Step::Version(asset) => {
            notes.push(format!("Of \"{}\"", asset.title));
            let waits = must_wait(db, terms.versions_wait, &asset, terms.owner).await?;
            let sentence = "It is shown once a second person has approved it";
            notes.extend(waits.then(|| sentence.to_owned()));
            notes.extend(not_applied(db, said, &asset).await?);
            (ImportOutcome::NewVersion, Some(asset.id))
        }
        Step::Create => {
            let twin = twin_of(db, &blob).await?;
            notes
                .extend(twin.map(|twin| format!("The same file is already in \"{}\"", twin.title)));
            let new = planned(db, terms, said).await?;
            notes.extend(new.notes);
            if let Err(error) = check_new(db, &new.metadata, terms.owner).await {
                return Ok(refused(candidate, sentence_of(error)?));
            }
            (ImportOutcome::Created, None)
        }
    };
    Ok(ImportLine {
        file: candidate.file.clone(),
        outcome,
        detail: (!notes.is_empty()).then(|| notes.join(". ")),
        asset_id: asset,
    })
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
    if let (Ok((path, said)), ImportOutcome::Created | ImportOutcome::NewVersion) =
        (&candidate.ready, line.outcome)
    {
        match take_in(db, blobs, now, terms, candidate, (path, said)).await {
            Ok((tx, outcome, id)) => {
                line.outcome = outcome;
                line.asset_id = Some(id);
                also(&tx, &line).await?;
                tx.commit().await?;
                return Ok(line);
            }
            // What was foreseen a moment ago may have changed since. One row never stops the others.
            Err(error) => line = refused(candidate, sentence_of(error)?),
        }
    }
    let tx = db.begin().await?;
    also(&tx, &line).await?;
    tx.commit().await?;
    Ok(line)
}

/// Writes what a file becomes, in a transaction that is still open; where it fails, nothing of it is left.
async fn take_in(
    db: &Db,
    blobs: &Blobs,
    now: DateTime<Utc>,
    terms: &Terms,
    candidate: &Candidate,
    (path, said): (&Path, &Said),
) -> Result<(DatabaseTransaction, ImportOutcome, AssetId)> {
    let name = candidate.file.rsplit('/').next().unwrap_or_default();
    let file = store_file(blobs, path, name).await?;
    let (key, creator) = (terms.key(&candidate.file), terms.owner);
    let tx = db.begin().await?;
    // Asked again inside: another import of the same files may be at work.
    let (outcome, id) = match next_step(&tx, &key, file.blob()).await? {
        Step::Nothing(asset, _) => (ImportOutcome::Unchanged, asset.id),
        Step::Version(asset) => {
            let id = asset.id;
            add_version(&tx, now, *asset, file, creator, None, Urgency::Bulk).await?;
            (ImportOutcome::NewVersion, id)
        }
        Step::Create => {
            let new = planned(&tx, terms, said).await?;
            let urgency = Urgency::Bulk;
            let written = create_asset(&tx, now, new.metadata, file, creator, urgency).await?;
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
            (ImportOutcome::Created, id)
        }
    };
    Ok((tx, outcome, id))
}

fn refused(candidate: &Candidate, why: String) -> ImportLine {
    ImportLine {
        file: candidate.file.clone(),
        outcome: ImportOutcome::Refused,
        detail: Some(why),
        asset_id: None,
    }
}

/// What is wrong with a row, as a sentence for its line; a fault of ours is none of the row's.
fn sentence_of(error: Error) -> Result<String> {
    if !error.code.status().is_client_error() {
        return Err(error);
    }
    if error.fields.is_empty() {
        return Ok(error.detail);
    }
    let fields: Vec<String> = error.fields.into_iter().map(|field| field.detail).collect();
    Ok(fields.join(" "))
}

/// A new asset as it is to be.
struct Planned {
    metadata: Metadata,
    /// What else is to be known of it.
    notes: Vec<String>,
}

/// What becomes of the manifest's words under these terms.
async fn planned<C: ConnectionTrait>(db: &C, terms: &Terms, said: &Said) -> Result<Planned> {
    let (owner, note) = owner_of(db, said).await?;
    let mut notes: Vec<String> = note.into_iter().collect();
    let mut metadata = with_defaults(said.metadata.clone(), &terms.defaults);
    metadata.owner_id = owner.map(Some).or(metadata.owner_id);
    if terms.four_eyes && metadata.state == Some(AssetState::Approved) {
        metadata.state = Some(AssetState::InReview);
        notes.push("It waits for review: here a second person approves".to_owned());
    }
    Ok(Planned { metadata, notes })
}

/// The hash of a file, or why it cannot become an asset.
async fn examine(path: &Path, name: &str, limit: u64) -> Result<Result<String, String>> {
    let (path, name): (PathBuf, String) = (path.to_owned(), name.to_owned());
    tokio::task::spawn_blocking(move || {
        // Here a file of somebody's folder may be closed to us; that is its row's matter and no fault of ours.
        let file = match std::fs::File::open(&path) {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                return Ok(Err(format!("It cannot be read: {error}.")));
            }
            file => file?,
        };
        if file.metadata()?.len() > limit {
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

/// What a file of this key and content is to become. What the asset has had once does not come back by an import: the
/// folder may be older than what somebody has uploaded since.
async fn next_step<C: ConnectionTrait>(db: &C, key: &str, blob: &str) -> Result<Step> {
    let Some(known) = import_key::Entity::find_by_id(key).one(db).await? else {
        return Ok(Step::Create);
    };
    let Some(asset) = asset::Entity::find_by_id(known.asset_id).one(db).await? else {
        return Ok(Step::Create);
    };
    let asset = Box::new(asset);
    let versions = asset_version::Entity::find()
        .filter(asset_version::Column::AssetId.eq(asset.id))
        .order_by_desc(asset_version::Column::Number)
        .all(db)
        .await?;
    Ok(match versions.iter().position(|one| one.blob == blob) {
        Some(behind) => Step::Nothing(asset, behind > 0),
        None => Step::Version(asset),
    })
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
pub(super) async fn owner_of<C: ConnectionTrait>(
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
