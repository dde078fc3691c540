//! A manager's word that a link may be sent although its recipient is not to be contacted. It stands against what was
//! known when it was given: a later opt-out counts again.

use sea_orm::entity::prelude::*;

use crate::ids::{LinkId, OverrideId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "send_overrides")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OverrideId,
    pub link_id: LinkId,
    pub reason: String,
    pub granted_by: UserId,
    pub granted_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "link_id", to = "id")]
    pub link: HasOne<super::pitch_link::Entity>,
    #[sea_orm(belongs_to, from = "granted_by", to = "id")]
    pub grantor: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
