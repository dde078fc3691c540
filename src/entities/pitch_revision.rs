//! A pitch as it stood after somebody saved it.

use sea_orm::entity::prelude::*;

use crate::ids::{PitchId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pitch_revisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub pitch_id: PitchId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
    pub title: String,
    /// Message, items and steps.
    pub content: Json,
    pub saved_by: UserId,
    /// The sitting in which it was saved; the saves of one sitting within some minutes are one revision.
    pub editing: Option<String>,
    /// The revision that was brought back, if this is one.
    pub restored_from: Option<i64>,
    /// The first save of the sitting that is part of this revision.
    pub began_at: DateTimeUtc,
    pub saved_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "pitch_id", to = "id")]
    pub pitch: HasOne<super::pitch::Entity>,
    #[sea_orm(belongs_to, from = "saved_by", to = "id")]
    pub saver: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
