//! The one place that decides whether somebody may see what a link shows.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, EntityTrait as _};

use super::lists::lets_in;
use super::pass::Pass;
use crate::entities::{pitch_link, terms};
use crate::error::{Code, Error, Result};
use crate::keys::Keys;
use crate::pitches::token::find_open_link;

/// An open link with all that decides who may in.
#[derive(Clone, Debug)]
pub struct Door {
    /// The link, which is neither expired nor taken back.
    pub link: pitch_link::Model,
    /// The version of its terms that is asked for.
    terms_version: Option<i32>,
}

/// What a link still asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The passcode.
    Passcode,
    /// An address, to which a code will be sent.
    Email,
    /// The code that was sent to this address.
    Code(String),
    /// Nothing helps: this confirmed address is not let in.
    NotAllowed(String),
    /// The current terms.
    Terms,
}

/// Somebody who may see what a link shows.
#[derive(Clone, Debug)]
pub struct Admission {
    /// The link.
    pub link: pitch_link::Model,
    /// What they passed; its `email` is their confirmed address.
    pub pass: Pass,
    /// Whether there was any gate.
    pub gated: bool,
}

/// Admits whoever holds the token of an open link and has passed its gates. Unknown tokens are [`Code::NotFound`], links
/// that ran out or were taken back [`Code::Gone`], gates that are not passed [`Code::Gated`].
///
/// Every route under `/p/{token}` calls this before it serves or does anything; the test of the gates walks the table of
/// routes and fails for one that does not.
pub async fn admit<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    request: &HttpRequest,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Admission> {
    Door::find(db, token, now).await?.admit(keys, request, now)
}

/// Whether a link's first page may be shown where nobody can be asked for anything: in a mail, in a chat.
pub(in crate::pitches) fn shows_cover(link: &pitch_link::Model) -> bool {
    link.passcode_hash.is_none()
        && link.opens_at.is_none()
        && !link.email_required
        && link.allowed.is_none()
        && link.denied.is_none()
        && link.terms_id.is_none()
        && !link.watermark
}

impl Door {
    /// The door of a token's link. It reads the database each time.
    pub async fn find<C: ConnectionTrait>(db: &C, token: &str, now: DateTime<Utc>) -> Result<Self> {
        let link = find_open_link(db, token, now).await?;
        let terms_version = match link.terms_id {
            Some(id) => terms::Entity::find_by_id(id)
                .one(db)
                .await?
                .map(|terms| terms.version),
            None => None,
        };
        Ok(Self {
            link,
            terms_version,
        })
    }

    /// Whether it asks for anything.
    pub fn is_gated(&self) -> bool {
        self.link.passcode_hash.is_some() || self.asks_for_email() || self.terms_version.is_some()
    }

    /// Whether an address is to be confirmed. A list is of no use without.
    pub fn asks_for_email(&self) -> bool {
        self.link.email_required || self.link.allowed.is_some() || self.link.denied.is_some()
    }

    /// What is asked for next, after what was passed.
    pub fn next(&self, pass: &Pass) -> Option<Step> {
        if self.link.passcode_hash.is_some() && !pass.passcode {
            return Some(Step::Passcode);
        }
        if self.asks_for_email() {
            match (&pass.email, &pass.pending) {
                (Some(email), _) if !lets_in(&self.link, email) => {
                    return Some(Step::NotAllowed(email.clone()));
                }
                (Some(_), _) => {}
                (None, Some(pending)) => return Some(Step::Code(pending.clone())),
                (None, None) => return Some(Step::Email),
            }
        }
        if self.terms_version.is_some() && self.terms_version != pass.terms {
            return Some(Step::Terms);
        }
        None
    }

    /// How many gates there are, and which of them `step` is, from 1.
    pub fn place(&self, step: &Step) -> (usize, usize) {
        let passcode = usize::from(self.link.passcode_hash.is_some());
        let email = usize::from(self.asks_for_email());
        let terms = usize::from(self.terms_version.is_some());
        let at = match step {
            Step::Passcode => 1,
            Step::Email | Step::Code(_) | Step::NotAllowed(_) => passcode + 1,
            Step::Terms => passcode + email + 1,
        };
        (at, passcode + email + terms)
    }

    /// Admits whoever sent the request, if their pass is enough.
    pub fn admit(
        self,
        keys: &Keys,
        request: &HttpRequest,
        now: DateTime<Utc>,
    ) -> Result<Admission> {
        let pass = Pass::of(request, keys, &self.link, now);
        self.check(&pass)?;
        Ok(Admission {
            gated: self.is_gated(),
            link: self.link,
            pass,
        })
    }

    /// Refuses whoever has not passed every gate.
    pub fn check(&self, pass: &Pass) -> Result<()> {
        let detail = match self.next(pass) {
            None => return Ok(()),
            Some(Step::Passcode) => "Open the link in a browser and enter its passcode first.",
            Some(Step::Email | Step::Code(_)) => {
                "Open the link in a browser and confirm your e-mail address first."
            }
            Some(Step::NotAllowed(_)) => "This link was made for other addresses.",
            Some(Step::Terms) => "Open the link in a browser and accept its terms first.",
        };
        Err(Error::new(Code::Gated, detail))
    }
}
