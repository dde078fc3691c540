//! The guard in front of every route: who is asking, may they, and does a browser's request come from our own pages.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest};
use tracing_actix_web::RequestId;
use url::Url;

use super::idempotency;
use super::limits::{Flood, Left};
use super::network::network;
use super::principal::{Credential, Principal, data};
use super::problem::{log_fault, tell_wait, told};
use super::route::{Access, DrawRefusal};
use super::token;
use crate::clock::Clock;
use crate::error::{Code, Error, Result};
use crate::keys::Keys;

/// Lets the request through to its handler, or answers why not.
pub(super) async fn authorize(
    access: Access,
    refusals: Option<DrawRefusal>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if access == Access::Public {
        return Ok(with_limits(next.call(request).await?.map_into_boxed_body()));
    }
    if access == Access::LinkToken {
        let response = prospect(request, next).await?;
        return Ok(match refusals {
            Some(draw) if is_for_people(response.request()) => draw_refusal(draw, response).await,
            _ => response,
        });
    }
    let principal = match admit(access, request.request()).await {
        Ok(principal) => principal,
        Err(error) => return Ok(request.error_response(error)),
    };
    let renewed = renewed_cookie(request.request(), &principal)?;
    let user = principal.user_id;
    request.extensions_mut().insert(principal);

    let mut response = idempotency::call(user, request, next).await?;
    if let Some((token, secure)) = renewed {
        let cookie = token::cookie(&token, secure).into_owned();
        response.response_mut().add_cookie(&cookie)?;
    }
    Ok(response)
}

/// Counts what a prospect's browser sends, and says how much more it may send. The handler decides who is admitted.
async fn prospect(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(with_limits(next.call(request).await?.map_into_boxed_body()));
    }
    let flood = data::<Flood>(request.request())?;
    let token = request.match_info().get("token").unwrap_or_default();
    let is_beacon = request.path().ends_with("/events");
    let (left, verdict) = flood
        .count(token, &network(request.request()), is_beacon)
        .await;
    request.extensions_mut().insert(left);
    let response = match verdict {
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
        Err(error) => request.error_response(error),
    };
    Ok(with_limits(response))
}

/// Whether people see the answer: a browser goes there, or sends a form by itself. A script of the page asks for something
/// else, or says nothing of what it takes.
fn is_for_people(request: &HttpRequest) -> bool {
    let says = |name: &str| {
        let value = request.headers().get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let (accept, mode) = (says("accept"), says("sec-fetch-mode"));
    if accept.contains("json") || !matches!(mode, "" | "navigate") {
        return false;
    }
    accept.contains("text/html")
        || says("content-type").starts_with("application/x-www-form-urlencoded")
}

/// A refusal as a page with the same status; other answers as they are, and the refusal too where it cannot be drawn.
async fn draw_refusal(
    draw: DrawRefusal,
    response: ServiceResponse<BoxBody>,
) -> ServiceResponse<BoxBody> {
    let Some(error) = response.response().error() else {
        return response;
    };
    let (refusal, request) = (told(error), response.request().clone());
    let Ok(mut page) = draw(request, refusal.told()).await else {
        return response;
    };
    let request_id = response
        .request()
        .extensions()
        .get::<RequestId>()
        .map(ToString::to_string)
        .unwrap_or_default();
    log_fault(error, &request_id);
    tell_wait(&refusal, page.headers_mut());
    for (name, value) in response.headers() {
        if name.as_str().starts_with("ratelimit-") {
            page.headers_mut().insert(name.clone(), value.clone());
        }
    }
    response.into_response(page)
}

/// Writes the headers of the allowance that the guard or the handler has noted.
fn with_limits(mut response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let left = response.request().extensions().get::<Left>().copied();
    if let Some(left) = left {
        left.write(response.headers_mut());
    }
    response
}

/// Who is asking, if they may.
async fn admit(access: Access, request: &HttpRequest) -> Result<Principal> {
    let principal = Principal::authenticate(request).await?;
    if let Access::May(permission) = access
        && !principal.may(permission)
    {
        return Err(Error::new(
            Code::Forbidden,
            format!("This is not open to the role {}.", principal.role),
        ));
    }
    if matches!(principal.credential, Credential::Cookie { .. }) {
        require_own_origin(request)?;
    }
    Ok(principal)
}

/// A browser sends the cookie along with whatever site asks it to; only requests that change nothing, or that come
/// from our own pages, may ride on it.
fn require_own_origin(request: &HttpRequest) -> Result<()> {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(());
    }
    let origin = request
        .headers()
        .get(header::ORIGIN)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| Url::parse(value).ok());
    let own = origin.is_some_and(|origin| {
        let host = origin.host_str().map(|host| match origin.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        });
        host.as_deref() == Some(request.connection_info().host())
    });
    if own {
        return Ok(());
    }
    Err(Error::new(
        Code::ForeignOrigin,
        "Requests that change something are only taken from this site's own pages.",
    ))
}

fn renewed_cookie(request: &HttpRequest, principal: &Principal) -> Result<Option<(String, bool)>> {
    if principal.credential != (Credential::Cookie { renew: true }) {
        return Ok(None);
    }
    let (keys, clock) = (data::<Keys>(request)?, data::<Clock>(request)?);
    let (token, _) = token::issue(&keys, principal.user_id, principal.session_id, clock.now())?;
    Ok(Some((token, is_https(request))))
}

/// Whether the browser came by TLS, here or at the proxy in front.
fn is_https(request: &HttpRequest) -> bool {
    request.connection_info().scheme() == "https"
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_browser_that_goes_somewhere_is_told_from_a_script() {
        const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        const FORM: &str = "application/x-www-form-urlencoded";
        for (headers, people) in [
            (vec![("accept", BROWSER)], true),
            (
                vec![("accept", BROWSER), ("sec-fetch-mode", "navigate")],
                true,
            ),
            (vec![("accept", "*/*"), ("content-type", FORM)], true),
            (
                vec![("accept", "application/json"), ("content-type", FORM)],
                false,
            ),
            (
                vec![("accept", "*/*"), ("content-type", "application/json")],
                false,
            ),
            (
                vec![
                    ("accept", "*/*"),
                    ("content-type", FORM),
                    ("sec-fetch-mode", "cors"),
                ],
                false,
            ),
            (vec![("accept", "image/avif,image/webp,*/*;q=0.8")], false),
            (vec![], false),
        ] {
            let request = headers
                .iter()
                .fold(TestRequest::default(), |request, header| {
                    request.insert_header(*header)
                });
            assert_eq!(
                is_for_people(&request.to_http_request()),
                people,
                "{headers:?}"
            );
        }
    }
}
