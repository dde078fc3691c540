//! What a browser has passed: a signed cookie, for one link and one state of its gates.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::entities::pitch_link;
use crate::error::{Error, Result};
use crate::ids::{AcceptanceId, LinkId};
use crate::keys::{Keys, Purpose};

/// The cookie with the pass. Each link's has a path of its own.
pub const PASS_COOKIE: &str = "lastmile_pass";

/// How long a pass is good; then the gates ask again.
const LIFE: TimeDelta = TimeDelta::days(7);

/// Which gates were passed. Without one, or with one that is not genuine, not this link's or not of this state of its
/// gates, nothing was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    #[serde(rename = "l")]
    link: LinkId,
    #[serde(rename = "r")]
    revision: i64,
    /// Seconds of the epoch at which the first gate was passed.
    #[serde(rename = "t")]
    since: i64,
    /// The passcode was right.
    #[serde(rename = "p", default, skip_serializing_if = "std::ops::Not::not")]
    pub passcode: bool,
    /// The address to which a code was sent that was not typed in yet.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<String>,
    /// The address that was confirmed.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The version of the terms that was accepted.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<i32>,
    /// The record of that, which is this browser's own.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<AcceptanceId>,
}

impl Pass {
    /// A pass that passed nothing yet.
    pub fn new(link: &pitch_link::Model, now: DateTime<Utc>) -> Self {
        Self {
            link: link.id,
            revision: link.gates_revision,
            since: now.timestamp(),
            passcode: false,
            pending: None,
            email: None,
            terms: None,
            accepted: None,
        }
    }

    /// The pass that the request carries for this link.
    pub fn of(
        request: &HttpRequest,
        keys: &Keys,
        link: &pitch_link::Model,
        now: DateTime<Utc>,
    ) -> Self {
        request
            .cookie(PASS_COOKIE)
            .and_then(|cookie| Self::read(keys, cookie.value()))
            .filter(|pass| pass.is_for(link, now))
            .unwrap_or_else(|| Self::new(link, now))
    }

    /// When the first gate was passed.
    pub fn since(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.since, 0).unwrap_or_default()
    }

    /// The cookie to send, which scripts cannot read and which goes to no other link.
    pub fn cookie(
        &self,
        request: &HttpRequest,
        keys: &Keys,
        token: &str,
    ) -> Result<Cookie<'static>> {
        let body = serde_json::to_vec(self).map_err(Error::internal)?;
        let mac = keys.mac(Purpose::LinkPass, &body);
        let value = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(&body),
            URL_SAFE_NO_PAD.encode(mac.as_bytes())
        );
        Ok(baked(request, token, value))
    }

    /// The cookie to send that takes the pass away.
    pub fn removal(request: &HttpRequest, token: &str) -> Cookie<'static> {
        let mut cookie = baked(request, token, String::new());
        cookie.make_removal();
        cookie
    }

    fn read(keys: &Keys, text: &str) -> Option<Self> {
        let (body, mac) = text.split_once('.')?;
        let body = URL_SAFE_NO_PAD.decode(body).ok()?;
        let mac: [u8; 32] = URL_SAFE_NO_PAD.decode(mac).ok()?.try_into().ok()?;
        // The comparison of hashes takes the same time wherever they differ.
        if keys.mac(Purpose::LinkPass, &body) != blake3::Hash::from_bytes(mac) {
            return None;
        }
        serde_json::from_slice(&body).ok()
    }

    fn is_for(&self, link: &pitch_link::Model, now: DateTime<Utc>) -> bool {
        self.link == link.id
            && self.revision == link.gates_revision
            && self.since() <= now
            && now < self.since() + LIFE
    }
}

fn baked(request: &HttpRequest, token: &str, value: String) -> Cookie<'static> {
    Cookie::build(PASS_COOKIE, value)
        .path(format!("/p/{token}"))
        .http_only(true)
        .secure(request.connection_info().scheme() == "https")
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(LIFE.num_seconds()))
        .finish()
}
