//! The friendly pages of links that do not open: unknown, expired, taken back, or behind a gate (`gate`).

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, EntityTrait as _};

use super::audience::Sender;
use super::gate::ask;
use super::render::{Extras, Frames, dressed, html};
use crate::brands::look_of;
use crate::entities::pitch;
use crate::error::{Code, Error, Result};
use crate::pitches::{LinkState, find_link_by_token};

#[derive(Template)]
#[template(path = "closed.html")]
struct Closed {
    heading: &'static str,
    detail: Cow<'static, str>,
    sender: Option<Sender>,
}

/// The page that says that there is nothing at this address; other errors pass through.
pub(super) fn unknown(request: &HttpRequest, error: Error) -> Result<HttpResponse> {
    if error.code != Code::NotFound {
        return Err(error);
    }
    let closed = Closed {
        heading: "This link does not exist",
        detail: "Perhaps a part of the address was lost on the way. \
            Try the link in the original message again, or ask whoever sent it to you."
            .into(),
        sender: None,
    };
    html(request, StatusCode::NOT_FOUND, &closed, Frames::Never)
}

/// The page that says why a link does not open and whom to ask; other errors pass through.
pub(super) async fn explain<C: ConnectionTrait>(
    request: &HttpRequest,
    db: &C,
    token: &str,
    now: DateTime<Utc>,
    error: Error,
) -> Result<HttpResponse> {
    match error.code {
        Code::NotFound => unknown(request, error),
        Code::Gone | Code::NotYet => {
            let link = find_link_by_token(db, token).await?;
            let pitch = pitch::Entity::find_by_id(link.pitch_id)
                .one(db)
                .await?
                .ok_or_else(|| Error::internal("a link without its pitch"))?;
            let (status, heading, detail) = match (LinkState::of(&link, now), link.opens_at) {
                (LinkState::Expired, _) => (
                    StatusCode::GONE,
                    "This link has expired",
                    "It was made for a limited time. If you still need what it showed, just ask for a new one."
                        .into(),
                ),
                (LinkState::Scheduled | LinkState::Active, Some(opens)) => (
                    StatusCode::FORBIDDEN,
                    "This link does not open yet",
                    opens
                        .format("It opens on %-d %B %Y at %H:%M UTC. Come back then; the address stays the same.")
                        .to_string()
                        .into(),
                ),
                (LinkState::Revoked | LinkState::Scheduled | LinkState::Active, _) => (
                    StatusCode::GONE,
                    "This link is no longer available",
                    "Its sender has taken it back. If you still need what it showed, just ask."
                        .into(),
                ),
            };
            let closed = Closed {
                heading,
                detail,
                sender: Some(Sender::of(db, &pitch).await?),
            };
            let team = closed.sender.as_ref().and_then(|sender| sender.team);
            let look = look_of(db, team).await?;
            dressed(request, status, &closed, Frames::Never, &Extras::of(&look))
        }
        Code::Gated => ask(request, db, token, now, StatusCode::FORBIDDEN, None).await,
        _ => Err(error),
    }
}
