//! A reusable pitch with placeholders.

use sea_orm::entity::prelude::*;

use super::TemplateAudience;
use crate::ids::{TeamId, TemplateId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pitch_templates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TemplateId,
    pub name: String,
    pub description: String,
    pub owner_id: UserId,
    /// The team that shares it, where its audience is a team.
    pub team_id: Option<TeamId>,
    pub audience: TemplateAudience,
    /// Of the pitches made from it.
    pub title: String,
    /// Message, items and steps. Assets are looked up when it is used, so that one that is gone is told and not lost.
    pub content: Json,
    pub revision: i64,
    /// How many pitches were made from it.
    pub uses: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "owner_id", to = "id")]
    pub owner: HasOne<super::user::Entity>,
    #[sea_orm(belongs_to, from = "team_id", to = "id")]
    pub team: HasOne<super::team::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
