//! One row of the table of routes, and how a table becomes an actix configuration.

use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Responder, web};
use futures::future::LocalBoxFuture;

use super::access::authorize;
use super::permission::Permission;
use super::problem::method_not_allowed;
use crate::error::{Error, Result};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever holds the link's token; the handler's finder checks it.
    LinkToken,
    /// Every user who is signed in.
    SignedIn,
    /// Users whose role has the permission.
    May(Permission),
}

/// Draws a refusal as a page, for people who would be shown data otherwise.
pub type DrawRefusal = fn(HttpRequest, Error) -> LocalBoxFuture<'static, Result<HttpResponse>>;

/// A row: method, URL, who may, and what answers.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The URL pattern in actix's notation, which is also OpenAPI's.
    pub path: &'static str,
    /// Who may.
    pub access: Access,
    refusals: Option<DrawRefusal>,
    handler: Box<dyn Fn() -> actix_web::Route>,
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({:?})", self.method, self.path, self.access)
    }
}

impl Route {
    /// A row of the table.
    pub fn new<F, Args>(method: Method, path: &'static str, access: Access, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        Self {
            method,
            path,
            access,
            refusals: None,
            handler: Box::new(move || web::to(handler.clone())),
        }
    }

    /// The same row, whose refusals people see as a page.
    #[must_use]
    pub fn refusing_with(self, draw: DrawRefusal) -> Self {
        Self {
            refusals: Some(draw),
            ..self
        }
    }
}

/// Registers the table, each row behind its guard. Rows of one path must stand together.
pub fn register(config: &mut web::ServiceConfig, table: &[Route]) {
    for rows in table.chunk_by(|a, b| a.path == b.path) {
        let Some(first) = rows.first() else { continue };
        let resource = rows
            .iter()
            .fold(web::resource(first.path), |resource, row| {
                let (access, refusals) = (row.access, row.refusals);
                let guard =
                    from_fn(move |request, next| authorize(access, refusals, request, next));
                let mut route = (row.handler)().method(row.method.clone());
                if row.method == Method::GET {
                    // HEAD asks the same question as GET.
                    route = (row.handler)().guard(
                        actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head()),
                    );
                }
                resource.route(route.wrap(guard))
            });
        config.service(resource.default_service(web::to(method_not_allowed)));
    }
}
