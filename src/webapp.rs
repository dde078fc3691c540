//! The app's files, built into the binary, and the browsable API documentation.
//!
//! The app routes in the browser: every address that is neither a file nor the API's gets its start page. Where the
//! app was not built, that page says how to build it.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use actix_web::http::Method;
use actix_web::http::header::{self, ContentEncoding, ContentType};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use rust_embed::RustEmbed;

use crate::error::{Error, Result};
use crate::http;

/// What `npm run build` in `web/` makes.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/web/dist"]
#[allow_missing = true]
struct Files;

/// Scripts and styles as tight as brotli packs them, by name; Vite names them by their content, so none ever changes.
/// Made when it is first asked for: a tenth less on the wire than packing at every request, which costs as much again.
static PACKED: LazyLock<Mutex<HashMap<String, Bytes>>> = LazyLock::new(Mutex::default);

const NOT_BUILT: &str = "<!doctype html><html lang=en><title>Lastmile</title>\
    <h1>The app is not built</h1><p>The API works. To build the app, run <code>./lastmile demo</code>, or \
    <code>npm ci && npm run build</code> in the folder <code>web</code>, and build the server again.</p>";

/// The documentation page's own policy: its styles are set inline by the page's script.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Whether the app was built before the binary was.
pub fn is_built() -> bool {
    Files::get("index.html").is_some()
}

/// A file of the app, its start page, or the answer that there is no such address.
pub async fn file_or_start_page(request: HttpRequest) -> Result<HttpResponse> {
    let path = request.path().trim_start_matches('/');
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return http::not_found().await;
    }
    if let Some(file) = Files::get(path) {
        // Vite names these by their content.
        let cache = if path.starts_with("assets/") {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let mut response = HttpResponse::Ok();
        response
            .insert_header((header::CACHE_CONTROL, cache))
            .content_type(mime_guess::from_path(path).first_or_octet_stream().as_ref());
        if is_packed(path) && http::takes_brotli(&request) {
            return Ok(response
                .insert_header((header::VARY, "accept-encoding"))
                .insert_header(ContentEncoding::Brotli)
                .body(packed(path, file.data.into_owned()).await?));
        }
        return Ok(response.body(file.data.into_owned()));
    }
    let is_page = !path.rsplit('/').next().unwrap_or_default().contains('.');
    let is_ours = !["api", "p", "preview"].contains(&path.split('/').next().unwrap_or_default());
    if !is_page || !is_ours {
        return http::not_found().await;
    }
    let page = Files::get("index.html").map_or_else(
        || NOT_BUILT.as_bytes().to_vec(),
        |file| file.data.into_owned(),
    );
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .content_type(ContentType::html())
        .body(page))
}

/// Whether a file is worth packing once and for all.
fn is_packed(path: &str) -> bool {
    path.starts_with("assets/") && [".js", ".css"].iter().any(|ending| path.ends_with(ending))
}

/// A file of the app, packed.
async fn packed(path: &str, file: Vec<u8>) -> Result<Bytes> {
    let kept = || PACKED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(packed) = kept().get(path) {
        return Ok(packed.clone());
    }
    let packed = web::block(move || http::pack(&file, 11))
        .await
        .map_err(Error::internal)??;
    let packed = Bytes::from(packed);
    kept().insert(path.to_owned(), packed.clone());
    Ok(packed)
}

/// The start page of the API documentation.
pub async fn docs() -> Result<HttpResponse> {
    docs_file("index.html")
}

/// A file of the API documentation.
pub async fn docs_asset(path: web::Path<String>) -> Result<HttpResponse> {
    docs_file(&path)
}

fn docs_file(name: &str) -> Result<HttpResponse> {
    let config = Arc::new(utoipa_swagger_ui::Config::from("/api/openapi.json"));
    let file = utoipa_swagger_ui::serve(name, config)
        .map_err(|error| Error::internal(error.to_string()))?
        .ok_or_else(|| Error::not_found("file"))?;
    let mut bytes = file.bytes.into_owned();
    if name == "index.html" {
        // Its files are named relative to a folder, and our addresses have no slash at the end.
        let page = String::from_utf8_lossy(&bytes).replace("\"./", "\"/api/docs/");
        bytes = page
            .replace("href=\"index.css\"", "href=\"/api/docs/index.css\"")
            .into_bytes();
    }
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, DOCS_POLICY))
        .content_type(file.content_type)
        .body(bytes))
}
