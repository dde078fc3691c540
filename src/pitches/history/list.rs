//! The revisions of a pitch.

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde::Serialize;

use super::changes::changes;
use super::content::Content;
use crate::auth::{UserRef, user_refs};
use crate::db::Db;
use crate::entities::pitch_revision;
use crate::error::Result;
use crate::http::{Principal, Problem};
use crate::ids::PitchId;
use crate::pitches::load::owner_ref;
use crate::pitches::scope::find_pitch;

/// The history of a pitch.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Revisions {
    /// The newest first; at most 200.
    pub items: Vec<RevisionRow>,
}

/// A revision in the list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RevisionRow {
    /// Its number.
    pub revision: i64,
    /// Its title.
    pub title: String,
    /// How many items it has.
    pub item_count: usize,
    /// How many next steps it has.
    pub step_count: usize,
    /// What it changed, in words.
    pub changes: Vec<String>,
    /// Who saved it.
    pub saved_by: UserRef,
    /// When it was saved last.
    pub saved_at: DateTime<Utc>,
    /// The revision that it brought back.
    pub restored_from: Option<i64>,
}

/// Who changed a pitch when, and what.
#[utoipa::path(get, path = "/api/v1/pitches/{id}/revisions", tag = "pitches", params(PitchId), responses(
    (status = 200, body = Revisions), (status = 404, body = Problem),
))]
pub async fn list_revisions(
    principal: Principal,
    id: web::Path<PitchId>,
    db: web::Data<Db>,
) -> Result<web::Json<Revisions>> {
    let pitch = find_pitch(db.read(), &principal, *id).await?;
    let rows = pitch_revision::Entity::find()
        .filter(pitch_revision::Column::PitchId.eq(pitch.id))
        .order_by_asc(pitch_revision::Column::Revision)
        .all(db.read())
        .await?;
    let mut people = user_refs(db.read(), rows.iter().map(|row| row.saved_by)).await?;
    let mut items: Vec<RevisionRow> = Vec::with_capacity(rows.len());
    let mut before: Option<(String, Content)> = None;
    for row in rows {
        let content: Content = serde_json::from_value(row.content).unwrap_or_default();
        let last = before
            .as_ref()
            .map(|(title, content)| (title.as_str(), content));
        items.push(RevisionRow {
            revision: row.revision,
            item_count: content.items.len(),
            step_count: content.steps.len(),
            changes: changes(last, &row.title, &content),
            saved_by: owner_ref(&mut people, row.saved_by),
            saved_at: row.saved_at,
            restored_from: row.restored_from,
            title: row.title.clone(),
        });
        before = Some((row.title, content));
    }
    items.reverse();
    Ok(web::Json(Revisions { items }))
}
