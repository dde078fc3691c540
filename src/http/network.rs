//! The network that a request comes from, cut down to what may be kept.

use std::net::IpAddr;

use actix_web::HttpRequest;

/// The network of the request's address; empty where there is none.
pub fn network(request: &HttpRequest) -> String {
    request
        .connection_info()
        .realip_remote_addr()
        .and_then(|text| text.parse().ok())
        .map(network_of)
        .unwrap_or_default()
}

/// The network of an address: enough to tell an office from a scanner's data centre, too little to find a person.
fn network_of(address: IpAddr) -> String {
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
