//! The only table of URLs: method, path, who may, what answers.
//!
//! Invariant: an address that is not here does not exist; the authorization test walks this table, and the OpenAPI
//! document must list exactly its `/api/v1` rows.

use actix_web::http::Method;

use crate::http::Access::{May, Public, SignedIn};
use crate::http::{Permission, Route};
use crate::{auth, library, ops, webapp};

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

        // Library
        get("/api/v1/assets", May(Permission::LibraryRead), library::list_assets),
        post("/api/v1/assets", May(Permission::LibraryWrite), library::upload_asset),
        get("/api/v1/assets/{id}", May(Permission::LibraryRead), library::get_asset),
        patch("/api/v1/assets/{id}", May(Permission::LibraryWrite), library::edit_asset),
        post("/api/v1/assets/{id}/versions", May(Permission::LibraryWrite), library::upload_version),
        post("/api/v1/assets/{id}/transitions", May(Permission::LibraryWrite), library::transition_asset),
        get("/api/v1/versions/{id}/pages", May(Permission::LibraryRead), library::list_pages),
        get("/api/v1/versions/{id}/pages/{n}", May(Permission::LibraryRead), library::get_page),
        get("/api/v1/versions/{id}/pages/{n}/image", May(Permission::LibraryRead), library::get_page_image),
        get("/api/v1/versions/{id}/file", May(Permission::LibraryRead), library::get_file),
        post("/api/v1/versions/{id}/conversion", May(Permission::LibraryWrite), library::convert_again),
        get("/api/v1/collections", May(Permission::LibraryRead), library::list_collections),
        get("/api/v1/jobs", May(Permission::LibraryWrite), library::list_jobs),
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
