//! The next steps on the page, and the prospect's ticks: by form without script, in place with it.

use actix_web::http::header;
use actix_web::{Either, HttpRequest, HttpResponse, web};
use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

use super::act::note;
use super::audience::Audience;
use crate::clock::Clock;
use crate::db::Db;
use crate::engagement::{Act, Ingest, Seen};
use crate::entities::StepSide;
use crate::error::{Error, Result};
use crate::ids::{PitchId, PitchStepId};
use crate::keys::Keys;
use crate::pitches::{Tick, TickedBy, steps_of, tick};

/// A step as the page shows it.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) id: PitchStepId,
    /// Whether the prospect ticks it off.
    pub(super) theirs: bool,
    pub(super) what: String,
    /// Who does it.
    pub(super) who: String,
    /// By when, in words.
    pub(super) due: Option<String>,
    pub(super) overdue: bool,
    pub(super) done: bool,
    /// When and by whom, in words.
    pub(super) done_by: Option<String>,
}

/// The steps of a pitch.
pub(super) async fn load_steps<C: ConnectionTrait>(
    db: &C,
    pitch: PitchId,
    sender: &str,
    today: NaiveDate,
) -> Result<Vec<Step>> {
    let steps = steps_of(db, pitch, today).await?;
    Ok(steps
        .into_iter()
        .map(|step| {
            let theirs = step.side == StepSide::Theirs;
            Step {
                id: step.id,
                theirs,
                who: match (step.who.is_empty(), theirs) {
                    (false, true) => format!("You ({})", step.who),
                    (false, false) => step.who,
                    (true, true) => "You".to_owned(),
                    (true, false) => sender.to_owned(),
                },
                due: step.due_on.map(|due| due.format("%-d %B %Y").to_string()),
                overdue: step.overdue,
                done: step.done_at.is_some(),
                done_by: step.done_at.map(|at| {
                    let day = at.format("%-d %B %Y");
                    match step.done_by {
                        Some(name) => format!("Done by {name} on {day}"),
                        None => format!("Done on {day}"),
                    }
                }),
                what: step.what,
            }
        })
        .collect())
}

/// What the form sends.
#[derive(Clone, Debug, Deserialize)]
pub struct TickForm {
    /// The visit token of the page.
    #[serde(default)]
    visit: String,
    /// Whether the step is done now; a tick where nothing is said.
    #[serde(default = "yes")]
    done: bool,
}

fn yes() -> bool {
    true
}

/// What the script gets.
#[derive(Debug, Serialize)]
struct Ticked {
    done: bool,
}

/// Ticks a step off, or takes the tick back. The same again changes nothing.
pub async fn tick_step(
    request: HttpRequest,
    path: web::Path<(String, PitchStepId)>,
    body: Either<web::Json<TickForm>, web::Form<TickForm>>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    ingest: web::Data<Ingest>,
) -> Result<HttpResponse> {
    let (token, step) = path.into_inner();
    let form = match body {
        Either::Left(json) => json.into_inner(),
        Either::Right(form) => form.into_inner(),
    };
    let now = clock.now();
    let tx = db.begin().await?;
    let Audience { pitch, link, .. } = Audience::admit(&request, &tx, &token, now).await?;
    let link = link.ok_or_else(|| Error::internal("somebody was admitted without a link"))?;
    let by = if Seen::on(&request, &keys, link.id).unnamed {
        TickedBy::Nobody
    } else {
        TickedBy::Recipient
    };
    let outcome = tick(&tx, now, &link, &pitch, step, form.done, by).await?;
    tx.commit().await?;
    if outcome == Tick::Done {
        note(
            &request,
            &ingest,
            &keys,
            now,
            link.id,
            &form.visit,
            Act::StepTicked,
        )
        .await;
    }
    let by_script = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"));
    if by_script {
        return Ok(HttpResponse::Ok().json(Ticked { done: form.done }));
    }
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, format!("/p/{token}#steps")))
        .finish())
}
