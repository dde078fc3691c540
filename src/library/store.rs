//! New collateral: a file becomes a blob, and its rows are written in one transaction with the job that converts it.
//!
//! Uploads, the demo and bulk imports all come through here.

use std::path::Path;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
};
use serde::{Deserialize, Serialize};

use super::metadata::{Metadata, clipped_title};
use super::steps::begin_life;
use super::views::Facets;
use super::vocabulary::{check_words, settle};
use crate::blobs::{Blobs, Hash};
use crate::db::{Db, append_change};
use crate::documents::{Failure, FailureCode, Format, Urgency, sniff};
use crate::entities::{
    AssetKind, AssetState, Facet, VersionState, asset, asset_facet, asset_version, user,
};
use crate::error::{Code, Error, Result};
use crate::ids::{AssetId, UserId, VersionId};
use crate::jobs::{self, NewJob, enqueue};

/// The kind of the job that makes pages of a version.
pub const CONVERT: &str = "convert";
/// What such a job is about.
pub(super) const SUBJECT: &str = "asset_version";
const ATTEMPTS: i32 = 3;

/// A file whose bytes are in the blob store.
pub(super) struct StoredFile {
    name: String,
    format: Format,
    byte_size: i64,
    blob: Hash,
    /// What it changed, if it is a further version and somebody said so.
    pub(super) change_note: Option<String>,
}

impl StoredFile {
    /// The address of its bytes.
    pub(super) fn blob(&self) -> &Hash {
        &self.blob
    }
}

/// An asset as it was written, and the entry of the change log that says so.
#[derive(Debug)]
pub struct Written {
    /// The row.
    pub asset: asset::Model,
    /// What a search must have seen to see it.
    pub seq: i64,
}

/// What the conversion needs to know beyond the version.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ConvertPayload {
    /// The version.
    pub(super) version_id: VersionId,
    /// A title made from the file's name; the document's own is better, if nobody has set another meanwhile.
    pub(super) provisional_title: Option<String>,
}

/// Adds the file at `path` as a new asset and leaves its conversion to a worker, behind everything that somebody waits
/// for. For the command line: what was said about the asset is checked as an upload's is.
pub async fn ingest_file(
    db: &Db,
    blobs: &Blobs,
    now: DateTime<Utc>,
    path: &Path,
    metadata: Metadata,
    owner: Option<UserId>,
) -> Result<AssetId> {
    let metadata = metadata.checked()?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let file = store_file(blobs, path, &name).await?;
    let tx = db.begin().await?;
    let written = create_asset(&tx, now, metadata, file, owner, Urgency::Bulk).await?;
    tx.commit().await?;
    Ok(written.asset.id)
}

/// Adds the file at `path` as the next version of an asset, likewise.
pub async fn ingest_version(
    db: &Db,
    blobs: &Blobs,
    now: DateTime<Utc>,
    (asset, owner): (AssetId, Option<UserId>),
    path: &Path,
    change_note: &str,
) -> Result<()> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut file = store_file(blobs, path, &name).await?;
    file.change_note = Some(change_note.to_owned()).filter(|note| !note.is_empty());
    let tx = db.begin().await?;
    let asset = asset::Entity::find_by_id(asset)
        .one(&tx)
        .await?
        .ok_or_else(|| Error::not_found("asset"))?;
    add_version(&tx, now, asset, file, owner, None, Urgency::Bulk).await?;
    Ok(tx.commit().await?)
}

/// Looks what the file is and puts its bytes into the blob store.
pub(super) async fn store_file(blobs: &Blobs, path: &Path, name: &str) -> Result<StoredFile> {
    let (sniffed, sniffed_name) = (path.to_owned(), name.to_owned());
    let format = tokio::task::spawn_blocking(move || sniff(&sniffed, &sniffed_name))
        .await
        .map_err(Error::internal)?
        .map_err(refusal)?;
    let length = tokio::fs::metadata(path).await?.len();
    Ok(StoredFile {
        name: name.to_owned(),
        format,
        byte_size: i64::try_from(length).map_err(Error::internal)?,
        blob: blobs.put_file(path).await?,
        change_note: None,
    })
}

/// Whether [`create_asset`] would refuse what is said; if so, why. Nothing is written.
pub(super) async fn check_new<C: ConnectionTrait>(
    db: &C,
    metadata: &Metadata,
    creator: Option<UserId>,
) -> Result<()> {
    starting_state(metadata.state)?;
    check_new_owner(db, metadata, creator).await?;
    let Some(facets) = metadata.facets.clone() else {
        return Ok(());
    };
    let none = Facets::default();
    check_words(db, &facets.applied_to(none.clone()), &none).await
}

/// Writes a new asset with its first version.
pub(super) async fn create_asset<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    metadata: Metadata,
    file: StoredFile,
    owner: Option<UserId>,
    urgency: Urgency,
) -> Result<Written> {
    let id = AssetId::new(now);
    let creator = owner;
    let owner = metadata.owner_id.unwrap_or(creator);
    check_new_owner(tx, &metadata, creator).await?;
    let provisional_title = match &metadata.title {
        Some(_) => None,
        None => Some(title_of_file(&file.name)),
    };
    let title = metadata.title.clone().or_else(|| provisional_title.clone());
    let kind = metadata
        .kind
        .unwrap_or_else(|| guess_kind(&file.name, file.format));
    let asset = asset::ActiveModel {
        id: Set(id),
        title: Set(title.unwrap_or_default()),
        description: Set(metadata.description.clone().unwrap_or_default()),
        kind: Set(kind),
        state: Set(starting_state(metadata.state)?),
        internal_only: Set(metadata.internal_only.unwrap_or(false)),
        language: Set(metadata.language.clone().flatten()),
        owner_id: Set(owner),
        current_version_id: Set(None),
        review_by: Set(metadata.review_by.flatten()),
        expires_at: Set(metadata.expires_at.flatten()),
        revision: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
    }
    .insert(tx)
    .await?;
    if let Some(facets) = metadata.facets {
        let none = Facets::default();
        let facets = settle(tx, facets.applied_to(none.clone()), &none).await?;
        write_facets(tx, id, &facets).await?;
    }
    begin_life(tx, now, id, asset.state, creator).await?;
    let title = provisional_title;
    add_version(tx, now, asset, file, creator, title, urgency).await
}

/// Writes the next version of an asset, with the job that converts it.
pub(super) async fn add_version<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    asset: asset::Model,
    file: StoredFile,
    creator: Option<UserId>,
    provisional_title: Option<String>,
    urgency: Urgency,
) -> Result<Written> {
    let newest = asset_version::Entity::find()
        .filter(asset_version::Column::AssetId.eq(asset.id))
        .order_by_desc(asset_version::Column::Number)
        .one(tx)
        .await?;
    let id = VersionId::new(now);
    asset_version::ActiveModel {
        id: Set(id),
        asset_id: Set(asset.id),
        number: Set(newest.map_or(1, |version| version.number + 1)),
        file_name: Set(file.name),
        media_type: Set(file.format.media_type().to_owned()),
        format: Set(file.format.as_str().to_owned()),
        byte_size: Set(file.byte_size),
        blob: Set(file.blob),
        state: Set(VersionState::Queued),
        page_count: Set(None),
        pages_done: Set(0),
        failure_code: Set(None),
        failure_detail: Set(None),
        created_by: Set(creator),
        created_at: Set(now),
        change_note: Set(file.change_note),
        restored_from: Set(None),
        duration_ms: Set(None),
        warnings: Set(None),
        awaits_approval: Set(false),
    }
    .insert(tx)
    .await?;
    let shown = match asset.current_version_id {
        Some(current) => asset_version::Entity::find_by_id(current).one(tx).await?,
        None => None,
    };
    let asset_id = asset.id;
    let mut row = asset.into_active_model();
    row.updated_at = Set(now);
    // As long as a version is ready, it is shown until the new one is ready too.
    if shown.is_none_or(|version| version.state != VersionState::Ready) {
        row.current_version_id = Set(Some(id));
    }
    let asset = row.update(tx).await?;
    enqueue_conversion(tx, now, id, provisional_title, urgency).await?;
    let seq = append_change(tx, "asset", asset_id.0).await?;
    Ok(Written { asset, seq })
}

/// Writes the job that converts a version.
pub(super) async fn enqueue_conversion<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    version_id: VersionId,
    provisional_title: Option<String>,
    urgency: Urgency,
) -> Result<()> {
    let job = NewJob {
        kind: CONVERT,
        subject: (SUBJECT, version_id.0),
        priority: match urgency {
            Urgency::Awaited => jobs::AWAITED,
            Urgency::Bulk => jobs::BULK,
        },
        max_attempts: ATTEMPTS,
    };
    let payload = ConvertPayload {
        version_id,
        provisional_title,
    };
    enqueue(tx, now, job, &payload).await?;
    Ok(())
}

/// An owner is somebody who still signs in.
pub(super) async fn check_owner<C: ConnectionTrait>(db: &C, owner: UserId) -> Result<()> {
    let found = user::Entity::find_by_id(owner)
        .filter(user::Column::Active.eq(true))
        .one(db)
        .await?;
    found
        .map(|_| ())
        .ok_or_else(|| Error::field("owner_id", "There is no active user with this id."))
}

/// Nobody else becomes the owner of a new asset than an owner can be.
async fn check_new_owner<C: ConnectionTrait>(
    db: &C,
    metadata: &Metadata,
    creator: Option<UserId>,
) -> Result<()> {
    match metadata.owner_id.flatten() {
        Some(owner) if Some(owner) != creator => check_owner(db, owner).await,
        _ => Ok(()),
    }
}

/// Replaces the facets of an asset.
pub(super) async fn write_facets<C: ConnectionTrait>(
    tx: &C,
    id: AssetId,
    facets: &Facets,
) -> Result<()> {
    asset_facet::Entity::delete_many()
        .filter(asset_facet::Column::AssetId.eq(id))
        .exec(tx)
        .await?;
    let rows: Vec<_> = Facet::ALL
        .iter()
        .flat_map(|facet| facets.get(*facet).iter().map(|value| (*facet, value)))
        .map(|(facet, value)| asset_facet::ActiveModel {
            asset_id: Set(id),
            facet: Set(facet),
            value: Set(value.clone()),
        })
        .collect();
    if !rows.is_empty() {
        asset_facet::Entity::insert_many(rows).exec(tx).await?;
    }
    Ok(())
}

/// Why a file is not even stored, as an answer to its sender.
fn refusal(failure: Failure) -> Error {
    let code = match failure.code {
        FailureCode::EmptyFile => Code::EmptyFile,
        FailureCode::Executable => Code::Executable,
        FailureCode::Encrypted => Code::Encrypted,
        FailureCode::Damaged => Code::Damaged,
        FailureCode::TooLarge => Code::TooLarge,
        FailureCode::Internal => return Error::internal(failure),
        _ => Code::UnsupportedFile,
    };
    Error::new(code, failure.message())
}

/// An upload may start as a draft, in review or approved; the later states come later.
fn starting_state(wanted: Option<AssetState>) -> Result<AssetState> {
    match wanted.unwrap_or(AssetState::Draft) {
        state @ (AssetState::Draft | AssetState::InReview | AssetState::Approved) => Ok(state),
        AssetState::Expired | AssetState::Archived => Err(Error::field(
            "state",
            "A new asset starts as draft, in_review or approved.",
        )),
    }
}

/// `pricing_2026-final.pdf` reads better as "pricing 2026 final".
fn title_of_file(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let title = clipped_title(&stem.replace(['_', '-'], " "));
    if title.is_empty() {
        return clipped_title(name);
    }
    title
}

/// The kind that a file's name or else its format suggests.
fn guess_kind(name: &str, format: Format) -> AssetKind {
    let name: String = name.to_lowercase().replace(['_', ' ', '-'], "");
    let by_name = [
        ("casestudy", AssetKind::CaseStudy),
        ("fallstudie", AssetKind::CaseStudy),
        ("datasheet", AssetKind::Datasheet),
        ("datenblatt", AssetKind::Datasheet),
        ("whitepaper", AssetKind::Whitepaper),
        ("battlecard", AssetKind::Battlecard),
        ("onepager", AssetKind::OnePager),
        ("price", AssetKind::PriceSheet),
        ("pricing", AssetKind::PriceSheet),
        ("calculator", AssetKind::Calculator),
        ("template", AssetKind::Template),
        ("guide", AssetKind::Guide),
    ];
    if let Some((_, kind)) = by_name.iter().find(|(part, _)| name.contains(part)) {
        return *kind;
    }
    match format {
        Format::Pptx | Format::Odp => AssetKind::Deck,
        Format::Xlsx | Format::Ods => AssetKind::Calculator,
        Format::Png | Format::Jpeg | Format::Webp | Format::Gif | Format::Svg => AssetKind::Image,
        Format::Mp4 | Format::Webm => AssetKind::Video,
        _ => AssetKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_made_of_the_files_name() {
        assert_eq!(
            title_of_file("pricing_2026-final.pdf"),
            "pricing 2026 final"
        );
        assert_eq!(title_of_file(".pdf"), ".pdf");
    }

    #[test]
    fn the_kind_is_guessed_from_the_name_first() {
        assert_eq!(
            guess_kind("Case_Study Bank.pptx", Format::Pptx),
            AssetKind::CaseStudy
        );
        assert_eq!(guess_kind("intro.pptx", Format::Pptx), AssetKind::Deck);
        assert_eq!(guess_kind("notes.txt", Format::Text), AssetKind::Other);
    }

    #[test]
    fn refusals_carry_the_reasons_name_and_sentence() {
        let error = refusal(Failure::new(FailureCode::Executable, "ELF"));
        assert_eq!(error.code, Code::Executable);
        assert!(!error.detail.contains("ELF"));
    }
}
