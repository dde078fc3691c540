//! One wording of terms. It never changes: what somebody accepted can be read for ever.

use sea_orm::entity::prelude::*;

use crate::ids::{TermsId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "terms_versions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub terms_id: TermsId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub text: String,
    pub created_by: Option<UserId>,
    pub created_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "terms_id", to = "id")]
    pub terms: HasOne<super::terms::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
