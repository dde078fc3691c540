//! Bringing an old revision back, as a new one.

use actix_web::{HttpResponse, web};
use serde::Serialize;

use super::record::Saved;
use super::show::find_revision;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::error::Result;
use crate::http::{IfMatch, Principal, Problem, with_etag};
use crate::ids::PitchId;
use crate::keys::Keys;
use crate::pitches::edit::save_edit;
use crate::pitches::input::PitchEdit;
use crate::pitches::items::{LeftOut, sort_out};
use crate::pitches::load::load_pitch;
use crate::pitches::scope::find_own_pitch;
use crate::pitches::views::PitchDetail;

/// A pitch that was brought back.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Restored {
    /// The pitch as it is now.
    pub pitch: PitchDetail,
    /// What was in the old revision and must not be sent any more.
    pub left_out: Vec<LeftOut>,
}

/// Bring an old revision back, as a new one. Ticks of next steps stay; content that must not be sent is left out and told.
#[utoipa::path(post, path = "/api/v1/pitches/{id}/revisions/{revision}/restore", tag = "pitches",
    params(PitchId, ("revision" = i64, Path, description = "Its number"),
        ("If-Match" = String, Header, description = "The revision that is edited")), responses(
    (status = 200, body = Restored), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 412, body = Problem), (status = 428, body = Problem),
))]
pub async fn restore_revision(
    principal: Principal,
    path: web::Path<(PitchId, i64)>,
    if_match: IfMatch,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let (id, revision) = path.into_inner();
    let now = clock.now();
    let tx = db.begin().await?;
    let pitch = find_own_pitch(&tx, &principal, id).await?;
    let (row, content) = find_revision(&tx, pitch.id, revision).await?;
    if_match.require(pitch.revision)?;
    let (items, left_out) = sort_out(&tx, now.date_naive(), Some(pitch.id), content.items).await?;
    let edit = PitchEdit {
        title: row.title,
        message: content.message,
        items,
        steps: Some(content.steps),
        story_wanted: None,
        editing: None,
    };
    let saved = Saved {
        restored_from: Some(revision),
        ..Saved::by(principal.user_id)
    };
    let changed = save_edit(&tx, now, pitch, edit, saved).await?;
    let pitch = load_pitch(&tx, &config, &keys, now, changed).await?;
    tx.commit().await?;
    let revision = pitch.revision;
    Ok(with_etag(&Restored { pitch, left_out }, revision))
}
