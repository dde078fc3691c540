//! What is known of the browser that asks, and the one cookie it gets.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use crate::engagement::{BROWSER_COOKIE, Seen};
use crate::ids::LinkId;
use crate::keys::{Keys, random_text};

/// Long enough for a deal.
const KEPT_FOR: Duration = Duration::days(365);

/// The browser, and the cookie to send where it has none yet. Who asks for privacy has no name here, and loses the one
/// they may have.
pub(super) fn meet(
    request: &HttpRequest,
    keys: &Keys,
    link: LinkId,
) -> (Seen, Option<Cookie<'static>>) {
    let mut seen = Seen::on(request, keys, link);
    if asks_for_privacy(request) {
        let known = request.cookie(BROWSER_COOKIE).is_some();
        return (seen, known.then(|| forget(request)));
    }
    // Whoever views this link without a name keeps the one that other links know.
    if seen.nameless || !seen.browser_id.is_empty() {
        return (seen, None);
    }
    seen.browser_id = random_text(16);
    let named = cookie(request, seen.browser_id.clone());
    (seen, Some(named))
}

/// Takes the name away.
pub(super) fn forget(request: &HttpRequest) -> Cookie<'static> {
    cookie(request, String::new())
}

/// Whether the browser sends Global Privacy Control.
pub(super) fn asks_for_privacy(request: &HttpRequest) -> bool {
    header(request, "sec-gpc") == Some("1")
}

/// Whether the page is asked for ahead of time, before anybody wants to see it.
pub(super) fn is_prefetch(request: &HttpRequest) -> bool {
    ["sec-purpose", "purpose", "x-moz"]
        .into_iter()
        .filter_map(|name| header(request, name))
        .any(|value| value.contains("prefetch") || value.contains("preview"))
}

/// The cookie of the link pages; an empty name takes it away.
fn cookie(request: &HttpRequest, name: String) -> Cookie<'static> {
    let mut cookie = Cookie::build(BROWSER_COOKIE, name)
        .path("/p")
        .http_only(true)
        .secure(request.connection_info().scheme() == "https")
        .same_site(SameSite::Lax)
        .max_age(KEPT_FOR)
        .finish();
    if cookie.value().is_empty() {
        cookie.make_removal();
    }
    cookie
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engagement::{NAMELESS_COOKIE, nameless_mark};
    use actix_web::test::TestRequest;

    const LINK: LinkId = LinkId(uuid::Uuid::nil());

    fn keys() -> Keys {
        Keys::from_secret("k")
    }

    #[test]
    fn a_browser_is_named_once() {
        let first = TestRequest::default().to_http_request();
        let (seen, cookie) = meet(&first, &keys(), LINK);
        let cookie = cookie.unwrap();
        assert_eq!(cookie.value(), seen.browser_id);
        let again = TestRequest::default().cookie(cookie).to_http_request();
        let (known, none) = meet(&again, &keys(), LINK);
        assert_eq!((known.browser_id, none), (seen.browser_id, None));
    }

    #[test]
    fn whoever_asks_for_privacy_is_not_named_and_loses_an_old_name() {
        let new = TestRequest::default().insert_header(("sec-gpc", "1"));
        let (seen, cookie) = meet(&new.to_http_request(), &keys(), LINK);
        assert_eq!((seen.browser_id.as_str(), cookie), ("", None));
        let known = TestRequest::default()
            .insert_header(("sec-gpc", "1"))
            .cookie(Cookie::new(BROWSER_COOKIE, "old"));
        let (seen, cookie) = meet(&known.to_http_request(), &keys(), LINK);
        assert_eq!(seen.browser_id, "");
        assert_eq!(cookie.unwrap().max_age(), Some(Duration::ZERO));
    }

    #[test]
    fn whoever_views_one_link_without_a_name_keeps_it_for_others() {
        let chosen = TestRequest::default()
            .cookie(Cookie::new(NAMELESS_COOKIE, nameless_mark(&keys(), LINK)))
            .cookie(Cookie::new(BROWSER_COOKIE, "old"))
            .to_http_request();
        let (seen, cookie) = meet(&chosen, &keys(), LINK);
        assert_eq!((seen.browser_id.as_str(), cookie), ("", None));
        assert!(seen.unnamed && seen.nameless);
        let other = LinkId(uuid::Uuid::max());
        assert_eq!(meet(&chosen, &keys(), other).0.browser_id, "old");
    }

    #[test]
    fn pages_asked_for_ahead_of_time_are_told_apart() {
        for (name, value) in [("sec-purpose", "prefetch;prerender"), ("x-moz", "prefetch")] {
            let request = TestRequest::default().insert_header((name, value));
            assert!(is_prefetch(&request.to_http_request()));
        }
        assert!(!is_prefetch(&TestRequest::default().to_http_request()));
    }
}
