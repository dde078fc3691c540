//! A tracked link to a pitch, one per recipient. The token is made from the id with the installation's key; only
//! its hash is here, so a stolen database yields no working link.

#![allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]

use sea_orm::entity::prelude::*;

use crate::ids::{ContactId, LinkId, PitchId, TermsId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pitch_links")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LinkId,
    pub pitch_id: PitchId,
    /// The link whose reader shared it on.
    pub parent_link_id: Option<LinkId>,
    pub contact_id: Option<ContactId>,
    pub recipient_name: Option<String>,
    pub recipient_email: Option<String>,
    /// Hex BLAKE3 of the token.
    pub token_hash: String,
    pub download_allowed: bool,
    /// The user who made it; absent for a prospect's share.
    pub created_by: Option<UserId>,
    pub created_at: DateTimeUtc,
    /// It shows nothing before.
    pub opens_at: Option<DateTimeUtc>,
    pub expires_at: Option<DateTimeUtc>,
    pub revoked_at: Option<DateTimeUtc>,
    /// Counts every change of the settings.
    pub revision: i64,
    /// Counts the changes after which readers are asked again; a pass is bound to it.
    pub gates_revision: i64,
    /// Readers confirm their address by a code. Lists of addresses ask for it too.
    pub email_required: bool,
    /// What is downloaded is the PDF, whatever the original is.
    pub download_as_pdf: bool,
    /// Pictures carry the viewer's address and the time.
    pub watermark: bool,
    /// Readers may ask not to be named.
    pub nameless_allowed: bool,
    /// Argon2id.
    pub passcode_hash: Option<String>,
    /// Readers accept the current version of these.
    pub terms_id: Option<TermsId>,
    /// Addresses and domains that may read; everybody where absent.
    pub allowed: Option<Json>,
    /// Addresses and domains that may not.
    pub denied: Option<Json>,
    #[sea_orm(belongs_to, from = "pitch_id", to = "id")]
    pub pitch: HasOne<super::pitch::Entity>,
    #[sea_orm(belongs_to, from = "contact_id", to = "id")]
    pub contact: HasOne<super::contact::Entity>,
    #[sea_orm(belongs_to, from = "created_by", to = "id")]
    pub creator: HasOne<super::user::Entity>,
    #[sea_orm(self_ref, relation_enum = "Parent", from = "parent_link_id", to = "id")]
    pub parent: HasOne<Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
