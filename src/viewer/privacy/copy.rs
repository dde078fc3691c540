//! A copy of one's data, as JSON.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde::{Deserialize, Serialize};

use super::super::audience::{Audience, Sender};
use super::own::Own;
use crate::clock::Clock;
use crate::db::Db;
use crate::engagement::{VisitCopy, copy_visits};
use crate::entities::pitch_link;
use crate::error::{Error, Result};
use crate::keys::Keys;

/// Which visit asks, for a browser without a name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct OwnVisit {
    /// The visit token of the page.
    pub(super) visit: String,
}

/// Everything that is kept of a reader.
#[derive(Debug, Serialize)]
struct Copy {
    made_at: DateTime<Utc>,
    /// Who keeps it.
    kept_for: String,
    contact: String,
    pitch: String,
    /// Whom the link was made for, by its sender.
    recipient_name: Option<String>,
    recipient_email: Option<String>,
    link_made_at: DateTime<Utc>,
    link_expires_at: Option<DateTime<Utc>>,
    /// The visits of this browser. Visits with Global Privacy Control are tied to nobody and are not among them.
    visits: Vec<VisitCopy>,
    questions: Vec<QuestionCopy>,
    /// Links that were made for colleagues.
    shared_with: Vec<SharedCopy>,
}

#[derive(Debug, Serialize)]
struct QuestionCopy {
    page: Option<i32>,
    text: String,
    name: String,
    email: Option<String>,
    asked_at: DateTime<Utc>,
    answer: Option<String>,
    answered_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize)]
struct SharedCopy {
    name: Option<String>,
    email: Option<String>,
    made_at: DateTime<Utc>,
}

/// Hands out the copy.
pub async fn copy_own_data(
    request: HttpRequest,
    token: web::Path<String>,
    visit: web::Query<OwnVisit>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let audience = Audience::admit(&request, db.read(), &token, now).await?;
    let link = audience
        .link
        .ok_or_else(|| Error::internal("a reader without a link"))?;
    let sender = Sender::of(db.read(), &audience.pitch).await?;
    let own = Own::of(db.read(), &request, &keys, link.id, &visit.visit).await?;
    let children = pitch_link::Entity::find()
        .filter(pitch_link::Column::ParentLinkId.eq(link.id))
        .all(db.read())
        .await?;
    let copy = Copy {
        made_at: now,
        kept_for: sender.name,
        contact: sender.email,
        pitch: audience.pitch.title,
        recipient_name: link.recipient_name,
        recipient_email: link.recipient_email,
        link_made_at: link.created_at,
        link_expires_at: link.expires_at,
        visits: copy_visits(db.read(), &own.visits).await?,
        questions: own
            .questions
            .into_iter()
            .map(|row| QuestionCopy {
                page: row.ordinal,
                text: row.text,
                name: row.asker_name,
                email: row.asker_email,
                asked_at: row.asked_at,
                answer: row.answer,
                answered_at: row.answered_at,
            })
            .collect(),
        shared_with: children
            .into_iter()
            .map(|child| SharedCopy {
                name: child.recipient_name,
                email: child.recipient_email,
                made_at: child.created_at,
            })
            .collect(),
    };
    Ok(HttpResponse::Ok()
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"my-viewing-data.json\"",
        ))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(copy))
}
