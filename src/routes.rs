//! The only table of URLs: method, path, who may, what answers.
//!
//! Invariant: an address that is not here does not exist; the authorization test walks this table, and the OpenAPI
//! document must list exactly its `/api/v1` rows.

use actix_web::http::Method;

use crate::http::Access::{LinkToken, May, Public, SignedIn};
use crate::http::{Permission, Route};
use crate::{auth, engagement, ops, pitches, viewer, webapp};

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

        // Pitches and links
        get("/api/v1/pitches", May(Permission::CrmRead), pitches::list_pitches),
        post("/api/v1/pitches", May(Permission::PitchWrite), pitches::create_pitch),
        get("/api/v1/pitches/{id}", May(Permission::CrmRead), pitches::get_pitch),
        put("/api/v1/pitches/{id}", May(Permission::PitchWrite), pitches::update_pitch),
        delete("/api/v1/pitches/{id}", May(Permission::PitchWrite), pitches::delete_pitch),
        post("/api/v1/pitches/{id}/links", May(Permission::PitchWrite), pitches::create_links),
        get("/api/v1/links/{id}", May(Permission::CrmRead), pitches::get_link),
        post("/api/v1/links/{id}/revoke", May(Permission::PitchWrite), pitches::revoke_link),

        // The prospect's page, and its preview
        get("/p/{token}", LinkToken, viewer::page),
        get("/p/{token}/pages/{item}/{n}", LinkToken, viewer::page_picture),
        get("/p/{token}/pages/{item}/{n}/text", LinkToken, viewer::page_text),
        get("/p/{token}/video/{item}", LinkToken, viewer::video),
        get("/p/{token}/download/{item}", LinkToken, viewer::download),
        post("/p/{token}/share", LinkToken, viewer::share),
        get("/p/{token}/privacy", LinkToken, viewer::privacy),
        get("/preview/pitches/{id}", May(Permission::PitchWrite), viewer::preview),
        get("/preview/pitches/{id}/pages/{item}/{n}", May(Permission::PitchWrite), viewer::preview_page_picture),
        get("/preview/pitches/{id}/pages/{item}/{n}/text", May(Permission::PitchWrite), viewer::preview_page_text),
        get("/preview/pitches/{id}/video/{item}", May(Permission::PitchWrite), viewer::preview_video),

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
