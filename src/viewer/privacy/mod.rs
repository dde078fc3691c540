//! What is recorded, told to whoever is recorded; a copy of it, and its erasure.

mod copy;
mod erase;
mod name;
mod own;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

pub use copy::{OwnVisit, copy_own_data};
pub use erase::erase_own_data;
pub use name::{NameChoice, choose_name};

use super::audience::{Audience, Sender};
use super::browser::asks_for_privacy;
use super::closed::explain;
use super::render::{Extras, Frames, dressed};
use crate::brands::look_of;
use crate::clock::Clock;
use crate::db::Db;
use crate::engagement::is_nameless;
use crate::error::Result;
use crate::keys::Keys;

#[derive(Template)]
#[template(path = "privacy.html")]
struct Privacy {
    sender: Sender,
    /// Whether this browser asks for privacy.
    private: bool,
    /// Whether the reader may choose to view without a name.
    offered: bool,
    /// Whether they have chosen so.
    nameless: bool,
    /// The token of the visit that asks, for a browser without a name.
    visit: String,
    back: String,
}

/// How viewing is measured.
pub async fn privacy(
    request: HttpRequest,
    token: web::Path<String>,
    visit: web::Query<OwnVisit>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let audience = match Audience::admit(&request, db.read(), &token, now).await {
        Ok(audience) => audience,
        Err(error) => return explain(&request, db.read(), &token, now, error).await,
    };
    let link = audience.link.as_ref();
    let page = Privacy {
        sender: Sender::of(db.read(), &audience.pitch).await?,
        private: asks_for_privacy(&request),
        offered: link.is_some_and(|link| link.nameless_allowed),
        nameless: link.is_some_and(|link| is_nameless(&request, &keys, link.id)),
        visit: link
            .and_then(|link| visit.into_inner().of(&keys, link.id))
            .unwrap_or_default(),
        back: audience.base,
    };
    let look = look_of(db.read(), page.sender.team).await?;
    dressed(
        &request,
        StatusCode::OK,
        &page,
        Frames::Never,
        &Extras::of(&look),
    )
}
