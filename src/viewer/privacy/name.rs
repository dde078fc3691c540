//! Viewing without one's name, where the sender allows it: the choice, and taking it back.
//!
//! The choice is a cookie of this link on this device; what it means for what is recorded is decided by `engagement`.
//!
//! Invariant: only what is posted here changes it.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::super::audience::Audience;
use crate::clock::Clock;
use crate::db::Db;
use crate::engagement::{NAMELESS_COOKIE, nameless_mark};
use crate::error::{Code, Error, Result};
use crate::keys::Keys;

/// As long as the name of a browser is kept.
const KEPT_FOR: Duration = Duration::days(365);

/// What the form sends.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct NameChoice {
    named: Named,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Named {
    Yes,
    No,
}

/// Takes the choice. Taking it back is always possible.
pub async fn choose_name(
    request: HttpRequest,
    token: web::Path<String>,
    form: web::Form<NameChoice>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
) -> Result<HttpResponse> {
    let audience = Audience::admit(&request, db.read(), &token, clock.now()).await?;
    let link = audience
        .link
        .ok_or_else(|| Error::internal("a reader without a link"))?;
    let value = match form.named {
        Named::Yes => String::new(),
        Named::No if link.nameless_allowed => nameless_mark(&keys, link.id),
        Named::No => {
            return Err(Error::new(
                Code::Conflict,
                "The sender of this link does not offer viewing without a name.",
            ));
        }
    };
    let mut cookie = Cookie::build(NAMELESS_COOKIE, value)
        .path(audience.base.clone())
        .http_only(true)
        .secure(request.connection_info().scheme() == "https")
        .same_site(SameSite::Lax)
        .max_age(KEPT_FOR)
        .finish();
    if form.named == Named::Yes {
        cookie.make_removal();
    }
    Ok(HttpResponse::SeeOther()
        .insert_header((header::LOCATION, format!("{}/privacy", audience.base)))
        .cookie(cookie)
        .finish())
}
