//! The token of a link: 160 bits made from the link's id with the installation's key.
//!
//! A stolen database holds only hashes, so it opens nothing; yet a rep can copy a link again, because the server can
//! make its token again.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use super::views::LinkState;
use crate::config::Config;
use crate::entities::pitch_link;
use crate::error::{Code, Error, Result};
use crate::ids::LinkId;
use crate::keys::Keys;

/// The token of a link.
pub fn link_token(keys: &Keys, link: LinkId) -> String {
    keys.link_token(link)
}

/// The address to give to the recipient.
pub fn link_url(config: &Config, keys: &Keys, link: LinkId) -> String {
    format!("{}/p/{}", config.public_url(), link_token(keys, link))
}

/// What the database keeps of a token.
pub fn token_hash(token: &str) -> String {
    blake3::hash(token.as_bytes()).to_hex().to_string()
}

/// The link of a token, whatever its state; unknown tokens are [`Code::NotFound`].
pub async fn find_link_by_token<C: ConnectionTrait>(
    db: &C,
    token: &str,
) -> Result<pitch_link::Model> {
    pitch_link::Entity::find()
        .filter(pitch_link::Column::TokenHash.eq(token_hash(token)))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("link"))
}

/// The link of a token: unknown tokens are [`Code::NotFound`], revoked and expired ones [`Code::Gone`], those
/// before their time [`Code::NotYet`].
///
/// It reads the database each time, so that a link that is taken back stops at once.
pub async fn find_open_link<C: ConnectionTrait>(
    db: &C,
    token: &str,
    now: DateTime<Utc>,
) -> Result<pitch_link::Model> {
    let link = find_link_by_token(db, token).await?;
    match LinkState::of(&link, now) {
        LinkState::Active => Ok(link),
        LinkState::Scheduled => Err(Error::new(Code::NotYet, "This link does not open yet.")),
        LinkState::Revoked => Err(Error::new(Code::Gone, "This link was taken back.")),
        LinkState::Expired => Err(Error::new(Code::Gone, "This link has expired.")),
    }
}
