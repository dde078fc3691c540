//! Erasure of one's data: visits, events and questions go, and the figures with them.

use actix_web::http::StatusCode;
use actix_web::{Either, HttpRequest, HttpResponse, web};
use askama::Template;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _,
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
use crate::entities::{erasure, notification, question};
use crate::error::{Error, Result};
use crate::ids::ErasureId;
use crate::keys::Keys;

/// How much was erased.
#[derive(Clone, Copy, Debug, Serialize)]
struct ErasedData {
    visits: u64,
    events: u64,
    questions: u64,
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
    let Audience {
        pitch, link, base, ..
    } = Audience::admit(&request, &tx, &token, now).await?;
    let link = link.ok_or_else(|| Error::internal("a reader without a link"))?;
    let own = Own::of(&tx, &request, &keys, link.id, &visit.visit).await?;
    let visits = erase_visits(&tx, &config, now, link.id, &own.visits).await?;
    let ids = || own.questions.iter().map(|row| row.id);
    let questions = question::Entity::delete_many()
        .filter(question::Column::Id.is_in(ids()))
        .exec(&tx)
        .await?
        .rows_affected;
    notification::Entity::delete_many()
        .filter(notification::Column::DedupeKey.is_in(ids().map(|id| format!("asked:{id}"))))
        .exec(&tx)
        .await?;
    let erased = ErasedData {
        visits: visits.visits,
        events: visits.events,
        questions,
    };
    if erased.visits + erased.events + erased.questions > 0 {
        let count = |number: u64| i32::try_from(number).unwrap_or(i32::MAX);
        let named = !Seen::of(&request).browser_id.is_empty();
        erasure::Model {
            id: ErasureId::new(now),
            link_id: link.id,
            scope: if named { "browser" } else { "unnamed" }.to_owned(),
            visits: count(erased.visits),
            events: count(erased.events),
            questions: count(erased.questions),
            erased_at: now,
        }
        .into_active_model()
        .reset_all()
        .insert(&tx)
        .await?;
    }
    let sender = Sender::of(&tx, &pitch).await?;
    tx.commit().await?;
    tracing::info!(
        link = %link.id,
        visits = erased.visits,
        events = erased.events,
        questions = erased.questions,
        "a reader's data was erased on request"
    );
    let mut response = if by_script {
        HttpResponse::Ok().json(erased)
    } else {
        let page = ErasedPage {
            erased,
            sender,
            base,
        };
        html(&request, StatusCode::OK, &page, Frames::Never)?
    };
    // The name of the browser is forgotten too, so that a later visit is a stranger's.
    response
        .add_cookie(&forget(&request))
        .map_err(Error::internal)?;
    Ok(response)
}
