//! What a request shows of the browser that sent it, cut down to what may be kept.

use actix_web::HttpRequest;
use actix_web::http::header;

use crate::http::network;

/// The cookie of the link page with a random name of the browser; set by `viewer`, read here.
pub const BROWSER_COOKIE: &str = "lastmile_browser";

/// A browser, as far as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// What it calls itself, at most 300 characters.
    pub user_agent: String,
    /// The address, truncated to /24 or /48.
    pub network: String,
    /// The random name in its cookie; empty without one.
    pub browser_id: String,
    /// Its user is not to be known (Global Privacy Control): neither name nor network is kept, and what they read
    /// counts only in sums over many.
    pub unnamed: bool,
}

impl Seen {
    /// Reads a request.
    pub fn of(request: &HttpRequest) -> Self {
        let seen = Self::named(request);
        let private = request
            .headers()
            .get("sec-gpc")
            .is_some_and(|value| value == "1");
        if private { seen.without_name() } else { seen }
    }

    /// The same without what could tell whose it is.
    #[must_use]
    pub fn without_name(self) -> Self {
        Self {
            network: String::new(),
            browser_id: String::new(),
            unnamed: true,
            ..self
        }
    }

    fn named(request: &HttpRequest) -> Self {
        let user_agent = request
            .headers()
            .get(header::USER_AGENT)
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .unwrap_or_default();
        let browser_id = request
            .cookie(BROWSER_COOKIE)
            .map(|cookie| cookie.value().chars().take(64).collect())
            .unwrap_or_default();
        Self {
            user_agent: user_agent.chars().take(300).collect(),
            network: network(request),
            browser_id,
            unnamed: false,
        }
    }
}
