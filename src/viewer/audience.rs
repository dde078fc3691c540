//! Who looks at a pitch: a prospect who holds a link, or a user of the house who previews it.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, EntityTrait as _};

use crate::entities::{pitch, pitch_link, user};
use crate::error::{Code, Error, Result};
use crate::http::{Principal, app_data};
use crate::ids::{AcceptanceId, PitchId, PitchItemId, TeamId, VersionId};
use crate::keys::Keys;
use crate::pitches::{self, Layout, find_pitch};

/// A pitch that may be shown to whoever asks.
#[derive(Debug)]
pub(super) struct Audience {
    /// What is shown.
    pub(super) pitch: pitch::Model,
    /// The link that opened it; absent in a preview.
    pub(super) link: Option<pitch_link::Model>,
    /// The path under which its pictures and files lie.
    pub(super) base: String,
    /// Whether the link has gates, which were passed.
    pub(super) gated: bool,
    /// The address that the reader confirmed, where the link asks for one.
    pub(super) email: Option<String>,
    /// The record of their acceptance of the terms, where the link asks for it.
    pub(super) accepted: Option<AcceptanceId>,
}

impl Audience {
    /// Whoever holds the token of an open link and has passed its gates. Every handler of an address under `/p/{token}`
    /// begins with this, before it serves or does anything:
    ///
    /// ```text
    /// let audience = Audience::admit(&request, db.read(), &token, clock.now()).await?;
    /// ```
    ///
    /// A handler whose answer is a page whoever asks hands the error to `explain`, which draws the gate or says why the
    /// link does not open; all others pass it on with `?`, and the guard has `refusal` draw it where people would see it.
    /// Handlers that write call it inside their transaction.
    pub(super) async fn admit<C: ConnectionTrait>(
        request: &HttpRequest,
        db: &C,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let keys = app_data::<Keys>(request)?;
        let admission = pitches::admit(db, &keys, request, token, now).await?;
        let pitch = pitch::Entity::find_by_id(admission.link.pitch_id)
            .one(db)
            .await?
            .ok_or_else(|| Error::internal("a link without its pitch"))?;
        Ok(Self {
            pitch,
            base: format!("/p/{token}"),
            gated: admission.gated,
            email: admission.pass.email,
            accepted: admission.pass.accepted,
            link: Some(admission.link),
        })
    }

    /// The version whose page an item shows under this number, and what else the pitch shows; a page that it does not show
    /// does not exist.
    pub(super) async fn page<C: ConnectionTrait>(
        &self,
        db: &C,
        item: PitchItemId,
        number: i32,
    ) -> Result<(Layout, VersionId)> {
        let layout = pitches::layout(db, self.pitch.id).await?;
        let version = layout
            .item_showing(item, number)
            .ok_or_else(|| Error::not_found("page"))?
            .version_id;
        Ok((layout, version))
    }

    /// Whether pictures carry who looks at them, and files and videos, which cannot, are not given out.
    pub(super) fn is_watermarked(&self) -> bool {
        self.link.as_ref().is_some_and(|link| link.watermark)
    }

    /// Refuses what cannot carry a watermark.
    pub(super) fn refuse_unmarked(&self) -> Result<()> {
        if !self.is_watermarked() {
            return Ok(());
        }
        Err(Error::new(
            Code::Conflict,
            "The pages of this link carry a watermark; files and videos, which cannot, are not given out.",
        ))
    }

    /// A user who can see the pitch.
    pub(super) async fn by_preview<C: ConnectionTrait>(
        db: &C,
        principal: &Principal,
        pitch: PitchId,
    ) -> Result<Self> {
        let pitch = find_pitch(db, principal, pitch).await?;
        Ok(Self {
            base: format!("/preview/pitches/{}", pitch.id),
            pitch,
            link: None,
            gated: false,
            email: None,
            accepted: None,
        })
    }
}

/// Who sent the pitch, as its readers see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sender {
    pub(super) name: String,
    pub(super) email: String,
    /// At most two letters.
    pub(super) initials: String,
    /// Whose look the page has.
    pub(super) team: Option<TeamId>,
}

impl Sender {
    /// The owner of a pitch.
    pub(super) async fn of<C: ConnectionTrait>(db: &C, pitch: &pitch::Model) -> Result<Self> {
        let owner = user::Entity::find_by_id(pitch.owner_id)
            .one(db)
            .await?
            .ok_or_else(|| Error::internal("a pitch without its owner"))?;
        Ok(Self {
            initials: initials(&owner.name),
            name: owner.name,
            email: owner.email,
            team: owner.team_id,
        })
    }
}

/// The first letters of the first and the last name.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next();
    let last = words.next_back();
    [first, last]
        .into_iter()
        .flatten()
        .filter_map(|word| word.chars().next())
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_the_first_and_last_name() {
        assert_eq!(initials("ann maria lee"), "AL");
        assert_eq!(initials("Øyvind"), "Ø");
        assert_eq!(initials(" "), "");
    }
}
