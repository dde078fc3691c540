//! Refusals as people see them: whoever goes to an address of a link, or sends one of its forms, and is refused gets a
//! page that says why and leads back. Scripts get `http`'s problem details.
//!
//! It decides nothing: the status is that of the refusal, and what stands on the page is what whoever asks may see of
//! the link, which is looked up again.
//!
//! Invariant: of a link that does not open for this browser nothing is shown but what its door shows.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;

use super::audience::{Audience, Sender};
use super::closed::explain;
use super::render::{Extras, Frames, dressed, html};
use crate::brands::look_of;
use crate::clock::Clock;
use crate::db::Db;
use crate::error::{Code, Error, Result};
use crate::http::app_data;

#[derive(Template)]
#[template(path = "refused.html")]
struct Refused {
    heading: &'static str,
    details: Vec<String>,
    /// Whether something was typed, which the browser still has one step back.
    typed: bool,
    /// Absent where the link does not open.
    sender: Option<Sender>,
    back: String,
}

/// The page for a refusal.
pub fn draw_refusal(
    request: HttpRequest,
    error: Error,
) -> LocalBoxFuture<'static, Result<HttpResponse>> {
    async move { draw(&request, error).await }.boxed_local()
}

async fn draw(request: &HttpRequest, error: Error) -> Result<HttpResponse> {
    let (db, clock) = (app_data::<Db>(request)?, app_data::<Clock>(request)?);
    let token = request.match_info().get("token").unwrap_or_default();
    let (db, now) = (db.read(), clock.now());
    let sender = match Audience::admit(request, db, token, now).await {
        Ok(audience) => Some(Sender::of(db, &audience.pitch).await?),
        // The link itself is the reason.
        Err(closed) if closed.code == error.code => {
            return explain(request, db, token, now, error).await;
        }
        Err(_) => None,
    };
    let (status, code) = (error.code.status(), error.code);
    let (heading, details) = words(error);
    let page = Refused {
        heading,
        details,
        typed: *request.method() == Method::POST && is_of_what_was_sent(code),
        back: format!("/p/{token}"),
        sender,
    };
    let Some(sender) = &page.sender else {
        return html(request, status, &page, Frames::Never);
    };
    let look = look_of(db, sender.team).await?;
    dressed(request, status, &page, Frames::Never, &Extras::of(&look))
}

/// Whether the same form, put right or sent later, would be taken.
fn is_of_what_was_sent(code: Code) -> bool {
    matches!(
        code,
        Code::Invalid | Code::Malformed | Code::TooLarge | Code::TooManyRequests | Code::Busy
    )
}

/// What is said of an error. Details that speak to programs are put into words.
fn words(error: Error) -> (&'static str, Vec<String>) {
    let own = |error: Error| {
        if error.fields.is_empty() {
            vec![error.detail]
        } else {
            error.fields.into_iter().map(|field| field.detail).collect()
        }
    };
    let say = |text: &str| vec![text.to_owned()];
    match error.code {
        Code::NotFound => (
            "There is nothing here",
            say("What was asked for is not, or no longer, part of what was sent to you."),
        ),
        Code::Invalid => ("That could not be sent", own(error)),
        Code::Malformed | Code::TooLarge => (
            "That could not be read",
            say("Something was missing in what the browser sent, or there was too much of it."),
        ),
        Code::TooManyRequests | Code::Busy => ("Please wait a little", own(error)),
        Code::Conflict => ("This is not possible", own(error)),
        code if code.status().is_server_error() => {
            (code.title(), say("Please try again in a moment."))
        }
        code => (code.title(), own(error)),
    }
}
