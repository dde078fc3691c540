//! What became of links that were sent by mail: one query over the sends, one over the mails that came back.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use serde::Serialize;

use crate::entities::{BounceKind, MailState, bounce, link_send, mail};
use crate::error::Result;
use crate::ids::{LinkId, MailId};
use crate::pitches::views::LinkView;

/// How far the mail with a link has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkMailState {
    /// It will be sent.
    Queued,
    /// The mail server has taken it.
    Sent,
    /// No mail server is configured; it is kept for administrators to see.
    Held,
    /// It was given up.
    Failed,
    /// It came back for good.
    Bounced,
}

/// The last mail with a link.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LinkMail {
    /// The mail.
    pub id: MailId,
    /// How far it has come.
    pub state: LinkMailState,
    /// Why it is not further, or what the other side said.
    pub detail: Option<String>,
    /// How many mails with this link were written.
    pub count: i32,
    /// What mail programs list.
    pub subject: String,
    /// When it was written.
    pub at: DateTime<Utc>,
}

/// Says on every link what became of its last mail.
pub(in crate::pitches) async fn attach_mails<C: ConnectionTrait>(
    db: &C,
    links: &mut [LinkView],
) -> Result<()> {
    let mut mails = link_mails(db, links.iter().map(|link| link.id)).await?;
    for link in links {
        link.mail = mails.remove(&link.id);
    }
    Ok(())
}

/// The last mails with these links.
pub(super) async fn link_mails<C: ConnectionTrait>(
    db: &C,
    links: impl IntoIterator<Item = LinkId>,
) -> Result<HashMap<LinkId, LinkMail>> {
    let sends = link_send::Entity::find()
        .find_also_related(mail::Entity)
        .filter(link_send::Column::LinkId.is_in(links))
        .order_by_asc(link_send::Column::Number)
        .all(db)
        .await?;
    if sends.is_empty() {
        return Ok(HashMap::new());
    }
    let back: HashMap<MailId, (BounceKind, String)> = bounce::Entity::find()
        .filter(bounce::Column::MailId.is_in(sends.iter().map(|(send, _)| send.mail_id)))
        .order_by_asc(bounce::Column::At)
        .all(db)
        .await?
        .into_iter()
        .filter_map(|row| Some((row.mail_id?, (row.kind, row.reason))))
        .collect();
    Ok(sends
        .into_iter()
        .filter_map(|(send, mail)| {
            let mail = mail?;
            let back = back.get(&mail.id);
            Some((send.link_id, view(&send, mail, back)))
        })
        .collect())
}

fn view(
    send: &link_send::Model,
    mail: mail::Model,
    back: Option<&(BounceKind, String)>,
) -> LinkMail {
    let said = |reason: &str| (!reason.is_empty()).then(|| reason.to_owned());
    let (state, detail) = match (back, mail.state) {
        (Some((BounceKind::Hard, reason)), _) => (LinkMailState::Bounced, said(reason)),
        (Some((BounceKind::Soft, reason)), MailState::Sent) => {
            let detail = format!("It came back for now. {reason}");
            (LinkMailState::Sent, Some(detail.trim().to_owned()))
        }
        (_, MailState::Sent) => (LinkMailState::Sent, None),
        (_, MailState::Queued) => (LinkMailState::Queued, mail.failure),
        (_, MailState::Held) => {
            let detail = "No mail server is configured. The mail is written and held; an administrator can send it \
                once there is one. Until then, copy the link.";
            (LinkMailState::Held, Some(detail.to_owned()))
        }
        (_, MailState::Failed) => (LinkMailState::Failed, mail.failure),
    };
    LinkMail {
        id: mail.id,
        state,
        detail,
        count: send.number,
        subject: mail.subject,
        at: send.at,
    }
}
