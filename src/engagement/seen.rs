//! What a request shows of the browser that sent it, cut down to what may be kept.

use std::net::IpAddr;

use actix_web::http::header;
use actix_web::{HttpRequest, web};

use super::networks::DataCentres;

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
    /// It names no language, which browsers always do.
    pub no_language: bool,
    /// It comes from a data centre.
    pub data_centre: bool,
    /// It comes from this very machine: then the network says nothing.
    pub loopback: bool,
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
        }
    }
}

/// Where a request comes from. What a proxy says of it is believed of proxies in the house only: whoever comes from
/// outside would only speak for themselves.
fn address_of(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
    if peer.is_some_and(|peer| !is_inside(peer)) {
        return peer;
    }
    let info = request.connection_info();
    let told = info.realip_remote_addr()?;
    let address = told.parse().ok().or_else(|| {
        let with_port: std::net::SocketAddr = told.parse().ok()?;
        Some(with_port.ip())
    });
    address.or(peer)
}

fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

/// The network of an address: enough to tell an office from a scanner's data centre, too little to find a person.
pub(super) fn network_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_truncated() {
        assert_eq!(
            network_of("203.0.113.77".parse().unwrap()),
            "203.0.113.0/24"
        );
        assert_eq!(
            network_of("2001:db8:7:8::1".parse().unwrap()),
            "2001:db8:7::/48"
        );
        assert_eq!(
            network_of("::ffff:203.0.113.77".parse().unwrap()),
            "203.0.113.0/24"
        );
    }
}
