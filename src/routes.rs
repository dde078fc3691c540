//! The only table of URLs: method, path, who may, what answers.
//!
//! Invariant: an address that is not here does not exist; the authorization test walks this table, and the OpenAPI
//! document must list exactly its `/api/v1` rows.

use actix_web::http::Method;

use crate::http::Access::{LinkToken, May, Public, SignedIn};
use crate::http::{Permission, Route};
use crate::{auth, crm, engagement, ops, webapp};

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

        // The prospects' page: signals
        post("/p/{token}/events", LinkToken, engagement::take_events),
        // Customers
        get("/api/v1/accounts", May(Permission::CrmRead), crm::list_accounts),
        get("/api/v1/accounts/{id}", May(Permission::CrmRead), crm::get_account),
        get("/api/v1/contacts", May(Permission::CrmRead), crm::list_contacts),
        post("/api/v1/contacts", May(Permission::CrmWrite), crm::add_contact),
        get("/api/v1/opportunities", May(Permission::CrmRead), crm::list_opportunities),
        get("/api/v1/opportunities/{id}", May(Permission::CrmRead), crm::get_opportunity),
        patch("/api/v1/opportunities/{id}", May(Permission::CrmWrite), crm::edit_opportunity),
        get("/api/v1/opportunities/{id}/timeline", May(Permission::CrmRead), crm::opportunity_timeline),
        post("/api/v1/opportunities/{id}/activities", May(Permission::CrmWrite), crm::add_activity),
        post("/api/v1/imports", May(Permission::CrmImport), crm::import_file),

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
