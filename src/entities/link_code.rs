//! A one-time code sent to the address of somebody who wants to open a link. The code itself is nowhere in the database:
//! it is made from the id with the installation's key.

use sea_orm::entity::prelude::*;

use crate::ids::{LinkCodeId, LinkId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "link_codes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LinkCodeId,
    pub link_id: LinkId,
    /// Lower case.
    pub email: String,
    /// How often a code was tried against it.
    pub tries: i32,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub used_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "link_id", to = "id")]
    pub link: HasOne<super::pitch_link::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
