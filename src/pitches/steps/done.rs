//! Ticking a step off, or taking the tick back: by the sender here, by the prospect on their page.

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
};
use serde::Deserialize;

use super::views::StepView;
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{StepSide, pitch, pitch_link, pitch_step};
use crate::error::{Code, Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::PitchStepId;
use crate::notices::{self, Notice, Subject};
use crate::pitches::scope::{find_pitch, require_may_change};

/// Whether a step is done.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepDone {
    /// `true` ticks it off, `false` takes the tick back.
    pub done: bool,
}

/// Say that a step is done, of either side, or that it is not. The same again changes nothing.
#[utoipa::path(put, path = "/api/v1/pitch-steps/{id}/done", tag = "pitches", params(PitchStepId), request_body = StepDone, responses(
    (status = 200, body = StepView), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn put_step_done(
    principal: Principal,
    id: web::Path<PitchStepId>,
    body: web::Json<StepDone>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<StepView>> {
    let now = clock.now();
    let tx = db.begin().await?;
    let step = find_step(&tx, *id).await?;
    let pitch = find_pitch(&tx, &principal, step.pitch_id)
        .await
        .map_err(|_| Error::not_found("step"))?;
    require_may_change(&tx, &principal, &pitch).await?;
    tick_by_sender(&tx, now, step.id, &principal.name, body.done).await?;
    let step = find_step(&tx, *id).await?;
    tx.commit().await?;
    Ok(web::Json(StepView::of(step, now.date_naive())))
}

/// Somebody of the sender's side, called `name`, ticks a step off or takes the tick back; says whether that changed
/// anything.
pub async fn tick_by_sender<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    step: PitchStepId,
    name: &str,
    done: bool,
) -> Result<bool> {
    let done = done.then(|| Done {
        at: now,
        by: name.to_owned(),
        link: None,
    });
    set(db, step, done).await
}

/// How somebody is called who does not want to be named.
const NOBODY: &str = "Someone without a name";

/// Who ticks through a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TickedBy {
    /// Whom the link is for, as far as anybody knows.
    Recipient,
    /// Somebody who does not want to be named.
    Nobody,
}

/// What a prospect's tick did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tick {
    /// The step is done, and was not before.
    Done,
    /// The tick is taken back.
    Undone,
    /// It was so already.
    Unchanged,
}

/// The prospect who holds `link` ticks off a step of their side, or takes the tick back. The sender is told once a day
/// and step, in the same transaction. The caller found the link open, in the same transaction.
pub async fn tick<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    link: &pitch_link::Model,
    pitch: &pitch::Model,
    step: PitchStepId,
    done: bool,
    by: TickedBy,
) -> Result<Tick> {
    let step = find_step(db, step).await?;
    if step.pitch_id != pitch.id {
        return Err(Error::not_found("step"));
    }
    if step.side != StepSide::Theirs {
        return Err(Error::new(
            Code::Conflict,
            "This step is the sender's; only they can say that it is done.",
        ));
    }
    let who = match by {
        TickedBy::Nobody => NOBODY.to_owned(),
        TickedBy::Recipient => link
            .recipient_name
            .clone()
            .or_else(|| link.recipient_email.clone())
            .unwrap_or_else(|| "A reader".to_owned()),
    };
    let change = done.then(|| Done {
        at: now,
        by: who.clone(),
        link: Some(link),
    });
    if !set(db, step.id, change).await? {
        return Ok(Tick::Unchanged);
    }
    if !done {
        return Ok(Tick::Undone);
    }
    let notice = Notice {
        user: pitch.owner_id,
        kind: "step_ticked",
        title: format!("{who} ticked off \u{201c}{}\u{201d}", step.what),
        body: format!("A next step in \u{201c}{}\u{201d} is done.", pitch.title),
        opportunity: Some(pitch.opportunity_id),
        visit: None,
        subject: Some(Subject::Pitch(pitch.id)),
        dedupe_key: format!("step:{}:{}", step.id, now.date_naive()),
        at: now,
    };
    notices::write(db, vec![notice]).await?;
    Ok(Tick::Done)
}

struct Done<'a> {
    at: DateTime<Utc>,
    by: String,
    link: Option<&'a pitch_link::Model>,
}

/// Sets or clears the tick; says whether that changed anything. The condition makes one of two equal acts the act.
async fn set<C: ConnectionTrait>(
    db: &C,
    step: PitchStepId,
    done: Option<Done<'_>>,
) -> Result<bool> {
    let was_done = pitch_step::Column::DoneAt;
    let condition = if done.is_some() {
        was_done.is_null()
    } else {
        was_done.is_not_null()
    };
    let (at, by, link) = match done {
        Some(done) => (Some(done.at), Some(done.by), done.link.map(|link| link.id)),
        None => (None, None, None),
    };
    let outcome = pitch_step::Entity::update_many()
        .set(pitch_step::ActiveModel {
            done_at: Set(at),
            done_by: Set(by),
            done_link_id: Set(link),
            ..Default::default()
        })
        .filter(pitch_step::Column::Id.eq(step))
        .filter(condition)
        .exec(db)
        .await?;
    Ok(outcome.rows_affected > 0)
}

async fn find_step<C: ConnectionTrait>(db: &C, id: PitchStepId) -> Result<pitch_step::Model> {
    pitch_step::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("step"))
}
