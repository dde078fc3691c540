//! The questions of a link with their answers, as its holder sees them; and the form to ask.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde::{Deserialize, Serialize};

use super::super::act::visit_of;
use super::super::audience::{Audience, Sender};
use super::super::closed::explain;
use super::super::content::page_total;
use super::super::page::day;
use super::super::render::{Frames, html};
use crate::clock::Clock;
use crate::db::Db;
use crate::engagement::Ingest;
use crate::entities::{question, user};
use crate::error::{Error, Result};
use crate::ids::LinkId;
use crate::keys::Keys;
use crate::pitches::shown_items;

/// In which form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct QuestionsShown {
    /// As data, for the script.
    data: bool,
    /// One was just sent.
    sent: bool,
    /// The page that the form is to be about.
    page: Option<usize>,
    /// The token of the visit in which one was asked.
    visit: String,
}

#[derive(Debug, Serialize)]
struct Questions {
    items: Vec<Shown>,
}

/// A question with its answer.
#[derive(Clone, Debug, Serialize)]
struct Shown {
    /// Without its title: that may have become internal since.
    page: Option<i32>,
    text: String,
    asked_on: String,
    answer: Option<String>,
    answered_by: Option<String>,
}

#[derive(Template)]
#[template(path = "questions.html")]
struct QuestionsPage {
    sender: Sender,
    items: Vec<Shown>,
    base: String,
    total: usize,
    sent: bool,
    page: String,
    visit: String,
}

/// The questions and answers of a link.
pub async fn questions(
    request: HttpRequest,
    token: web::Path<String>,
    how: web::Query<QuestionsShown>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    ingest: web::Data<Ingest>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let audience = match Audience::admit(&request, db.read(), &token, now).await {
        Ok(audience) => audience,
        Err(error) => return explain(&request, db.read(), &token, now, error).await,
    };
    let db = db.read();
    let link = audience
        .link
        .as_ref()
        .ok_or_else(|| Error::internal("a reader without a link"))?
        .id;
    let items = of_link(db, link).await?;
    if how.data {
        return Ok(HttpResponse::Ok().json(Questions { items }));
    }
    let page = QuestionsPage {
        sender: Sender::of(db, &audience.pitch).await?,
        items,
        total: page_total(&shown_items(db, audience.pitch.id).await?),
        sent: how.sent,
        page: how.page.map(|page| page.to_string()).unwrap_or_default(),
        // One of its own counts for nothing until something is asked.
        visit: visit_of(&request, &ingest, &keys, now, link, &how.visit)
            .await?
            .token,
        base: audience.base,
    };
    html(&request, StatusCode::OK, &page, Frames::Never)
}

async fn of_link<C: ConnectionTrait>(db: &C, link: LinkId) -> Result<Vec<Shown>> {
    let rows = question::Entity::find()
        .find_also_related(user::Entity)
        .filter(question::Column::LinkId.eq(link))
        .order_by_asc(question::Column::AskedAt)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(row, by)| Shown {
            page: row.ordinal,
            text: row.text,
            asked_on: day(row.asked_at),
            answer: row.answer,
            answered_by: by.map(|user| user.name),
        })
        .collect())
}
