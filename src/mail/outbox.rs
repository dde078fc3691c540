//! The rows: a mail is written once, with the job that sends it.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, ModelTrait as _, QueryFilter as _,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::address::{Recipient, one_line};
use super::letter::Letter;
use super::sender::SEND;
use crate::entities::{MailState, mail};
use crate::error::{Error, Result};
use crate::ids::{LinkId, MailId};
use crate::jobs::{NewJob, enqueue, hold};

/// With the queue's pauses, the tries go on for about an hour.
const ATTEMPTS: i32 = 20;

/// A mail to be written.
#[derive(Clone, Debug)]
pub struct NewMail<'a> {
    /// Whom it is for.
    pub to: Recipient,
    /// In whose name it goes out; the installation's, where not said. The address is always the installation's.
    pub from_name: Option<&'a str>,
    /// Who gets the answer; nobody in particular, where not said.
    pub reply_to: Option<Recipient>,
    /// What mail programs list.
    pub subject: &'a str,
    /// What it says.
    pub letter: Letter,
    /// The link whose token goes where the letter says [`super::LINK_TOKEN`].
    pub link: Option<LinkId>,
    /// Why it is written, for people who look at the outbox: `changed_page`, ...
    pub purpose: &'a str,
    /// What it is about.
    pub about: Option<(&'a str, Uuid)>,
    /// One mail per key: asked for again, nothing happens.
    pub dedupe_key: &'a str,
}

/// What the job needs to know.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SendPayload {
    pub(super) mail_id: MailId,
}

/// Writes a mail and the job that sends it, in the caller's transaction. Where there is one of this key already, it is
/// left as it is and told.
pub async fn queue<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    new: NewMail<'_>,
) -> Result<MailId> {
    let id = MailId::new(now);
    let subject = one_line(new.subject);
    let row = mail::Model {
        id,
        to_address: new.to.address.to_string(),
        to_name: new.to.name,
        from_name: new.from_name.map(one_line),
        reply_to_address: new.reply_to.as_ref().map(|one| one.address.to_string()),
        reply_to_name: new.reply_to.and_then(|one| one.name),
        text: new.letter.text(),
        html: new.letter.html(&subject)?,
        subject,
        link_id: new.link,
        purpose: new.purpose.to_owned(),
        about_kind: new.about.map(|(kind, _)| kind.to_owned()),
        about_id: new.about.map(|(_, id)| id),
        dedupe_key: new.dedupe_key.to_owned(),
        state: MailState::Queued,
        failure: None,
        created_at: now,
        sent_at: None,
    };
    let written = mail::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(
            OnConflict::column(mail::Column::DedupeKey)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    if written == 0 {
        return mail::Entity::find()
            .filter(mail::Column::DedupeKey.eq(new.dedupe_key))
            .one(tx)
            .await?
            .map(|mail| mail.id)
            .ok_or_else(|| Error::internal("a mail is there and is not"));
    }
    enqueue_sending(tx, now, id).await?;
    Ok(id)
}

/// Tries again with a mail that was held or given up, in the caller's transaction.
pub async fn queue_again<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    mail: mail::Model,
) -> Result<mail::Model> {
    let mut row = mail.into_active_model();
    row.state = Set(MailState::Queued);
    row.failure = Set(None);
    let mail = row.update(tx).await?;
    enqueue_sending(tx, now, mail.id).await?;
    Ok(mail)
}

/// The mail of this key, if it is not sent and nobody is at it, kept from being sent until the caller's transaction ends.
pub async fn unsent<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    dedupe_key: &str,
) -> Result<Option<mail::Model>> {
    let find = || mail::Entity::find().filter(mail::Column::DedupeKey.eq(dedupe_key));
    let Some(known) = find().one(tx).await? else {
        return Ok(None);
    };
    if !hold(tx, now, SEND, known.id.0).await? {
        return Ok(None);
    }
    // It may have gone out while its job was being held.
    let unsent = find().filter(mail::Column::State.ne(MailState::Sent));
    Ok(unsent.one(tx).await?)
}

/// Lets an [`unsent`] mail say something else.
pub async fn rewrite<C: ConnectionTrait>(
    tx: &C,
    mail: mail::Model,
    subject: &str,
    letter: Letter,
) -> Result<()> {
    let subject = one_line(subject);
    let mut row = mail.into_active_model();
    row.text = Set(letter.text());
    row.html = Set(letter.html(&subject)?);
    row.subject = Set(subject);
    row.update(tx).await?;
    Ok(())
}

/// Forgets an [`unsent`] mail: what never went out is no record of anything.
pub async fn discard<C: ConnectionTrait>(tx: &C, mail: mail::Model) -> Result<()> {
    mail.delete(tx).await?;
    Ok(())
}

async fn enqueue_sending<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    mail_id: MailId,
) -> Result<()> {
    let job = NewJob {
        kind: SEND,
        subject: ("mail", mail_id.0),
        priority: 10,
        max_attempts: ATTEMPTS,
    };
    enqueue(tx, now, job, &SendPayload { mail_id }).await?;
    Ok(())
}
