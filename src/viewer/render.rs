//! From template to reply: the policy that lets only our own inline script and style run, and nothing else in.

use std::sync::LazyLock;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::{SCRIPT, STYLE};
use crate::error::{Error, Result};

static SOURCES: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; img-src 'self'; media-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'",
        csp_hash(SCRIPT),
        csp_hash(STYLE),
    )
});

/// Who may put the page into a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frames {
    /// Nobody.
    Never,
    /// Our own app, for the preview.
    Own,
}

/// The reply with a page drawn from `template`.
pub(super) fn html(
    status: StatusCode,
    template: &impl Template,
    frames: Frames,
) -> Result<HttpResponse> {
    let body = template.render().map_err(Error::internal)?;
    let ancestors = match frames {
        Frames::Never => "'none'",
        Frames::Own => "'self'",
    };
    let policy = format!("{}; frame-ancestors {ancestors}", *SOURCES);
    Ok(HttpResponseBuilder::new(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header(("x-robots-tag", "noindex, nofollow"))
        .body(body))
}

/// How a policy names one inline script or style.
fn csp_hash(content: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(content)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_written_as_browsers_expect() {
        // The example of the CSP specification.
        assert_eq!(
            csp_hash("alert('Hello, world.');"),
            "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="
        );
    }

    #[test]
    fn script_and_style_cannot_end_their_own_elements() {
        assert!(!SCRIPT.contains("</") && !STYLE.contains("</"));
    }
}
