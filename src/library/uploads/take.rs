//! The second step: a complete upload is taken out of its place to become something.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use serde::Deserialize;

use super::place::Uploads;
use super::tus::find_upload;
use crate::db::Db;
use crate::entities::upload;
use crate::error::{Code, Error, Result};
use crate::http::Principal;
use crate::ids::UploadId;
use crate::library::metadata::Metadata;

/// An upload that is to become an asset or a version.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FromUpload {
    /// The upload; it must be complete.
    pub upload_id: UploadId,
    /// What is said about the asset; a further version needs none.
    #[serde(default)]
    pub metadata: Metadata,
}

/// A complete upload.
#[derive(Debug)]
pub(in crate::library) struct Taken {
    /// Which one.
    pub(in crate::library) id: UploadId,
    /// Where its bytes lie.
    pub(in crate::library) path: PathBuf,
    /// As its sender calls it.
    pub(in crate::library) name: String,
}

/// The upload, if it is the principal's and complete. It stays until [`forget`].
pub(in crate::library) async fn take(
    db: &Db,
    uploads: &Uploads,
    principal: &Principal,
    id: UploadId,
    now: DateTime<Utc>,
) -> Result<Taken> {
    let row = find_upload(db.read(), uploads, principal, id, now).await?;
    if row.received != row.byte_size {
        return Err(Error::new(
            Code::Conflict,
            format!(
                "Of this upload {} of {} bytes are here; send the rest first.",
                row.received, row.byte_size
            ),
        ));
    }
    Ok(Taken {
        id,
        path: uploads.path(id),
        name: row.file_name,
    })
}

/// Ends the upload in the transaction that makes something of it, so that it becomes one thing once. Its file goes when
/// that has been committed; if that fails, the sweep takes it.
pub(in crate::library) async fn forget<C: ConnectionTrait>(tx: &C, id: UploadId) -> Result<()> {
    let gone = upload::Entity::delete_many()
        .filter(upload::Column::Id.eq(id))
        .exec(tx)
        .await?;
    if gone.rows_affected == 0 {
        return Err(Error::not_found("upload"));
    }
    Ok(())
}
