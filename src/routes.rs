//! The only table of URLs: method, path, who may, what answers.
//!
//! Invariant: an address that is not here does not exist; the authorization test walks this table, and the OpenAPI
//! document must list exactly its `/api/v1` rows.

use actix_web::http::Method;

use crate::http::Access::{LinkToken, May, Public, SignedIn};
use crate::http::{Permission, Route};
use crate::{auth, engagement, ops, webapp};

/// Every route. Rows of one path stand together.
#[rustfmt::skip]
pub fn table() -> Vec<Route> {
    vec![
        // Operation
        get("/healthz", Public, ops::healthz),
        get("/readyz", Public, ops::readyz),
        get("/metrics", May(Permission::Admin), ops::metrics),
        get("/api/openapi.json", Public, ops::openapi_document),
        get("/api/docs", Public, webapp::docs),
        get("/api/docs/{file}", Public, webapp::docs_asset),

        // Session and users
        post("/api/v1/session", Public, auth::sign_in),
        delete("/api/v1/session", SignedIn, auth::sign_out),
        get("/api/v1/me", SignedIn, auth::me),
        get("/api/v1/users", SignedIn, auth::list_users),

        // Engagement
        get("/api/v1/live", May(Permission::EngagementRead), engagement::live),
        get("/api/v1/stream", May(Permission::EngagementRead), engagement::stream),
        get("/api/v1/opportunities/{id}/visits", May(Permission::EngagementRead), engagement::opportunity_visits),
        get("/api/v1/notifications", SignedIn, engagement::list_notifications),
        post("/api/v1/notifications/read", SignedIn, engagement::read_notifications),

        // The prospects' page: signals
        post("/p/{token}/events", LinkToken, engagement::take_events),
    ]
}

macro_rules! methods {
    ($($name:ident $method:ident)+) => {$(
        fn $name<F, Args>(path: &'static str, access: crate::http::Access, handler: F) -> Route
        where
            F: actix_web::Handler<Args>,
            Args: actix_web::FromRequest + 'static,
            F::Output: actix_web::Responder + 'static,
        {
            Route::new(Method::$method, path, access, handler)
        }
    )+};
}

methods! { get GET post POST put PUT patch PATCH delete DELETE }
