//! The one error type of the features and the one table of its codes.
//!
//! A feature says *what* went wrong with a [`Code`] and a sentence; how that looks on the wire
//! (`application/problem+json`, RFC 9457) is decided by the `http` layer alone. An error of the machine (database,
//! disk) becomes [`Code::Internal`]: its cause is logged once and shown to nobody.
//!
//! Invariant: a code's status and title stand in the table below and nowhere else.

use std::fmt;

use actix_web::http::StatusCode;
use sea_orm::{DbErr, RuntimeErr};
use serde::Serialize;

/// What features return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:ident, $title:literal;)+) => {
        /// What went wrong, as programs read it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $name,)+ }

        impl Code {
            /// The code's name on the wire; it never changes once published.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The HTTP status that goes with the code.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)+ }
            }

            /// The short title for people.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }
        }
    };
}

codes! {
    /// The request could not be read as its media type demands.
    Malformed = "malformed", BAD_REQUEST, "The request could not be read";
    /// One or more fields are wrong; each is named.
    Invalid = "invalid", UNPROCESSABLE_ENTITY, "Some fields are not valid";
    /// Nobody is signed in, or the credential is no longer good.
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "Sign in first";
    /// The principal's role does not allow this.
    Forbidden = "forbidden", FORBIDDEN, "Your role does not allow this";
    /// A state-changing browser request came from another site.
    ForeignOrigin = "foreign_origin", FORBIDDEN, "The request came from another site";
    /// It does not exist, or this principal may not know that it does.
    NotFound = "not_found", NOT_FOUND, "Not found";
    /// The address exists, but not with this method.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "This address does not take that method";
    /// The link asks for something first: a passcode, a confirmed address, terms to accept.
    Gated = "gated", FORBIDDEN, "This link asks for something first";
    /// The link shows nothing before its time.
    NotYet = "not_yet", FORBIDDEN, "This link does not open yet";
    /// The link ran out or was taken back.
    Gone = "gone", GONE, "No longer available";
    /// The present state does not allow it.
    Conflict = "conflict", CONFLICT, "This does not fit the present state";
    /// Whoever it is for must not be contacted, or does not want to be.
    ContactRefused = "contact_refused", CONFLICT, "They must not be contacted";
    /// Mail to the address came back for good.
    AddressBounced = "address_bounced", CONFLICT, "Mail to this address came back";
    /// The same already exists.
    Duplicate = "duplicate", CONFLICT, "This exists already";
    /// Somebody else changed it since it was read.
    Stale = "stale", PRECONDITION_FAILED, "Somebody else changed this meanwhile";
    /// An edit must say which revision it edits.
    PreconditionRequired = "precondition_required", PRECONDITION_REQUIRED, "Say which revision you edit with If-Match";
    /// What is at an address of the web could not be fetched, or is nothing that can be used.
    Unfetchable = "unfetchable", UNPROCESSABLE_ENTITY, "This address could not be fetched";
    /// Another request is sending the same upload.
    Locked = "locked", LOCKED, "Another request is sending this already";
    /// The request speaks another version of the protocol.
    UnknownProtocol = "unknown_protocol", PRECONDITION_FAILED, "This version of the protocol is not spoken here";
    /// The upload is larger than allowed.
    TooLarge = "too_large", PAYLOAD_TOO_LARGE, "The upload is too large";
    /// The file's format cannot be used.
    UnsupportedFile = "unsupported_file", UNSUPPORTED_MEDIA_TYPE, "This kind of file cannot be used";
    /// The file has no content.
    EmptyFile = "empty_file", UNPROCESSABLE_ENTITY, "This file is empty";
    /// The file is a program, whatever its name says.
    Executable = "executable", UNSUPPORTED_MEDIA_TYPE, "This file is a program";
    /// The file is protected by a password.
    Encrypted = "encrypted", UNPROCESSABLE_ENTITY, "This file is protected by a password";
    /// The file is broken or not what its name says.
    Damaged = "damaged", UNPROCESSABLE_ENTITY, "This file is damaged";
    /// The part of a file that was asked for lies behind its end.
    RangeNotSatisfiable = "range_not_satisfiable", RANGE_NOT_SATISFIABLE, "The file has no such part";
    /// Too many requests; the reply says when to come back.
    TooManyRequests = "too_many_requests", TOO_MANY_REQUESTS, "Too many requests";
    /// The server is busy; the reply says when to come back.
    Busy = "busy", SERVICE_UNAVAILABLE, "The server is busy";
    /// A fault of ours.
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something went wrong on our side";
}

/// A field of the request and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// The field's name as the request spells it.
    pub field: String,
    /// What is wrong and what to do.
    pub detail: String,
}

/// What went wrong, for programs (`code`), for people (`detail`), and for the log (`cause`).
#[derive(Debug)]
pub struct Error {
    /// The row of the table.
    pub code: Code,
    /// A sentence for people; shown to the caller.
    pub detail: String,
    /// The fields at fault, if any; shown to the caller.
    pub fields: Vec<FieldError>,
    /// Seconds after which to try again, for codes that say so.
    pub retry_after: Option<u64>,
    /// The inner cause; logged, never shown.
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error with a sentence for people.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            fields: Vec::new(),
            retry_after: None,
            cause: None,
        }
    }

    /// A fault of ours; `cause` is logged and not shown.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..Self::new(Code::Internal, "Please try again; the log has the details.")
        }
    }

    /// `what` does not exist for this principal.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            Code::NotFound,
            format!("There is no such {what}, or you may not see it."),
        )
    }

    /// One field is wrong.
    pub fn field(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::fields(vec![FieldError {
            field: field.into(),
            detail: detail.into(),
        }])
    }

    /// Several fields are wrong.
    pub fn fields(fields: Vec<FieldError>) -> Self {
        let detail = match fields.as_slice() {
            [only] => only.detail.clone(),
            _ => format!("{} fields are not valid.", fields.len()),
        };
        Self {
            fields,
            ..Self::new(Code::Invalid, detail)
        }
    }

    /// What of it is told: the same without its cause.
    #[must_use]
    pub fn told(&self) -> Self {
        Self {
            fields: self.fields.clone(),
            retry_after: self.retry_after,
            ..Self::new(self.code, self.detail.clone())
        }
    }

    /// The same error, telling when to come back.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail)?;
        if let Some(cause) = &self.cause {
            write!(f, " ({cause})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

/// The unique keys that people can run into, and what to tell them. SQLite names the columns, PostgreSQL the key.
const DUPLICATES: &[(&str, &str, &str)] = &[
    (
        "users.email",
        "uq_users_email",
        "There is already a user with this e-mail address.",
    ),
    (
        "teams.name",
        "uq_teams_name",
        "There is already a team of this name.",
    ),
    (
        "collections.name",
        "uq_collections_name",
        "There is already a collection of this name.",
    ),
    (
        "facet_values.facet",
        "uq_facet_values_folded",
        "The vocabulary has this value already. Merge the two instead.",
    ),
    (
        "asset_versions.asset_id",
        "uq_asset_versions_number",
        "Another version was added at the same moment; try again.",
    ),
];

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if let Some(constraint) = violated_unique_key(&error) {
            let detail = DUPLICATES
                .iter()
                .find(|(columns, key, _)| constraint.contains(columns) || constraint == *key)
                .map_or("The same entry exists already.", |(_, _, detail)| detail);
            return Self {
                cause: Some(Box::new(error)),
                ..Self::new(Code::Duplicate, detail)
            };
        }
        Self::internal(error)
    }
}

/// The name of the violated unique key (PostgreSQL), or the message that names its columns (SQLite).
fn violated_unique_key(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner))) =
        error
    else {
        return None;
    };
    let database = inner.as_database_error()?;
    database.is_unique_violation().then(|| {
        database
            .constraint()
            .map_or_else(|| database.message().to_owned(), str::to_owned)
    })
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::internal(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_internal_error_tells_the_caller_nothing_of_its_cause() {
        let error = Error::internal("disk on fire");
        assert!(!error.detail.contains("fire"));
        assert!(error.to_string().contains("fire"));
    }
}
