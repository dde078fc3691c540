//! One revision of a pitch, to look at.

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, EntityTrait as _};
use serde::Serialize;

use super::content::Content;
use crate::auth::{UserRef, user_refs};
use crate::db::Db;
use crate::entities::{AssetKind, pitch_revision};
use crate::error::{Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::{AssetId, PitchId};
use crate::library;
use crate::pitches::items::Found;
use crate::pitches::load::owner_ref;
use crate::pitches::scope::find_pitch;
use crate::pitches::steps::StepInput;

/// A revision with all that was in it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RevisionView {
    /// Its number.
    pub revision: i64,
    /// Its title.
    pub title: String,
    /// The words above the pages.
    pub message: String,
    /// What it showed, in order.
    pub items: Vec<RevisionItem>,
    /// Who was to do what by when.
    pub steps: Vec<StepInput>,
    /// Who saved it.
    pub saved_by: UserRef,
    /// When.
    pub saved_at: DateTime<Utc>,
}

/// An item of a revision.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RevisionItem {
    /// The asset.
    pub asset_id: AssetId,
    /// Its title today.
    pub title: String,
    /// Its kind.
    pub kind: Option<AssetKind>,
    /// The single page that was chosen.
    pub page_number: Option<i32>,
    /// The heading under which it stood.
    pub section: String,
    /// The sender's words about it.
    pub note: String,
    /// The picture of its first page, as it is today.
    pub thumbnail_url: Option<String>,
}

/// A pitch as it stood once.
#[utoipa::path(get, path = "/api/v1/pitches/{id}/revisions/{revision}", tag = "pitches",
    params(PitchId, ("revision" = i64, Path, description = "Its number")), responses(
    (status = 200, body = RevisionView), (status = 404, body = Problem),
))]
pub async fn get_revision(
    principal: Principal,
    path: web::Path<(PitchId, i64)>,
    db: web::Data<Db>,
) -> Result<web::Json<RevisionView>> {
    let (id, revision) = path.into_inner();
    let pitch = find_pitch(db.read(), &principal, id).await?;
    let (row, content) = find_revision(db.read(), pitch.id, revision).await?;
    let found = Found::look_up(
        db.read(),
        content.items.iter().map(|item| item.asset_id),
        content.items.iter().filter_map(|item| item.version_id),
    )
    .await?;
    let mut people = user_refs(db.read(), [row.saved_by]).await?;
    let items = content.items.into_iter().map(|item| {
        let asset = found.asset(item.asset_id);
        let version = found.chosen(item.asset_id, item.version_id);
        let first = item.page_number.unwrap_or(1);
        RevisionItem {
            asset_id: item.asset_id,
            title: asset.map(|asset| asset.title.clone()).unwrap_or_default(),
            kind: asset.map(|asset| asset.kind),
            thumbnail_url: version
                .filter(|version| (1..=version.page_count.unwrap_or(0)).contains(&first))
                .map(|version| library::page_thumbnail_url(version.id, first)),
            page_number: item.page_number,
            section: item.section,
            note: item.note,
        }
    });
    Ok(web::Json(RevisionView {
        revision: row.revision,
        message: content.message,
        items: items.collect(),
        steps: content.steps,
        saved_by: owner_ref(&mut people, row.saved_by),
        saved_at: row.saved_at,
        title: row.title,
    }))
}

/// A revision and what it keeps.
pub(super) async fn find_revision<C: ConnectionTrait>(
    db: &C,
    pitch: PitchId,
    revision: i64,
) -> Result<(pitch_revision::Model, Content)> {
    let row = pitch_revision::Entity::find_by_id((pitch, revision))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("revision"))?;
    let content = serde_json::from_value(row.content.clone()).map_err(Error::internal)?;
    Ok((row, content))
}
