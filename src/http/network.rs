//! Where a request comes from: its address, and the network of it, cut down to what may be kept.
//!
//! Invariant: nobody outside the house chooses the address that they are counted under.

use std::net::IpAddr;

use actix_web::HttpRequest;

/// The network of the request's address; empty where there is none.
pub fn network(request: &HttpRequest) -> String {
    address_of(request).map(network_of).unwrap_or_default()
}

/// Where a request comes from. What a proxy says of it is believed of proxies in the house only: whoever comes from
/// outside would only speak for themselves.
pub fn address_of(request: &HttpRequest) -> Option<IpAddr> {
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
pub fn network_of(address: IpAddr) -> String {
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
