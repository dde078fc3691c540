//! The outbox: what was sent, what waits, what could not be sent, and what would have been.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{MailState, mail};
use crate::error::{Code, Error, Result};
use crate::http::{ListQuery, Problem, next_cursor};
use crate::ids::MailId;
use crate::keys::Keys;
use crate::mail::{Mailer, queue_again, text_with_token};

/// Which mails to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MailsQuery {
    /// Only those in this state.
    pub state: Option<MailState>,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

/// One page of the outbox.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct MailPage {
    /// The latest first.
    pub items: Vec<MailView>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
    /// Whether a mail server is configured. Without one, mails are held and not sent.
    pub configured: bool,
}

/// A mail that goes out.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct MailView {
    /// The mail.
    pub id: MailId,
    /// Where it goes.
    pub to_address: String,
    /// Whom it is for.
    pub to_name: Option<String>,
    /// In whose name it goes out.
    pub from_name: Option<String>,
    /// Who gets the answer.
    pub reply_to: Option<String>,
    /// What mail programs list.
    pub subject: String,
    /// What it says, as plain text.
    pub text: String,
    /// Why it was written.
    pub purpose: String,
    /// How far it has come.
    pub state: MailState,
    /// Why it was not sent, or not at the last try.
    pub failure: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When the mail server took it.
    pub sent_at: Option<DateTime<Utc>>,
}

impl MailView {
    fn new(keys: &Keys, mail: mail::Model) -> Self {
        Self {
            text: text_with_token(keys, &mail),
            id: mail.id,
            to_address: mail.to_address,
            to_name: mail.to_name,
            from_name: mail.from_name,
            reply_to: mail.reply_to_address,
            subject: mail.subject,
            purpose: mail.purpose,
            state: mail.state,
            failure: mail.failure,
            created_at: mail.created_at,
            sent_at: mail.sent_at,
        }
    }
}

/// The mails that went out or did not, the latest first.
#[utoipa::path(get, path = "/api/v1/mails", tag = "admin", params(MailsQuery), responses(
    (status = 200, body = MailPage),
))]
pub async fn list_mails(
    query: web::Query<MailsQuery>,
    db: web::Data<Db>,
    keys: web::Data<Keys>,
    mailer: web::Data<Mailer>,
) -> Result<web::Json<MailPage>> {
    let query = query.into_inner();
    let list = ListQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    let mut select = mail::Entity::find()
        .order_by_desc(mail::Column::Id)
        .limit(list.limit() + 1);
    if let Some(state) = query.state {
        select = select.filter(mail::Column::State.eq(state));
    }
    if let Some(before) = list.position::<MailId>()? {
        select = select.filter(mail::Column::Id.lt(before));
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, list.limit(), |row| row.id)?;
    let items = rows
        .into_iter()
        .map(|row| MailView::new(&keys, row))
        .collect();
    Ok(web::Json(MailPage {
        items,
        next_cursor,
        configured: mailer.is_configured(),
    }))
}

/// Try again with a mail that was held or given up.
#[utoipa::path(post, path = "/api/v1/mails/{id}/send", tag = "admin", params(MailId), responses(
    (status = 202, body = MailView), (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn send_mail_again(
    id: web::Path<MailId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    mailer: web::Data<Mailer>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    let mail = mail::Entity::find_by_id(*id)
        .one(&tx)
        .await?
        .ok_or_else(|| Error::not_found("mail"))?;
    if !matches!(mail.state, MailState::Held | MailState::Failed) {
        return Err(Error::new(
            Code::Conflict,
            "This mail was sent already, or is about to be.",
        ));
    }
    if !mailer.is_configured() {
        return Err(Error::new(
            Code::Conflict,
            "No mail server is configured. Set smtp_url and mail_from, and start the server again.",
        ));
    }
    let mail = queue_again(&tx, clock.now(), mail).await?;
    tx.commit().await?;
    Ok(HttpResponse::Accepted().json(MailView::new(&keys, mail)))
}
