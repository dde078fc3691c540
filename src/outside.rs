//! Which addresses this server may be sent to: public ones, whatever a name, a redirect or a spelling says.
//!
//! For everybody who connects to an address that somebody typed: web links, webhooks, chat channels. It connects to
//! nothing itself.
//!
//! Invariant: what is checked is what is connected to; a name is judged by the addresses that the connection uses.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Why an address is not connected to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(
    /// A sentence for whoever typed it.
    pub &'static str,
);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Refused {}

const INSIDE: Refused = Refused(
    "This address leads into a private network. Only addresses on the public web can be used.",
);

/// Looks names up, and forgets the addresses that are not public. It is asked at the moment of connecting, and what it
/// says is what is connected to.
#[derive(Clone, Copy, Debug)]
pub struct PublicNames {
    /// Lets every address through, where the configuration says so.
    pub allow_private: bool,
}

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = tokio::task::spawn_blocking(move || (host, 0).to_socket_addrs()).await??;
            let public: Vec<SocketAddr> = found
                .filter(|address| allow_private || is_public(address.ip()))
                .collect();
            if public.is_empty() {
                return Err(INSIDE.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Refuses what can be told from the URL alone. An address that is written as a number is never looked up, so this is
/// where it is checked.
pub fn check_url(url: &Url, allow_private: bool) -> Result<(), Refused> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refused("Only http and https addresses can be used."));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused(
            "Leave the user name and password out of the address.",
        ));
    }
    let literal = match url.host() {
        None => return Err(Refused("The address names no host.")),
        Some(Host::Domain(_)) => None,
        Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
    };
    if literal.is_some_and(|ip| !allow_private && !is_public(ip)) {
        return Err(INSIDE);
    }
    Ok(())
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// By the IANA special-purpose registry of IPv4.
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !matches!(
        (a, b, c),
        // This network, private, loopback, multicast and what is reserved.
        (0 | 10 | 127 | 224.., _, _)
            // Carrier-grade NAT.
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 168, _)
            // Protocol assignments, documentation, the former 6to4 relays, benchmarks.
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    )
}

/// Only global unicast, and of that nothing that carries an IPv4 address inside: mapped and translated addresses lie
/// outside of it, 6to4 and Teredo are left out here.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let global = a & 0xe000 == 0x2000;
    let special = matches!(
        (a, b),
        (0x2001, 0..=0x01ff | 0x0db8) | (0x2002, _) | (0x3fff, 0..=0x0fff)
    );
    global && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_may_be_fetched_from() {
        for ip in [
            "93.184.216.34",
            "100.128.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "2606:4700::1111",
            "2a00:1450:4001::200e",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn nothing_inside_may_be_fetched_from() {
        for ip in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:93.184.216.34",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "3fff::1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn spellings_of_an_inner_address_are_seen_through() {
        for url in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://169.254.169.254/latest/meta-data",
            "ftp://example.com/",
            "file:///etc/passwd",
            "http://user:secret@example.com/",
            "http://１２７.０.０.１/",
        ] {
            let refused = url.parse().map(|url| check_url(&url, false).is_err());
            assert_eq!(refused, Ok(true), "{url}");
        }
        assert!(check_url(&"https://example.com:8443/a".parse().unwrap(), false).is_ok());
        assert!(check_url(&"http://127.0.0.1:80/".parse().unwrap(), true).is_ok());
        assert!(check_url(&"file:///etc/passwd".parse().unwrap(), true).is_err());
    }
}
