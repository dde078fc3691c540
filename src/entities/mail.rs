//! A mail that goes out: the outbox, and afterwards the record of what was sent.

use sea_orm::entity::prelude::*;

use super::MailState;
use crate::ids::{LinkId, MailId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mails")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MailId,
    pub to_address: String,
    pub to_name: Option<String>,
    /// The person in whose name it goes out; the address is the installation's.
    pub from_name: Option<String>,
    pub reply_to_address: Option<String>,
    pub reply_to_name: Option<String>,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The link whose token belongs where the texts say so: tokens are never stored.
    pub link_id: Option<LinkId>,
    /// Why it was written: `changed_page`, ...
    pub purpose: String,
    /// What it is about.
    pub about_kind: Option<String>,
    pub about_id: Option<Uuid>,
    /// One mail per key: the same cause never writes twice.
    pub dedupe_key: String,
    pub state: MailState,
    /// Why it was not sent.
    pub failure: Option<String>,
    pub created_at: DateTimeUtc,
    pub sent_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
