//! A reader's choice to view one link without their name: a signed cookie of that link, given out by `viewer` where the
//! sender allows it and read here.
//!
//! Invariants: a choice that was allowed when it was made holds on that device until it is taken back there, whatever the
//! sender changes later; a cookie that this installation did not sign for this very link says nothing.

use actix_web::HttpRequest;

use crate::ids::LinkId;
use crate::keys::{Keys, Purpose};

/// The cookie that keeps the choice. Each link's has a path of its own.
pub const NAMELESS_COOKIE: &str = "lastmile_nameless";

/// What the cookie of `link` says.
pub fn nameless_mark(keys: &Keys, link: LinkId) -> String {
    mark(keys, link).to_hex().to_string()
}

/// Whether this device chose to view `link` without a name.
pub fn is_nameless(request: &HttpRequest, keys: &Keys, link: LinkId) -> bool {
    request
        .cookie(NAMELESS_COOKIE)
        .and_then(|cookie| blake3::Hash::from_hex(cookie.value()).ok())
        // The comparison of hashes takes the same time wherever they differ.
        .is_some_and(|said| said == mark(keys, link))
}

fn mark(keys: &Keys, link: LinkId) -> blake3::Hash {
    keys.mac(Purpose::Nameless, link.0.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::cookie::Cookie;
    use actix_web::test::TestRequest;
    use chrono::DateTime;

    #[test]
    fn only_the_mark_of_this_link_and_installation_counts() {
        let keys = Keys::from_secret("k");
        let link = LinkId(uuid::Uuid::from_u128(1));
        let other = LinkId::new(DateTime::UNIX_EPOCH);
        let with = |value: String| {
            TestRequest::default()
                .cookie(Cookie::new(NAMELESS_COOKIE, value))
                .to_http_request()
        };
        let mine = with(nameless_mark(&keys, link));
        assert!(is_nameless(&mine, &keys, link));
        assert!(!is_nameless(&mine, &keys, other));
        assert!(!is_nameless(&mine, &Keys::from_secret("other"), link));
        for forged in ["", "1", "yes"] {
            assert!(!is_nameless(&with(forged.to_owned()), &keys, link));
        }
        let none = TestRequest::default().to_http_request();
        assert!(!is_nameless(&none, &keys, link));
    }
}
