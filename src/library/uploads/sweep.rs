//! What nobody came back for: uploads past their time, files without a row, rows without a file.

use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _};

use super::place::{PREFIX, Uploads};
use crate::db::Db;
use crate::entities::upload;
use crate::error::Result;
use crate::ids::UploadId;

/// A file may be there a moment before its row.
const YOUNG: TimeDelta = TimeDelta::hours(1);
const AT_ONCE: usize = 500;

/// Removes them; says how many files and rows.
pub async fn sweep_uploads(db: &Db, uploads: &Uploads, now: DateTime<Utc>) -> Result<usize> {
    let rows = drop_dead_rows(db, uploads, now).await?;
    Ok(rows + drop_lone_files(db, uploads, now).await?)
}

async fn drop_dead_rows(db: &Db, uploads: &Uploads, now: DateTime<Utc>) -> Result<usize> {
    let mine_or_over = Condition::any()
        .add(upload::Column::ExpiresAt.lte(now))
        .add(upload::Column::Node.eq(uploads.node()));
    let rows = upload::Entity::find()
        .filter(mine_or_over)
        .all(db.read())
        .await?;
    let dead: Vec<UploadId> = rows
        .into_iter()
        .filter(|row| {
            let lost = row.node == uploads.node() && !uploads.path(row.id).is_file();
            row.expires_at <= now || lost
        })
        .map(|row| row.id)
        .collect();
    for ids in dead.chunks(AT_ONCE) {
        let tx = db.begin().await?;
        upload::Entity::delete_many()
            .filter(upload::Column::Id.is_in(ids.iter().copied()))
            .exec(&tx)
            .await?;
        tx.commit().await?;
    }
    for id in &dead {
        let _ = std::fs::remove_file(uploads.path(*id));
    }
    Ok(dead.len())
}

async fn drop_lone_files(db: &Db, uploads: &Uploads, now: DateTime<Utc>) -> Result<usize> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(uploads.dir())? {
        let entry = entry?;
        let name = entry.file_name();
        let id = name
            .to_str()
            .and_then(|name| name.strip_prefix(PREFIX)?.parse::<UploadId>().ok());
        let changed = entry.metadata().and_then(|data| data.modified());
        let changed = DateTime::<Utc>::from(changed.unwrap_or(SystemTime::UNIX_EPOCH));
        if let Some(id) = id.filter(|_| now - changed >= YOUNG) {
            files.push(id);
        }
    }
    let mut removed = 0;
    for ids in files.chunks(AT_ONCE) {
        let known: Vec<UploadId> = upload::Entity::find()
            .filter(upload::Column::Id.is_in(ids.iter().copied()))
            .all(db.read())
            .await?
            .into_iter()
            .map(|row| row.id)
            .collect();
        for id in ids.iter().filter(|id| !known.contains(id)) {
            let _ = std::fs::remove_file(uploads.path(*id));
            removed += 1;
        }
    }
    Ok(removed)
}
