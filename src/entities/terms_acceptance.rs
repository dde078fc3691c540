//! Somebody accepted a version of terms on a link.

use sea_orm::entity::prelude::*;

use crate::ids::{AcceptanceId, LinkId, TermsId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "terms_acceptances")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AcceptanceId,
    pub link_id: LinkId,
    pub terms_id: TermsId,
    pub version: i32,
    /// The verified address, where the link asks for one.
    pub email: Option<String>,
    /// Empty where its user was not to be known, or has had it erased.
    pub user_agent: String,
    /// The address, truncated to /24 or /48; empty as well.
    pub network: String,
    pub accepted_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "link_id", to = "id")]
    pub link: HasOne<super::pitch_link::Entity>,
    #[sea_orm(belongs_to, from = "terms_id", to = "id")]
    pub terms: HasOne<super::terms::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
