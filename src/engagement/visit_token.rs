//! The token by which a browser may report on one visit of one link, and on nothing else.
//!
//! 48 bytes as 64 letters: the visit's id (whose UUIDv7 time is when the visit began), the link's id, and half a
//! MAC under the installation's key. The server keeps nothing about it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::ids::{LinkId, VisitId};
use crate::keys::{Keys, Purpose};
use crate::rollup;

/// A visit that begins with a page load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitStart {
    /// The visit.
    pub visit: VisitId,
    /// What the page's script sends back with its reports.
    pub token: String,
}

/// What a genuine token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisitClaim {
    /// The visit.
    pub visit: VisitId,
    /// The link it is a visit of.
    pub link: LinkId,
}

impl VisitClaim {
    /// When the visit began.
    pub fn started_at(&self) -> DateTime<Utc> {
        rollup::started_at(self.visit)
    }
}

/// Another page load in a visit that is going on.
pub fn go_on(keys: &Keys, link: LinkId, visit: VisitId) -> VisitStart {
    VisitStart {
        visit,
        token: sign(keys, VisitClaim { visit, link }),
    }
}

/// Begins a visit of `link`.
pub fn begin_visit(keys: &Keys, link: LinkId, now: DateTime<Utc>) -> VisitStart {
    let visit = VisitId::new(now);
    VisitStart {
        visit,
        token: sign(keys, VisitClaim { visit, link }),
    }
}

/// What the token says, if it is one of ours.
pub fn read_visit_token(keys: &Keys, token: &str) -> Option<VisitClaim> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (visit, rest) = bytes.split_first_chunk::<16>()?;
    let (link, mac) = rest.split_first_chunk::<16>()?;
    let claim = VisitClaim {
        visit: VisitId(Uuid::from_bytes(*visit)),
        link: LinkId(Uuid::from_bytes(*link)),
    };
    let genuine = constant_time_eq(mac, &half_mac(keys, claim));
    genuine.then_some(claim)
}

fn sign(keys: &Keys, claim: VisitClaim) -> String {
    let mut bytes = message(claim).to_vec();
    bytes.extend(half_mac(keys, claim));
    URL_SAFE_NO_PAD.encode(bytes)
}

fn message(claim: VisitClaim) -> [u8; 32] {
    let mut bytes = [0; 32];
    let (visit, link) = bytes.split_at_mut(16);
    visit.copy_from_slice(claim.visit.0.as_bytes());
    link.copy_from_slice(claim.link.0.as_bytes());
    bytes
}

fn half_mac(keys: &Keys, claim: VisitClaim) -> [u8; 16] {
    let mac = keys.mac(Purpose::VisitToken, &message(claim));
    let mut half = [0; 16];
    half.iter_mut()
        .zip(mac.as_bytes())
        .for_each(|(to, from)| *to = *from);
    half
}

/// Compares without telling by its duration where the first difference is.
fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_790_000_000_123).unwrap()
    }

    #[test]
    fn a_token_says_which_visit_of_which_link_began_when() {
        let keys = Keys::from_secret("k");
        let link = LinkId::new(now());
        let start = begin_visit(&keys, link, now());
        let claim = read_visit_token(&keys, &start.token).unwrap();
        assert_eq!((claim.visit, claim.link), (start.visit, link));
        assert_eq!(claim.started_at(), now());
    }

    #[test]
    fn a_token_with_any_letter_changed_is_not_ours() {
        let keys = Keys::from_secret("k");
        let token = begin_visit(&keys, LinkId::new(now()), now()).token;
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(read_visit_token(&keys, &changed), None, "letter {at}");
        }
        assert_eq!(read_visit_token(&Keys::from_secret("other"), &token), None);
        assert_eq!(read_visit_token(&keys, ""), None);
    }
}
