//! A reason not to contact somebody: a day before which they want to be left alone, or that they opted out.
//!
//! It names the contact, their address, or both: an address may be no contact, and a contact that is imported again
//! under another id is still known by the address.

use sea_orm::entity::prelude::*;

use super::{Channel, RestrictionKind};
use crate::ids::{ContactId, RestrictionId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_restrictions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RestrictionId,
    pub contact_id: Option<ContactId>,
    /// Lower case.
    pub address: Option<String>,
    pub kind: RestrictionKind,
    pub channel: Channel,
    pub reason: String,
    /// The first day on which it no longer holds; absent where it holds until it is lifted.
    pub until: Option<Date>,
    /// Absent where they said so themselves.
    pub set_by: Option<UserId>,
    pub set_at: DateTimeUtc,
    pub lifted_at: Option<DateTimeUtc>,
    pub lifted_by: Option<UserId>,
    pub lift_reason: Option<String>,
    /// One opt-out of their own per address; free again once it is lifted.
    pub dedupe_key: Option<String>,
    #[sea_orm(belongs_to, from = "contact_id", to = "id")]
    pub contact: HasOne<super::contact::Entity>,
    #[sea_orm(belongs_to, relation_enum = "Setter", from = "set_by", to = "id")]
    pub setter: HasOne<super::user::Entity>,
    #[sea_orm(belongs_to, relation_enum = "Lifter", from = "lifted_by", to = "id")]
    pub lifter: HasOne<super::user::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
