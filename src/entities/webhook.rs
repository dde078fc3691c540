//! An address of somebody else's program, or of a chat channel, that is told what happens. Its signing secret is not
//! here: it is derived from the id and the secret's number with the installation's key.

use sea_orm::entity::prelude::*;

use super::WebhookFormat;
use crate::ids::{TeamId, UserId, WebhookId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhooks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookId,
    pub name: String,
    pub url: String,
    pub format: WebhookFormat,
    /// A JSON list of names; an empty one means all. Chat channels get alerts, whatever it says.
    pub event_types: Json,
    /// Only what concerns this team's people.
    pub team_id: Option<TeamId>,
    /// Rises with every rotation.
    pub secret_number: i32,
    /// Until then, messages are signed with the secret before as well.
    pub old_secret_until: Option<DateTimeUtc>,
    pub disabled_at: Option<DateTimeUtc>,
    pub disabled_reason: Option<String>,
    pub created_by: Option<UserId>,
    pub revision: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "team_id", to = "id")]
    pub team: HasOne<super::team::Entity>,
    #[sea_orm(belongs_to, from = "created_by", to = "id")]
    pub creator: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
