//! A named signal: something about a reader that is worth an act, told once per cause. Derived from visits; what is
//! no longer derived is withdrawn and stays.

use sea_orm::entity::prelude::*;

use super::SignalKind;
use crate::ids::{ContactId, LinkId, OpportunityId, SignalId, UserId, VisitId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SignalId,
    pub kind: SignalKind,
    /// The same cause has the same key.
    pub cause_key: String,
    pub opportunity_id: OpportunityId,
    pub contact_id: Option<ContactId>,
    pub link_id: Option<LinkId>,
    /// No foreign key: visits are derived and may be made anew.
    pub visit_id: Option<VisitId>,
    /// The reader's name at that time.
    pub person: Option<String>,
    /// What happened.
    pub title: String,
    /// Why that is said, with its numbers.
    pub detail: String,
    /// What could be done now.
    pub next_step: String,
    /// The numbers, for programs.
    pub facts: Json,
    pub happened_at: DateTimeUtc,
    pub created_at: DateTimeUtc,
    /// When it turned out not to be so.
    pub withdrawn_at: Option<DateTimeUtc>,
    pub withdrawn_reason: Option<String>,
    /// When somebody took care of it, or waved it aside.
    pub handled_at: Option<DateTimeUtc>,
    pub handled_by: Option<UserId>,
    pub dismissed: bool,
    pub handled_note: Option<String>,
    #[sea_orm(belongs_to, from = "opportunity_id", to = "id")]
    pub opportunity: HasOne<super::opportunity::Entity>,
    #[sea_orm(belongs_to, from = "contact_id", to = "id")]
    pub contact: HasOne<super::contact::Entity>,
    #[sea_orm(belongs_to, from = "link_id", to = "id")]
    pub link: HasOne<super::pitch_link::Entity>,
    #[sea_orm(belongs_to, from = "handled_by", to = "id")]
    pub handler: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
