//! Who is asking: a user, told by a bearer token or by the app's cookie, whose session still stands.

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use std::future::{Ready, ready};

use super::permission::Permission;
use super::token::{self, SESSION_COOKIE};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{Role, session, user};
use crate::error::{Code, Error, Result};
use crate::ids::{SessionId, TeamId, UserId};
use crate::keys::Keys;

/// How the principal proved itself; browsers send cookies by themselves, so those need a same-origin check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// `Authorization: Bearer`.
    Bearer,
    /// The app's cookie; `renew` says that its token is past half its life.
    Cookie {
        /// Whether the reply should carry a fresh token.
        renew: bool,
    },
}

/// The signed-in user of a request.
#[derive(Clone, Debug)]
pub struct Principal {
    /// The user.
    pub user_id: UserId,
    /// The session the credential belongs to.
    pub session_id: SessionId,
    /// The name others see.
    pub name: String,
    /// The role, as it is now (not as it was at sign-in).
    pub role: Role,
    /// The team, if any.
    pub team_id: Option<TeamId>,
    /// How it proved itself.
    pub credential: Credential,
}

impl Principal {
    /// Whether the principal has `permission`.
    pub fn may(&self, permission: Permission) -> bool {
        permission.granted_to(self.role)
    }

    /// Reads and checks the request's credential.
    pub async fn authenticate(request: &HttpRequest) -> Result<Self> {
        let (keys, clock, db) = (
            data::<Keys>(request)?,
            data::<Clock>(request)?,
            data::<Db>(request)?,
        );
        let bearer = request
            .headers()
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        let now = clock.now();
        let (claims, credential) = match bearer {
            Some(text) => (token::verify(&keys, text, now)?, Credential::Bearer),
            None => {
                let cookie = request.cookie(SESSION_COOKIE).ok_or_else(unauthenticated)?;
                let claims = token::verify(&keys, cookie.value(), now)?;
                let renew = claims.is_past_half_life(now);
                (claims, Credential::Cookie { renew })
            }
        };
        let (_, user) = session::Entity::find_by_id(claims.sid)
            .filter(session::Column::RevokedAt.is_null())
            .filter(session::Column::ExpiresAt.gt(now))
            .find_also_related(user::Entity)
            .one(db.read())
            .await?
            .ok_or_else(unauthenticated)?;
        let user = user
            .filter(|user| user.active)
            .ok_or_else(unauthenticated)?;
        Ok(Self {
            user_id: user.id,
            session_id: claims.sid,
            name: user.name,
            role: user.role,
            team_id: user.team_id,
            credential,
        })
    }
}

/// The principal that the route's guard has authenticated.
impl FromRequest for Principal {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let principal = request.extensions().get::<Self>().cloned();
        ready(principal.ok_or_else(unauthenticated))
    }
}

/// Something of the app, for code that is no handler.
pub fn data<T: Clone + 'static>(request: &HttpRequest) -> Result<T> {
    request
        .app_data::<web::Data<T>>()
        .map(|data| data.get_ref().clone())
        .ok_or_else(|| Error::internal("a route was registered outside the app"))
}

fn unauthenticated() -> Error {
    Error::new(
        Code::Unauthenticated,
        "Sign in, or send a valid access token.",
    )
}
