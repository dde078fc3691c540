//! A question that a reader asked through their link, and the answer.

use sea_orm::entity::prelude::*;

use crate::ids::{AssetId, LinkId, PitchItemId, QuestionId, UserId, VisitId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "questions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: QuestionId,
    pub link_id: LinkId,
    /// The visit in which it was asked, as far as it is known. No foreign key: visits are derived and made anew.
    pub visit_id: Option<VisitId>,
    /// The page it is about; absent for a question about the whole. No foreign keys: items come and go.
    pub item_id: Option<PitchItemId>,
    pub asset_id: Option<AssetId>,
    pub page_number: Option<i32>,
    /// The place of the page in the pitch at that time, as its reader saw it.
    pub ordinal: Option<i32>,
    pub page_title: String,
    pub text: String,
    /// As the reader gave it, or as the link knows it; may be empty.
    pub asker_name: String,
    /// Where the answer is mailed to, if it is known.
    pub asker_email: Option<String>,
    pub asked_at: DateTimeUtc,
    pub answer: Option<String>,
    pub answered_by: Option<UserId>,
    pub answered_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "link_id", to = "id")]
    pub link: HasOne<super::pitch_link::Entity>,
    #[sea_orm(belongs_to, from = "answered_by", to = "id")]
    pub answerer: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
