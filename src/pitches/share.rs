//! A reader shares a link with a colleague: a child link with the limits of its parent, so that the spread through a
//! buying committee is a tree.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};
use serde::Deserialize;

use super::gates::Settings;
use super::input::{RecipientInput, refuse};
use super::links::{NewLink, hold_links, insert_link};
use super::views::LinkState;
use crate::entities::pitch_link;
use crate::error::{Code, Error, Result};
use crate::keys::Keys;

/// More colleagues than any committee has; a bound against a script that presses the button for ever.
const MOST_CHILDREN: u64 = 50;
/// The same for everything that was shared on of one pitch, through however many hands.
const MOST_SHARED: u64 = 1_000;

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

/// Makes the child link of one that the caller found open, in the same transaction.
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
    hold_links(db, parent.pitch_id).await?;
    let parent = pitch_link::Entity::find_by_id(parent.id)
        .one(db)
        .await?
        .filter(|parent| LinkState::of(parent, now) == LinkState::Active)
        .ok_or_else(|| Error::new(Code::Gone, "This link no longer opens."))?;
    let shared = || {
        pitch_link::Entity::find()
            .filter(pitch_link::Column::PitchId.eq(parent.pitch_id))
            .filter(pitch_link::Column::ParentLinkId.is_not_null())
    };
    let of_parent = shared().filter(pitch_link::Column::ParentLinkId.eq(parent.id));
    for (count, most) in [
        (of_parent.count(db).await?, MOST_CHILDREN),
        (shared().count(db).await?, MOST_SHARED),
    ] {
        if count >= most {
            return Err(Error::new(
                Code::Conflict,
                format!("This was shared {most} times already. Ask the sender for more."),
            ));
        }
    }
    let new = NewLink {
        pitch_id: parent.pitch_id,
        parent: Some(parent.id),
        recipient,
        created_by: None,
        // Whoever gets it is asked for the same, and gets no more.
        settings: Settings::of(&parent),
    };
    insert_link(db, keys, new, now).await
}
