//! What a request shows of the browser that sent it, cut down to what may be kept.

use actix_web::http::header;
use actix_web::{HttpRequest, web};

use super::nameless::is_nameless;
use super::networks::DataCentres;
use crate::http::{address_of, network_of};
use crate::ids::LinkId;
use crate::keys::Keys;

/// The cookie of the link page with a random name of the browser; set by `viewer`, read here.
pub const BROWSER_COOKIE: &str = "lastmile_browser";

/// A browser, as far as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent observations, each true or not"
)]
pub struct Seen {
    /// What it calls itself, at most 300 characters.
    pub user_agent: String,
    /// The address, truncated to /24 or /48.
    pub network: String,
    /// The random name in its cookie; empty without one.
    pub browser_id: String,
    /// It names no language, which browsers always do.
    pub no_language: bool,
    /// It comes from a data centre.
    pub data_centre: bool,
    /// It comes from this very machine: then the network says nothing.
    pub loopback: bool,
    /// Its user is not to be known: neither name nor network is kept, and what they read counts only in sums over many.
    pub unnamed: bool,
    /// They chose so on this link's page, which lets the sender know that somebody was there. Global Privacy Control
    /// lets nobody know.
    pub nameless: bool,
}

impl Seen {
    /// Reads a request for `link`, whose page offers to view it without a name.
    pub fn on(request: &HttpRequest, keys: &Keys, link: LinkId) -> Self {
        let seen = Self::of(request);
        if seen.unnamed || !is_nameless(request, keys, link) {
            return seen;
        }
        Self {
            nameless: true,
            ..seen.without_name()
        }
    }

    /// Reads a request; whatever was chosen on a link's page is not looked at.
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
        let address = address_of(request);
        let network = address.map(network_of).unwrap_or_default();
        let data_centre = request
            .app_data::<web::Data<DataCentres>>()
            .zip(address)
            .is_some_and(|(centres, address)| centres.contain(address));
        let browser_id = request
            .cookie(BROWSER_COOKIE)
            .map(|cookie| cookie.value().chars().take(64).collect())
            .unwrap_or_default();
        Self {
            user_agent: user_agent.chars().take(300).collect(),
            network,
            browser_id,
            no_language: !request.headers().contains_key(header::ACCEPT_LANGUAGE),
            data_centre,
            loopback: address.is_none_or(|address| address.to_canonical().is_loopback()),
            unnamed: false,
            nameless: false,
        }
    }
}
