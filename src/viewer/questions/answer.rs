//! A rep answers: the answer stands below the page, and goes out by mail where an address is known.

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _,
};
use serde::Deserialize;

use super::inbox::{QuestionView, find_question, views};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entities::{notification, pitch, pitch_link, question, user};
use crate::error::{Code, Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::{QuestionId, UserId};
use crate::mail::{self, Button, LINK_TOKEN, Letter, NewMail, Recipient};
use crate::pitches::{LinkState, may_change_pitches_of};

const LONGEST_ANSWER: usize = 4_000;

/// An answer.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The words, as plain text.
    pub text: String,
}

/// Answer a question, or mend one's own answer. Said again, the same answer changes nothing and mails nothing.
#[utoipa::path(put, path = "/api/v1/questions/{id}/answer", tag = "questions", params(QuestionId),
    request_body = Answer, responses(
    (status = 200, body = QuestionView), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, description = "A colleague has answered it", body = Problem),
    (status = 422, body = Problem),
))]
pub async fn answer_question(
    principal: Principal,
    id: web::Path<QuestionId>,
    body: web::Json<Answer>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    config: web::Data<Config>,
) -> Result<web::Json<QuestionView>> {
    let text = body.text.replace('\0', "").trim().to_owned();
    if text.is_empty() || text.chars().count() > LONGEST_ANSWER {
        return Err(Error::field(
            "text",
            format!("Write an answer of at most {LONGEST_ANSWER} characters."),
        ));
    }
    let now = clock.now();
    let tx = db.begin().await?;
    let asked = find_question(&tx, &principal, *id).await?;
    let behind = Behind::of(&tx, &asked).await?;
    let owner = user::Entity::find_by_id(behind.pitch.owner_id)
        .one(&tx)
        .await?
        .ok_or_else(|| Error::internal("a pitch without its owner"))?;
    if !may_change_pitches_of(&principal, &owner) {
        return Err(Error::new(
            Code::Forbidden,
            "This pitch belongs to somebody else; its owner or their manager can answer.",
        ));
    }
    if asked.answered_by.is_some_and(|by| by != principal.user_id) {
        return Err(Error::new(
            Code::Conflict,
            "A colleague has answered this question already.",
        ));
    }
    let row = if asked.answer.as_deref() == Some(text.as_str()) {
        asked
    } else {
        write_answer(&tx, &config, now, (asked, behind), principal.user_id, text).await?
    };
    let view = views(&tx, &principal, vec![row]).await?.pop();
    tx.commit().await?;
    view.map(web::Json)
        .ok_or_else(|| Error::internal("a question that cannot be shown"))
}

/// Writes the answer of user `by` to a question, mails it to whoever asked, and settles the notice of it.
async fn write_answer<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    now: DateTime<Utc>,
    (asked, Behind { link, pitch }): (question::Model, Behind),
    by: UserId,
    text: String,
) -> Result<question::Model> {
    let mut row = asked.into_active_model();
    row.answer = Set(Some(text));
    row.answered_by = Set(Some(by));
    row.answered_at = Set(Some(now));
    let row = row.update(db).await?;
    let me = user::Entity::find_by_id(by).one(db).await?;
    queue_mail(db, config, now, &row, &link, &pitch, me.as_ref()).await?;
    settle_notice(db, now, row.id).await?;
    Ok(row)
}

/// The owner of the pitch answers a question.
pub async fn answer_as_owner<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    now: DateTime<Utc>,
    id: QuestionId,
    text: String,
) -> Result<()> {
    let asked = question::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("question"))?;
    let behind = Behind::of(db, &asked).await?;
    let owner = behind.pitch.owner_id;
    write_answer(db, config, now, (asked, behind), owner, text)
        .await
        .map(|_| ())
}

/// What a question was asked through.
struct Behind {
    link: pitch_link::Model,
    pitch: pitch::Model,
}

impl Behind {
    async fn of<C: ConnectionTrait>(db: &C, asked: &question::Model) -> Result<Self> {
        let found = pitch_link::Entity::find_by_id(asked.link_id)
            .find_also_related(pitch::Entity)
            .one(db)
            .await?;
        match found {
            Some((link, Some(pitch))) => Ok(Self { link, pitch }),
            _ => Err(Error::internal("a question without its pitch")),
        }
    }
}

/// Whoever was told of the question need not be told any more.
async fn settle_notice<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    id: QuestionId,
) -> Result<()> {
    notification::Entity::update_many()
        .set(notification::ActiveModel {
            read_at: Set(Some(now)),
            ..Default::default()
        })
        .filter(notification::Column::DedupeKey.eq(format!("asked:{id}")))
        .filter(notification::Column::ReadAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

async fn queue_mail<C: ConnectionTrait>(
    tx: &C,
    config: &Config,
    now: DateTime<Utc>,
    row: &question::Model,
    link: &pitch_link::Model,
    pitch: &pitch::Model,
    me: Option<&user::Model>,
) -> Result<()> {
    let name = Some(row.asker_name.as_str()).filter(|name| !name.is_empty());
    let to = row
        .asker_email
        .as_deref()
        .and_then(|address| Recipient::parse(name, address).ok());
    let (Some(to), Some(answer)) = (to, row.answer.as_deref()) else {
        return Ok(());
    };
    let place = row
        .ordinal
        .map(|page| format!("#p{page}"))
        .unwrap_or_default();
    let open = LinkState::of(link, now) == LinkState::Active;
    let letter = Letter {
        greeting: match name {
            Some(name) => format!("Hello {name},"),
            None => "Hello,".to_owned(),
        },
        paragraphs: vec![
            match row.ordinal {
                Some(page) => format!(
                    "You asked about page {page} of \u{201c}{}\u{201d}:",
                    pitch.title
                ),
                None => format!("You asked about \u{201c}{}\u{201d}:", pitch.title),
            },
            format!("\u{201c}{}\u{201d}", row.text),
            answer.to_owned(),
        ],
        button: open.then(|| Button {
            label: "See it on the page".to_owned(),
            url: format!("{}/p/{LINK_TOKEN}{place}", config.public_url()),
        }),
        signature: me.map(|me| me.name.clone()).unwrap_or_default(),
        footer: "You get this because you asked.".to_owned(),
        ..Letter::default()
    };
    let hash = blake3::hash(answer.as_bytes()).to_hex();
    let new = NewMail {
        to,
        from_name: me.map(|me| me.name.as_str()),
        reply_to: me.and_then(|me| Recipient::parse(Some(&me.name), &me.email).ok()),
        subject: &format!("Your question about {}", pitch.title),
        letter,
        link: open.then_some(link.id),
        purpose: "answer",
        about: Some(("question", row.id.0)),
        dedupe_key: &format!("answer:{}:{hash}", row.id),
    };
    mail::queue(tx, now, new).await?;
    Ok(())
}
