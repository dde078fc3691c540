//! A person at an account.

use sea_orm::entity::prelude::*;

use crate::ids::{AccountId, ContactId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contacts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ContactId,
    pub account_id: AccountId,
    pub name: String,
    /// Lower case.
    pub email: Option<String>,
    pub phone: Option<String>,
    pub job_title: Option<String>,
    pub persona: Option<String>,
    pub language: Option<String>,
    /// Mail to the address came back.
    pub bounced: bool,
    pub external_system: Option<String>,
    pub external_id: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "account_id", to = "id")]
    pub account: HasOne<super::account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
