//! A mail that came back, as the mail service or a colleague said.

use sea_orm::entity::prelude::*;

use super::BounceKind;
use crate::ids::{BounceId, MailId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bounces")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BounceId,
    /// Lower case.
    pub address: String,
    pub kind: BounceKind,
    pub reason: String,
    /// As the mail service named the message.
    pub message_id: Option<String>,
    /// The mail of ours, where the message id is one of ours.
    pub mail_id: Option<MailId>,
    /// Absent where the mail service said so.
    pub recorded_by: Option<UserId>,
    /// One row per report, however often it is told.
    pub dedupe_key: String,
    pub at: DateTimeUtc,
    /// When somebody said that the address works again.
    pub cleared_at: Option<DateTimeUtc>,
    pub cleared_by: Option<UserId>,
    #[sea_orm(belongs_to, from = "mail_id", to = "id")]
    pub mail: HasOne<super::mail::Entity>,
    #[sea_orm(
        belongs_to,
        relation_enum = "Recorder",
        from = "recorded_by",
        to = "id"
    )]
    pub recorder: HasOne<super::user::Entity>,
    #[sea_orm(belongs_to, relation_enum = "Clearer", from = "cleared_by", to = "id")]
    pub clearer: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
