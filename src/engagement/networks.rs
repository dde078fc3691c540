//! Which networks are data centres: a small list of our own, or the operator's.
//!
//! It is a weak sign (people use VPNs), so a short list does; `docs/signals.md` says how to bring it up to date.

use std::net::IpAddr;
use std::path::Path;

use crate::error::{Error, Result};

/// Ranges of large clouds from which mail security products open links.
const OURS: &str = include_str!("data_centres.txt");

/// Networks that belong to data centres.
#[derive(Clone, Debug, Default)]
pub struct DataCentres(Vec<(u128, u8)>);

impl DataCentres {
    /// The operator's file, or our own list: one network a line, as in `203.0.113.0/24`; `#` begins a comment.
    pub fn load(file: Option<&Path>) -> Result<Self> {
        match file {
            Some(path) => Self::parse(&std::fs::read_to_string(path)?),
            None => Self::parse(OURS),
        }
    }

    fn parse(text: &str) -> Result<Self> {
        let lines = text
            .lines()
            .map(|line| line.split('#').next().unwrap_or_default().trim())
            .filter(|line| !line.is_empty());
        lines
            .map(|line| {
                network(line).ok_or_else(|| Error::internal(format!("not a network: {line}")))
            })
            .collect::<Result<_>>()
            .map(Self)
    }

    /// Whether an address is in one of them.
    pub fn contain(&self, address: IpAddr) -> bool {
        let bits = bits(address);
        self.0
            .iter()
            .any(|(base, length)| (bits ^ base) >> (128 - u32::from(*length)) == 0)
    }
}

/// The first address and the length of a network, in the space of IPv6.
fn network(text: &str) -> Option<(u128, u8)> {
    let (address, length) = text.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let length: u8 = length.parse().ok()?;
    let length = match address {
        IpAddr::V4(_) => (1..=32).contains(&length).then(|| length + 96)?,
        IpAddr::V6(_) => (1..=128).contains(&length).then_some(length)?,
    };
    let host = 128 - u32::from(length);
    Some((bits(address) >> host << host, length))
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_list_can_be_read_and_tells_clouds_from_homes() {
        let ours = DataCentres::load(None).unwrap();
        assert!(ours.contain("40.92.3.4".parse().unwrap()));
        assert!(!ours.contain("127.0.0.1".parse().unwrap()));
        assert!(!ours.contain("203.0.113.9".parse().unwrap()));
    }

    #[test]
    fn a_network_has_the_addresses_in_it_and_no_others() {
        let some =
            DataCentres::parse("198.51.100.0/24 # one\n\n2001:db8::/32\n192.0.2.7/32").unwrap();
        for (address, there) in [
            ("198.51.100.0", true),
            ("198.51.100.255", true),
            ("198.51.101.0", false),
            ("192.0.2.7", true),
            ("192.0.2.6", false),
            ("2001:db8:1::1", true),
            ("2001:db9::1", false),
            ("::ffff:198.51.100.9", true),
        ] {
            assert_eq!(some.contain(address.parse().unwrap()), there, "{address}");
        }
        assert!(DataCentres::parse("198.51.100.0/33").is_err());
        assert!(DataCentres::parse("nonsense").is_err());
    }
}
