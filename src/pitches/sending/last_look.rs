//! The last look at a mail to a prospect before it goes out: it may have waited an hour for its server, or a week for
//! somebody to set one up, while its reader opted out or its link was taken back.
//!
//! Invariant: what stands against sending a link stands against its mails until the moment they are sent.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};

use super::send::obstacles;
use crate::entities::{asset, mail, pitch_link};
use crate::error::Result;
use crate::ids::AssetId;
use crate::pitches::views::LinkState;

/// Mails that somebody wrote to a reader. What answers them (a code, an answer to a question) goes out in any case.
const WRITTEN: [&str; 2] = ["pitch", "changed_page"];

/// Why a mail must not go out after all, if so.
pub async fn refusal_of<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    mail: &mail::Model,
) -> Result<Option<String>> {
    let Some(link) = mail.link_id else {
        return Ok(None);
    };
    if !WRITTEN.contains(&mail.purpose.as_str()) {
        return Ok(None);
    }
    let link = pitch_link::Entity::find_by_id(link).one(db).await?;
    let Some(link) = link.filter(|link| LinkState::of(link, now).is_worth_giving()) else {
        return Ok(Some("Its link no longer opens.".to_owned()));
    };
    if let Some(obstacle) = obstacles(db, now, &link).await?.first() {
        return Ok(Some(obstacle.refusal().detail));
    }
    if is_internal(db, mail).await? {
        return Ok(Some("The content it names is internal now.".to_owned()));
    }
    Ok(None)
}

async fn is_internal<C: ConnectionTrait>(db: &C, mail: &mail::Model) -> Result<bool> {
    let (Some("asset"), Some(id)) = (mail.about_kind.as_deref(), mail.about_id) else {
        return Ok(false);
    };
    let internal = asset::Entity::find_by_id(AssetId(id))
        .filter(asset::Column::InternalOnly.eq(true))
        .count(db)
        .await?;
    Ok(internal > 0)
}
