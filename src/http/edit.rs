//! Edits that cannot overwrite each other: `ETag` on what is read, `If-Match` on what is changed.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Serialize;

use crate::error::{Code, Error, Result};

/// The revision that an edit is based on, from `If-Match`.
#[derive(Clone, Copy, Debug)]
pub struct IfMatch(i64);

impl IfMatch {
    /// Refuses the edit when `current` is not the revision it is based on.
    pub fn require(self, current: i64) -> Result<()> {
        if self.0 == current {
            return Ok(());
        }
        Err(Error::new(
            Code::Stale,
            format!(
                "You edited revision {}, but it is at {current} now. Load it again and repeat your change.",
                self.0
            ),
        ))
    }
}

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let revision = request
            .headers()
            .get(header::IF_MATCH)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.trim().trim_matches('"').parse().ok());
        ready(revision.map(Self).ok_or_else(|| {
            Error::new(
                Code::PreconditionRequired,
                "Send the revision you edit, as in: If-Match: \"3\".",
            )
        }))
    }
}

/// A reply with the view and its revision as `ETag`.
pub fn with_etag(view: &impl Serialize, revision: i64) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::ETAG, format!("\"{revision}\"")))
        .json(view)
}
