//! A link that was handed to the outbox. Numbered per link, so that one wish to send is one mail.

use sea_orm::entity::prelude::*;

use crate::ids::{LinkId, MailId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "link_sends")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub link_id: LinkId,
    /// From 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub mail_id: MailId,
    pub sent_by: UserId,
    pub at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "link_id", to = "id")]
    pub link: HasOne<super::pitch_link::Entity>,
    #[sea_orm(belongs_to, from = "mail_id", to = "id")]
    pub mail: HasOne<super::mail::Entity>,
    #[sea_orm(belongs_to, from = "sent_by", to = "id")]
    pub sender: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
