//! Errors on the wire: `application/problem+json` (RFC 9457), made in one place.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, ResponseError, error, web};
use serde::Serialize;
use tracing_actix_web::RequestId;

use crate::error::{Code, Error, FieldError, Result};

/// The body of every error.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// A URI that names the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code's title.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time and what to do.
    pub detail: String,
    /// The path that was asked for.
    pub instance: String,
    /// The code, for programs.
    pub code: String,
    /// The id under which the log speaks of this request.
    pub request_id: String,
    /// The fields at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// Without its request an error answers with its status alone; [`write_problems`] writes the body.
impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.code.status())
    }
}

/// The middleware that gives every error its body and logs our own faults once.
pub async fn write_problems(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    // The request itself must not be held here: routing needs it for itself alone.
    let path = request.path().to_owned();
    let request_id = request
        .extensions()
        .get::<RequestId>()
        .map(ToString::to_string)
        .unwrap_or_default();
    match next.call(request).await {
        Ok(response) => {
            let problem = response
                .response()
                .error()
                .map(|error| problem_response(&path, request_id, error));
            Ok(match problem {
                Some(mut problem) => {
                    // How much more may be asked is told with a refusal too.
                    for (name, value) in response.headers() {
                        if name.as_str().starts_with("ratelimit-") {
                            problem.headers_mut().insert(name.clone(), value.clone());
                        }
                    }
                    response.into_response(problem)
                }
                None => response.map_into_boxed_body(),
            })
        }
        Err(error) => {
            let problem = problem_response(&path, request_id, &error);
            Err(InternalError::from_response(error, problem).into())
        }
    }
}

fn problem_response(path: &str, request_id: String, error: &actix_web::Error) -> HttpResponse {
    log_fault(error, &request_id);
    render(path, request_id, &told(error))
}

/// Logs a fault of ours with its cause; whoever answers with an error calls this once.
pub(super) fn log_fault(error: &actix_web::Error, request_id: &str) {
    if error.as_response_error().status_code().is_server_error() {
        tracing::error!(%error, %request_id, "request failed");
    }
}

/// What of an error is told.
pub(super) fn told(error: &actix_web::Error) -> Error {
    if let Some(own) = error.as_error::<Error>() {
        return own.told();
    }
    // What actix itself refuses (a body cut short, a payload too large) keeps its status.
    let code = match error.as_response_error().status_code() {
        StatusCode::PAYLOAD_TOO_LARGE => Code::TooLarge,
        StatusCode::NOT_FOUND => Code::NotFound,
        status if status.is_client_error() => Code::Malformed,
        _ => return Error::internal(error.to_string()),
    };
    Error::new(code, error.to_string())
}

/// Says when to come back, where an error says so.
pub(super) fn tell_wait(error: &Error, headers: &mut header::HeaderMap) {
    let Some(seconds) = error.retry_after else {
        return;
    };
    headers.insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    if error.code == Code::TooManyRequests {
        let name = header::HeaderName::from_static;
        headers.insert(name("ratelimit-remaining"), header::HeaderValue::from(0));
        headers.insert(name("ratelimit-reset"), header::HeaderValue::from(seconds));
    }
}

fn render(path: &str, request_id: String, error: &Error) -> HttpResponse {
    let problem = Problem {
        kind: format!("urn:lastmile:problem:{}", error.code.as_str()),
        title: error.code.title().to_owned(),
        status: error.code.status().as_u16(),
        detail: error.detail.clone(),
        instance: path.to_owned(),
        code: error.code.as_str().to_owned(),
        request_id,
        errors: error.fields.clone(),
    };
    let mut response = HttpResponse::build(error.code.status())
        .insert_header((header::CONTENT_TYPE, "application/problem+json"))
        .body(serde_json::to_vec(&problem).unwrap_or_default());
    tell_wait(error, response.headers_mut());
    response
}

/// The answer for addresses that are not in the table.
pub async fn not_found() -> Result<HttpResponse> {
    Err(Error::not_found("address"))
}

/// The answer for methods that an address does not take.
pub async fn method_not_allowed(request: HttpRequest) -> Result<HttpResponse> {
    Err(Error::new(
        Code::MethodNotAllowed,
        format!("{} is not possible here.", request.method()),
    ))
}

/// The largest body of JSON, in bytes.
pub(super) const LARGEST_JSON: usize = 2 * 1024 * 1024;

/// Lets the extractors' own errors (JSON, path, query, form) go through [`Error`] as well.
pub fn configure_extractors(config: &mut web::ServiceConfig) {
    let malformed =
        |detail: String| -> actix_web::Error { Error::new(Code::Malformed, detail).into() };
    config
        .app_data(
            web::JsonConfig::default()
                .limit(LARGEST_JSON)
                .error_handler(move |error, _| match error {
                    error::JsonPayloadError::Overflow { limit } => Error::new(
                        Code::TooLarge,
                        format!("The body may have {limit} bytes at the most."),
                    )
                    .into(),
                    other => malformed(format!("The JSON body is not as expected: {other}")),
                }),
        )
        .app_data(
            web::PathConfig::default().error_handler(|_, _| Error::not_found("address").into()),
        )
        .app_data(web::QueryConfig::default().error_handler(move |error, _| {
            malformed(format!("The query is not as expected: {error}"))
        }))
        .app_data(web::FormConfig::default().error_handler(move |error, _| {
            malformed(format!("The form is not as expected: {error}"))
        }));
}
