//! Erasure of one's data: visits, events and questions go, and the figures with them; so do the codes that were sent to
//! one's address, and what this browser remembers.
//!
//! That somebody accepted terms stays, as it is the evidence of a contract; which browser and network it was does not.

use actix_web::http::StatusCode;
use actix_web::{Either, HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _,
};
use serde::Serialize;

use super::super::audience::{Audience, Sender};
use super::super::browser::forget;
use super::super::render::{Frames, html};
use super::copy::OwnVisit;
use super::own::Own;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::engagement::{Seen, erase_visits};
use crate::entities::{
    MailState, erasure, link_code, mail, notification, question, terms_acceptance,
};
use crate::error::{Error, Result};
use crate::ids::ErasureId;
use crate::keys::Keys;
use crate::pitches::Pass;

/// How much was erased.
#[derive(Clone, Copy, Debug, Serialize)]
struct ErasedData {
    visits: u64,
    events: u64,
    questions: u64,
    codes: u64,
    /// Records of accepted terms that say no longer which browser and network it was.
    acceptances: u64,
}

impl ErasedData {
    fn is_nothing(self) -> bool {
        self.visits + self.events + self.questions + self.codes + self.acceptances == 0
    }
}

#[derive(Template)]
#[template(path = "erased.html")]
struct ErasedPage {
    erased: ErasedData,
    sender: Sender,
    base: String,
}

/// Erases what [`Own`] is. Asked for again, there is nothing left to erase. That something was erased is noted; what it
/// was is not.
pub async fn erase_own_data(
    request: HttpRequest,
    token: web::Path<String>,
    body: Either<web::Json<OwnVisit>, web::Form<OwnVisit>>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
) -> Result<HttpResponse> {
    let (visit, by_script) = match body {
        Either::Left(json) => (json.into_inner(), true),
        Either::Right(form) => (form.into_inner(), false),
    };
    let now = clock.now();
    let tx = db.begin().await?;
    let audience = Audience::admit(&request, &tx, &token, now).await?;
    let own = Own::of(&tx, &request, &keys, &audience, &visit.visit).await?;
    let visits = erase_visits(&tx, &config, now, own.link.id, &own.visits).await?;
    let erased = ErasedData {
        visits: visits.visits,
        events: visits.events,
        questions: erase_questions(&tx, &own).await?,
        codes: erase_codes(&tx, &own).await?,
        acceptances: blur_acceptances(&tx, &own).await?,
    };
    if !erased.is_nothing() {
        let scope = match (&own.email, Seen::of(&request).browser_id.is_empty()) {
            (Some(_), _) => "address",
            (None, false) => "browser",
            (None, true) => "unnamed",
        };
        note(&tx, now, &own, scope, erased).await?;
    }
    let sender = Sender::of(&tx, &audience.pitch).await?;
    tx.commit().await?;
    tracing::info!(
        link = %own.link.id,
        visits = erased.visits,
        events = erased.events,
        questions = erased.questions,
        codes = erased.codes,
        acceptances = erased.acceptances,
        "a reader's data was erased on request"
    );
    let mut response = if by_script {
        HttpResponse::Ok().json(erased)
    } else {
        let page = ErasedPage {
            erased,
            sender,
            base: audience.base,
        };
        html(&request, StatusCode::OK, &page, Frames::Never)?
    };
    // The name of the browser is forgotten too, so that a later visit is a stranger's, and so is the address that it
    // confirmed: the gates ask again.
    for cookie in [forget(&request), Pass::removal(&request, &token)] {
        response.add_cookie(&cookie).map_err(Error::internal)?;
    }
    Ok(response)
}

async fn erase_questions<C: ConnectionTrait>(tx: &C, own: &Own) -> Result<u64> {
    let ids = || own.questions.iter().map(|row| row.id);
    notification::Entity::delete_many()
        .filter(notification::Column::DedupeKey.is_in(ids().map(|id| format!("asked:{id}"))))
        .exec(tx)
        .await?;
    let gone = question::Entity::delete_many()
        .filter(question::Column::Id.is_in(ids()))
        .exec(tx)
        .await?;
    Ok(gone.rows_affected)
}

/// Takes the codes away with the mails that brought them; what is still on its way goes out first.
async fn erase_codes<C: ConnectionTrait>(tx: &C, own: &Own) -> Result<u64> {
    let ids = || own.codes.iter().map(|row| row.id);
    mail::Entity::delete_many()
        .filter(mail::Column::AboutKind.eq("link_code"))
        .filter(mail::Column::AboutId.is_in(ids().map(|id| id.0)))
        .filter(mail::Column::State.ne(MailState::Queued))
        .exec(tx)
        .await?;
    let gone = link_code::Entity::delete_many()
        .filter(link_code::Column::Id.is_in(ids()))
        .exec(tx)
        .await?;
    Ok(gone.rows_affected)
}

async fn blur_acceptances<C: ConnectionTrait>(tx: &C, own: &Own) -> Result<u64> {
    let telling = Condition::any()
        .add(terms_acceptance::Column::UserAgent.ne(""))
        .add(terms_acceptance::Column::Network.ne(""));
    let ids = own.acceptances.iter().map(|(row, _)| row.id);
    let blurred = terms_acceptance::Entity::update_many()
        .col_expr(terms_acceptance::Column::UserAgent, Expr::value(""))
        .col_expr(terms_acceptance::Column::Network, Expr::value(""))
        .filter(terms_acceptance::Column::Id.is_in(ids))
        .filter(telling)
        .exec(tx)
        .await?;
    Ok(blurred.rows_affected)
}

/// Notes that something was erased, and how much.
async fn note<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    own: &Own,
    scope: &str,
    erased: ErasedData,
) -> Result<()> {
    let count = |number: u64| i32::try_from(number).unwrap_or(i32::MAX);
    erasure::Model {
        id: ErasureId::new(now),
        link_id: own.link.id,
        scope: scope.to_owned(),
        visits: count(erased.visits),
        events: count(erased.events),
        questions: count(erased.questions),
        erased_at: now,
    }
    .into_active_model()
    .reset_all()
    .insert(tx)
    .await?;
    Ok(())
}
