//! How the pitches of a team look, or of the whole house.

use sea_orm::entity::prelude::*;

use crate::ids::{TeamId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "brands")]
pub struct Model {
    /// `house`, or the id of the team.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    pub team_id: Option<TeamId>,
    /// The company's name, as the prospect reads it; empty for none.
    pub name: String,
    /// As it was chosen, `#rrggbb`; what is shown is made from it with enough contrast.
    pub accent: Option<String>,
    /// The blob of the logo: a picture that we have drawn anew.
    pub logo: Option<String>,
    pub logo_width: Option<i32>,
    pub logo_height: Option<i32>,
    pub revision: i64,
    pub updated_by: UserId,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "team_id", to = "id")]
    pub team: HasOne<super::team::Entity>,
    #[sea_orm(belongs_to, from = "updated_by", to = "id")]
    pub updater: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
