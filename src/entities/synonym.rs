//! Terms that stand for each other in searches, kept by the marketers.

use sea_orm::entity::prelude::*;

use crate::ids::{SynonymId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "synonyms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SynonymId,
    /// A list of texts.
    pub terms: Json,
    /// The first finds the others, but they do not find it.
    pub one_way: bool,
    /// Only in documents of this language.
    pub language: Option<String>,
    /// The terms as one text in lower case; what lists are sorted and searched by.
    pub label: String,
    pub edited_by: Option<UserId>,
    pub revision: i64,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "edited_by", to = "id")]
    pub editor: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
