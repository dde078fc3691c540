//! Writing the history.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::content::content_of;
use crate::entities::{pitch, pitch_revision};
use crate::error::{Error, Result};
use crate::ids::{PitchId, UserId};

/// Within so many minutes the saves of one sitting are one entry.
const ONE_SITTING: TimeDelta = TimeDelta::minutes(10);
/// Older entries are forgotten.
const MOST: u64 = 200;

/// Who saves, and how.
#[derive(Clone, Debug)]
pub(in crate::pitches) struct Saved {
    pub(in crate::pitches) by: UserId,
    /// The sitting, where the caller names one.
    pub(in crate::pitches) editing: Option<String>,
    /// The revision that is brought back.
    pub(in crate::pitches) restored_from: Option<i64>,
}

impl Saved {
    /// A save of its own.
    pub(in crate::pitches) fn by(user: UserId) -> Self {
        Self {
            by: user,
            editing: None,
            restored_from: None,
        }
    }
}

/// Keeps what `pitch` holds now as its present revision.
pub(in crate::pitches) async fn record<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    pitch: &pitch::Model,
    saved: Saved,
) -> Result<()> {
    let mut began_at = now;
    if let Some(last) = newest(db, pitch.id).await?
        && saved.editing.is_some()
        && saved.restored_from.is_none()
        && last.editing == saved.editing
        && last.saved_by == saved.by
        && last.restored_from.is_none()
        && now - last.began_at < ONE_SITTING
    {
        began_at = last.began_at;
        pitch_revision::Entity::delete_by_id((pitch.id, last.revision))
            .exec(db)
            .await?;
    }
    insert(db, pitch, &saved, began_at, now).await?;
    forget(db, pitch.id).await
}

/// Keeps what `pitch` holds before a change, where nothing has kept it yet: pitches are older than their history, and
/// some changes are nobody's edit.
pub(in crate::pitches) async fn keep_before<C: ConnectionTrait>(
    db: &C,
    pitch: &pitch::Model,
) -> Result<()> {
    let known = newest(db, pitch.id).await?;
    if known.is_some_and(|last| last.revision >= pitch.revision) {
        return Ok(());
    }
    let saved = Saved::by(pitch.owner_id);
    insert(db, pitch, &saved, pitch.updated_at, pitch.updated_at).await
}

async fn newest<C: ConnectionTrait>(
    db: &C,
    pitch: PitchId,
) -> Result<Option<pitch_revision::Model>> {
    Ok(pitch_revision::Entity::find()
        .filter(pitch_revision::Column::PitchId.eq(pitch))
        .order_by_desc(pitch_revision::Column::Revision)
        .one(db)
        .await?)
}

async fn insert<C: ConnectionTrait>(
    db: &C,
    pitch: &pitch::Model,
    saved: &Saved,
    began_at: DateTime<Utc>,
    saved_at: DateTime<Utc>,
) -> Result<()> {
    let content = content_of(db, pitch).await?;
    pitch_revision::ActiveModel {
        pitch_id: Set(pitch.id),
        revision: Set(pitch.revision),
        title: Set(pitch.title.clone()),
        content: Set(serde_json::to_value(content).map_err(Error::internal)?),
        saved_by: Set(saved.by),
        editing: Set(saved.editing.clone()),
        restored_from: Set(saved.restored_from),
        began_at: Set(began_at),
        saved_at: Set(saved_at),
    }
    .insert(db)
    .await?;
    Ok(())
}

/// A bound, so that a program that saves for ever does not fill the disk.
async fn forget<C: ConnectionTrait>(db: &C, pitch: PitchId) -> Result<()> {
    let first_too_many: Option<i64> = pitch_revision::Entity::find()
        .select_only()
        .column(pitch_revision::Column::Revision)
        .filter(pitch_revision::Column::PitchId.eq(pitch))
        .order_by_desc(pitch_revision::Column::Revision)
        .offset(MOST)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    if let Some(revision) = first_too_many {
        pitch_revision::Entity::delete_many()
            .filter(pitch_revision::Column::PitchId.eq(pitch))
            .filter(pitch_revision::Column::Revision.lte(revision))
            .exec(db)
            .await?;
    }
    Ok(())
}
