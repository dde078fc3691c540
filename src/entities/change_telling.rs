//! Somebody who had read a page was told what it has become. One row per reader's link, page read, and what it became,
//! so that nobody is told twice of the same change.

use sea_orm::entity::prelude::*;

use crate::ids::{LinkId, MailId, UserId, VersionId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "change_tellings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub link_id: LinkId,
    /// The version that was read.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version_id: VersionId,
    /// The page of it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub page_number: i32,
    /// A fingerprint of the page as it is now, or `removed`: the same content in yet another version is no new change.
    #[sea_orm(primary_key, auto_increment = false)]
    pub became: String,
    pub told_by: UserId,
    /// The mail that says so; absent where the rep says it in their own way.
    pub mail_id: Option<MailId>,
    pub told_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "link_id", to = "id")]
    pub link: HasOne<super::pitch_link::Entity>,
    #[sea_orm(belongs_to, from = "version_id", to = "id")]
    pub version: HasOne<super::asset_version::Entity>,
    #[sea_orm(belongs_to, from = "told_by", to = "id")]
    pub teller: HasOne<super::user::Entity>,
    #[sea_orm(belongs_to, from = "mail_id", to = "id")]
    pub mail: HasOne<super::mail::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
