//! One time that an asset was sent to review; open until somebody decides.

use sea_orm::entity::prelude::*;

use crate::ids::{AssetId, ReviewId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "asset_reviews")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReviewId,
    pub asset_id: AssetId,
    /// Whose work it is; absent where nobody is known.
    pub sent_by: Option<UserId>,
    pub sent_at: DateTimeUtc,
    pub comment: String,
    pub closed_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "asset_id", to = "id")]
    pub asset: HasOne<super::asset::Entity>,
    #[sea_orm(belongs_to, from = "sent_by", to = "id")]
    pub sender: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
