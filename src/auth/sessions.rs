//! Sign in and sign out.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _,
};
use serde::{Deserialize, Serialize};

use super::password::verify_password;
use super::users::{Me, load_me};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{session, user};
use crate::error::{Code, Error, Result};
use crate::http::limits::{self, Allowance};
use crate::http::{Principal, Problem, network, token};
use crate::ids::SessionId;
use crate::keys::Keys;

/// How long a session lasts without signing in again.
const SESSION_LIFE: TimeDelta = TimeDelta::days(14);

/// For one address from one network: enough for somebody who mistypes.
const FROM_ONE: Allowance = Allowance {
    name: "sign-in from a network",
    most: 10,
    within: TimeDelta::minutes(15),
};
/// For one address from everywhere: what many networks together may guess.
const FROM_ALL: Allowance = Allowance {
    name: "sign-in",
    most: 100,
    within: TimeDelta::hours(1),
};

/// E-mail address and password.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct SignIn {
    /// In any case.
    pub email: String,
    /// As it was set.
    pub password: String,
}

/// What a sign-in gives: the cookie for the app, the token for programs.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SignedIn {
    /// The user.
    pub user: Me,
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// When the token ends; the app's cookie is renewed while in use.
    pub expires_at: DateTime<Utc>,
}

/// Sign in by password. Attempts are limited; `RateLimit-*` headers say how many are left.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignIn, responses(
    (status = 201, body = SignedIn), (status = 401, body = Problem), (status = 429, body = Problem),
))]
pub async fn sign_in(
    request: HttpRequest,
    body: web::Json<SignIn>,
    db: web::Data<Db>,
    keys: web::Data<Keys>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let SignIn { email, password } = body.into_inner();
    let now = clock.now();
    let email = email.trim().to_lowercase();
    let network = network(&request);
    // Counted for addresses that nobody has, too: the answer tells nobody who has an account.
    let counted: [(Allowance, &[&str]); 2] =
        [(FROM_ONE, &[&email, &network]), (FROM_ALL, &[&email])];
    let left = limits::take(&db, now, &counted).await?;
    left.note(&request);
    let found = user::Entity::find()
        .filter(user::Column::Email.eq(&email))
        .filter(user::Column::Active.eq(true))
        .one(db.read())
        .await?;
    let hash = found.as_ref().and_then(|user| user.password_hash.clone());
    let fits = verify_password(password, hash).await?;
    let user = found.filter(|_| fits).ok_or_else(|| {
        Error::new(
            Code::Unauthenticated,
            "This e-mail address and password do not belong together.",
        )
    })?;

    let id = SessionId::new(now);
    let user_agent = request
        .headers()
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let tx = db.begin().await?;
    session::ActiveModel {
        id: Set(id),
        user_id: Set(user.id),
        created_at: Set(now),
        expires_at: Set(now + SESSION_LIFE),
        revoked_at: Set(None),
        user_agent: Set(user_agent.chars().take(300).collect()),
    }
    .insert(&tx)
    .await?;
    for (allowance, parts) in counted {
        limits::forget(&tx, allowance, parts).await?;
    }
    tx.commit().await?;

    let (access_token, expires_at) = token::issue(&keys, user.id, id, now)?;
    let secure = request.connection_info().scheme() == "https";
    let me = load_me(db.read(), user.id).await?;
    Ok(HttpResponse::Created()
        .cookie(token::cookie(&access_token, secure))
        .json(SignedIn {
            user: me,
            access_token: access_token.clone(),
            expires_at,
        }))
}

/// Sign out: the session is revoked, and every token of it with it.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", responses((status = 204)))]
pub async fn sign_out(
    principal: Principal,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(clock.now()))
        .filter(session::Column::Id.eq(principal.session_id))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent()
        .cookie(token::cookie("", false))
        .finish())
}
