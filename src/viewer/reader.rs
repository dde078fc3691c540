//! The second script of the page: zoom, search, contents and the text layer, loaded when the first page is there.
//!
//! Its address has a hash of its content, so browsers keep it for ever. It is the same for everybody and holds nothing
//! of any pitch.

use std::sync::LazyLock;

use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::error::{Error, Result};
use crate::http::{pack, takes_brotli};

/// The script, as `npm run build:viewer` makes it.
const READER: &str = include_str!("../../web/viewer/dist/reader.js");

static FILE: LazyLock<String> = LazyLock::new(|| {
    let hash = blake3::hash(READER.as_bytes()).to_hex();
    format!("reader-{}.js", hash.get(..16).unwrap_or_default())
});

static PACKED: LazyLock<Vec<u8>> =
    LazyLock::new(|| pack(READER.as_bytes(), 11).unwrap_or_default());

/// The address of the script.
pub(crate) fn reader_path() -> String {
    format!("/viewer/{}", *FILE)
}

/// The script.
pub async fn reader_script(request: HttpRequest, file: web::Path<String>) -> Result<HttpResponse> {
    if *file != *FILE {
        return Err(Error::not_found("script"));
    }
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, "text/javascript; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "accept-encoding"));
    if takes_brotli(&request) && !PACKED.is_empty() {
        return Ok(response
            .insert_header(ContentEncoding::Brotli)
            .body(PACKED.as_slice()));
    }
    Ok(response.body(READER))
}
