//! The access token: a short-lived JWT bound to a session row. It says who, not what they may do.

use actix_web::cookie::{Cookie, SameSite};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};
use crate::ids::{SessionId, UserId};
use crate::keys::{Keys, Purpose};

/// The name of the app's cookie.
pub const SESSION_COOKIE: &str = "lastmile_session";

/// How long a token is good; the app's is renewed while it is in use.
const LIFE: TimeDelta = TimeDelta::hours(1);

const ISSUER: &str = "lastmile";
const AUDIENCE: &str = "lastmile-api";
/// RFC 9068: tells an access token from any other JWT.
const TYPE: &str = "at+jwt";

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// The user.
    pub sub: UserId,
    /// The session.
    pub sid: SessionId,
    /// Issued at, in seconds of the epoch.
    pub iat: i64,
    /// Expires at, in seconds of the epoch.
    pub exp: i64,
    iss: String,
    aud: String,
}

impl Claims {
    /// Whether more than half of the token's life is over.
    pub fn is_past_half_life(&self, now: DateTime<Utc>) -> bool {
        now.timestamp() > self.iat + LIFE.num_seconds() / 2
    }
}

/// A fresh token and when it ends.
pub fn issue(
    keys: &Keys,
    user: UserId,
    session: SessionId,
    now: DateTime<Utc>,
) -> Result<(String, DateTime<Utc>)> {
    let expires_at = now + LIFE;
    let claims = Claims {
        sub: user,
        sid: session,
        iat: now.timestamp(),
        exp: expires_at.timestamp(),
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
    };
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some(TYPE.to_owned());
    let key = EncodingKey::from_secret(&keys.derive(Purpose::AccessToken));
    let token = encode(&header, &claims, &key).map_err(Error::internal)?;
    Ok((token, expires_at))
}

/// The claims of a token of ours that is still good at `now`.
pub fn verify(keys: &Keys, token: &str, now: DateTime<Utc>) -> Result<Claims> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // Expiry is held against our own clock below, which tests and the demo's history set.
    validation.validate_exp = false;
    let key = DecodingKey::from_secret(&keys.derive(Purpose::AccessToken));
    let data = decode::<Claims>(token, &key, &validation).map_err(|_| invalid())?;
    if data.header.typ.as_deref() != Some(TYPE) || data.claims.exp <= now.timestamp() {
        return Err(invalid());
    }
    Ok(data.claims)
}

/// The app's cookie around a token; an empty token takes the cookie away.
pub fn cookie(token: &str, secure: bool) -> Cookie<'_> {
    let mut cookie = Cookie::build(SESSION_COOKIE, token)
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax)
        .finish();
    if token.is_empty() {
        cookie.make_removal();
    }
    cookie
}

fn invalid() -> Error {
    Error::new(
        Code::Unauthenticated,
        "The access token is not valid, or no longer; sign in again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    #[test]
    fn a_token_is_good_until_its_end_and_only_under_its_key() {
        let keys = Keys::from_secret("one");
        let user = UserId::new(now());
        let (token, ends) = issue(&keys, user, SessionId::new(now()), now()).unwrap();
        assert_eq!(verify(&keys, &token, now()).unwrap().sub, user);
        assert!(verify(&keys, &token, ends).is_err());
        assert!(verify(&Keys::from_secret("two"), &token, now()).is_err());
    }

    #[test]
    fn a_token_without_signature_or_of_another_type_is_refused() {
        let keys = Keys::from_secret("one");
        let claims = serde_json::json!({
            "sub": UserId::new(now()), "sid": SessionId::new(now()), "iat": now().timestamp(),
            "exp": now().timestamp() + 60, "iss": ISSUER, "aud": AUDIENCE,
        });
        let key = EncodingKey::from_secret(&keys.derive(Purpose::AccessToken));
        let plain = encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap();
        assert!(verify(&keys, &plain, now()).is_err());
        let (signed, _) = issue(&keys, UserId::new(now()), SessionId::new(now()), now()).unwrap();
        let unsigned = signed.rsplit_once('.').unwrap().0.to_owned() + ".";
        assert!(verify(&keys, &unsigned, now()).is_err());
    }
}
