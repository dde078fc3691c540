//! A reader shares a link with a colleague: a child link with the limits of its parent, so that the spread through a
//! buying committee is a tree.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};
use serde::Deserialize;

use super::gates::Settings;
use super::input::{RecipientInput, refuse};
use super::links::{NewLink, insert_link};
use crate::entities::pitch_link;
use crate::error::{Code, Error, Result};
use crate::keys::Keys;

/// More colleagues than any committee has; a bound against a script that presses the button for ever.
const MOST_CHILDREN: u64 = 50;

/// Whom a reader shares with.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ShareWith {
    /// The colleague's name.
    #[serde(default)]
    pub name: String,
    /// The colleague's e-mail address.
    #[serde(default)]
    pub email: String,
}

/// Makes the child link. Its parent was found open by the caller, in the same transaction.
pub async fn share_link<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    now: DateTime<Utc>,
    parent: &pitch_link::Model,
    with: ShareWith,
) -> Result<pitch_link::Model> {
    let recipient = RecipientInput {
        contact_id: None,
        name: Some(with.name),
        email: Some(with.email),
    }
    .trim();
    refuse(recipient.faults(""))?;
    let children = pitch_link::Entity::find()
        .filter(pitch_link::Column::ParentLinkId.eq(parent.id))
        .count(db)
        .await?;
    if children >= MOST_CHILDREN {
        return Err(Error::new(
            Code::Conflict,
            format!("This link was shared {MOST_CHILDREN} times already. Ask the sender for more."),
        ));
    }
    let new = NewLink {
        pitch_id: parent.pitch_id,
        parent: Some(parent.id),
        recipient,
        created_by: None,
        // Whoever gets it is asked for the same, and gets no more.
        settings: Settings::of(parent),
    };
    insert_link(db, keys, new, now).await
}
