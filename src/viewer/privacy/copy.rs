//! A copy of one's data, as JSON.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::super::audience::{Audience, Sender};
use super::own::Own;
use crate::clock::Clock;
use crate::db::Db;
use crate::engagement::{VisitCopy, copy_visits, read_visit_token};
use crate::entities::{link_code, pitch_link, question, terms, terms_acceptance};
use crate::error::Result;
use crate::ids::LinkId;
use crate::keys::Keys;

/// Which visit asks, for a browser without a name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct OwnVisit {
    /// The visit token of the page.
    pub(super) visit: String,
}

impl OwnVisit {
    /// The token, if it is one of this link's.
    pub(super) fn of(self, keys: &Keys, link: LinkId) -> Option<String> {
        let claim = read_visit_token(keys, &self.visit)?;
        (claim.link == link).then_some(self.visit)
    }
}

/// Everything that is kept of a reader.
#[derive(Debug, Serialize)]
struct Copy {
    made_at: DateTime<Utc>,
    /// Who keeps it.
    kept_for: String,
    contact: String,
    pitch: String,
    /// Whom the link was made for, by its sender; for whoever has confirmed that address only.
    recipient_name: Option<String>,
    recipient_email: Option<String>,
    link_made_at: DateTime<Utc>,
    link_expires_at: Option<DateTime<Utc>>,
    /// The address that was confirmed.
    confirmed_address: Option<String>,
    /// The visits of this browser, of this visit's page, or of whoever confirmed the address. Other visits with Global
    /// Privacy Control are tied to nobody and are not among them.
    visits: Vec<VisitCopy>,
    questions: Vec<QuestionCopy>,
    /// Links that they made for colleagues.
    shared_with: Vec<SharedCopy>,
    accepted_terms: Vec<AcceptanceCopy>,
    /// That codes were sent to the address; the codes themselves are not kept.
    codes_sent: Vec<CodeCopy>,
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

#[derive(Debug, Serialize)]
struct AcceptanceCopy {
    title: Option<String>,
    version: i32,
    accepted_at: DateTime<Utc>,
    email: Option<String>,
    browser: String,
    network: String,
}

#[derive(Debug, Serialize)]
struct CodeCopy {
    email: String,
    sent_at: DateTime<Utc>,
    used_at: Option<DateTime<Utc>>,
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
    let sender = Sender::of(db.read(), &audience.pitch).await?;
    let own = Own::of(db.read(), &request, &keys, &audience, &visit.visit).await?;
    let (recipient_name, recipient_email) = own
        .recipient
        .map_or((None, None), |recipient| (recipient.name, recipient.email));
    let copy = Copy {
        made_at: now,
        kept_for: sender.name,
        contact: sender.email,
        pitch: audience.pitch.title,
        recipient_name,
        recipient_email,
        link_made_at: own.link.created_at,
        link_expires_at: own.link.expires_at,
        confirmed_address: own.email,
        visits: copy_visits(db.read(), &own.visits).await?,
        questions: own.questions.into_iter().map(QuestionCopy::from).collect(),
        shared_with: own.shared.into_iter().map(SharedCopy::from).collect(),
        accepted_terms: own
            .acceptances
            .into_iter()
            .map(AcceptanceCopy::from)
            .collect(),
        codes_sent: own.codes.into_iter().map(CodeCopy::from).collect(),
    };
    Ok(HttpResponse::Ok()
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"my-viewing-data.json\"",
        ))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(copy))
}

impl From<question::Model> for QuestionCopy {
    fn from(row: question::Model) -> Self {
        Self {
            page: row.ordinal,
            text: row.text,
            name: row.asker_name,
            email: row.asker_email,
            asked_at: row.asked_at,
            answer: row.answer,
            answered_at: row.answered_at,
        }
    }
}

impl From<pitch_link::Model> for SharedCopy {
    fn from(child: pitch_link::Model) -> Self {
        Self {
            name: child.recipient_name,
            email: child.recipient_email,
            made_at: child.created_at,
        }
    }
}

impl From<(terms_acceptance::Model, Option<terms::Model>)> for AcceptanceCopy {
    fn from((row, terms): (terms_acceptance::Model, Option<terms::Model>)) -> Self {
        Self {
            title: terms.map(|terms| terms.title),
            version: row.version,
            accepted_at: row.accepted_at,
            email: row.email,
            browser: row.user_agent,
            network: row.network,
        }
    }
}

impl From<link_code::Model> for CodeCopy {
    fn from(row: link_code::Model) -> Self {
        Self {
            email: row.email,
            sent_at: row.created_at,
            used_at: row.used_at,
        }
    }
}
