//! A person who signs in. Deactivated users keep their rows: their credit and history stay.

use sea_orm::entity::prelude::*;

use super::Role;
use crate::ids::{TeamId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UserId,
    /// Lower case.
    pub email: String,
    pub name: String,
    pub role: Role,
    pub team_id: Option<TeamId>,
    /// Argon2id in PHC form; absent where the user cannot sign in by password.
    pub password_hash: Option<String>,
    /// IANA name.
    pub time_zone: String,
    pub active: bool,
    pub created_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "team_id", to = "id")]
    pub team: HasOne<super::team::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
