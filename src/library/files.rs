//! Sending blobs: originals as attachments, videos to be played, page pictures to be kept by the browser.
//!
//! It does not ask who may have them; the routes here and the prospect's page do.

use actix_web::http::header::{
    self, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Deserialize;

use crate::blobs::Blobs;
use crate::entities::{asset_version, page};
use crate::error::{Error, Result};
use crate::http::requested_range;

/// Which size of a picture is wanted.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImageQuery {
    /// Width in pixels: 480, 960 or 1600; 960 where not said.
    pub w: Option<u32>,
}

/// Sends the original of a version, or the part of it that is asked for. Browsers save it and never show it: it may
/// be anything, and shown it could act on our origin.
pub async fn send_original(
    request: &HttpRequest,
    blobs: &Blobs,
    version: &asset_version::Model,
) -> Result<HttpResponse> {
    let file = Original {
        blob: &version.blob,
        byte_size: version.byte_size,
        media_type: &version.media_type,
        file_name: &version.file_name,
    };
    send_file(request, blobs, file).await
}

/// Sends a video so that browsers play it, also in a tab of its own: it is never saved by being opened. Its policy lets
/// it load itself and nothing else, and it acts on no origin. What is no video is sent as an attachment all the same.
pub async fn send_video(
    request: &HttpRequest,
    blobs: &Blobs,
    version: &asset_version::Model,
) -> Result<HttpResponse> {
    let mut response = send_original(request, blobs, version).await?;
    if version.media_type.starts_with("video/") {
        let headers = response.headers_mut();
        let mut set = |name, value| headers.insert(name, header::HeaderValue::from_static(value));
        set(header::CONTENT_DISPOSITION, "inline");
        set(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
        );
    }
    Ok(response)
}

/// A file as it is sent.
pub(super) struct Original<'a> {
    pub(super) blob: &'a str,
    pub(super) byte_size: i64,
    pub(super) media_type: &'a str,
    pub(super) file_name: &'a str,
}

pub(super) async fn send_file(
    request: &HttpRequest,
    blobs: &Blobs,
    file: Original<'_>,
) -> Result<HttpResponse> {
    let etag = format!("\"{}\"", file.blob);
    if is_known(request, &etag) {
        return Ok(HttpResponse::NotModified()
            .insert_header((header::ETAG, etag))
            .finish());
    }
    let length = u64::try_from(file.byte_size).map_err(Error::internal)?;
    let range = requested_range(request.headers(), &etag, length)?;
    let mut response = match &range {
        Some(range) => {
            let mut response = HttpResponse::PartialContent();
            let content_range = format!("bytes {}-{}/{length}", range.start, range.end - 1);
            response.insert_header((header::CONTENT_RANGE, content_range));
            response
        }
        None => HttpResponse::Ok(),
    };
    let sent = range
        .as_ref()
        .map_or(length, |range| range.end - range.start);
    let stream = blobs.stream(file.blob, range).await?;
    Ok(response
        .insert_header((header::CONTENT_TYPE, file.media_type))
        .insert_header(attachment(file.file_name))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::ETAG, etag))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        // Compressed on the way, ranges would not fit.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .no_chunking(sent)
        .streaming(stream))
}

/// Sends the picture of a page in the size that fits `width`.
pub async fn send_page_image(
    request: &HttpRequest,
    blobs: &Blobs,
    page: &page::Model,
    width: Option<u32>,
) -> Result<HttpResponse> {
    let blob = image_of(page, width);
    let etag = format!("\"{blob}\"");
    if is_known(request, &etag) {
        return Ok(kept_for_ever(&mut HttpResponse::NotModified(), etag).finish());
    }
    let picture = blobs.get(blob).await?;
    Ok(kept_for_ever(&mut HttpResponse::Ok(), etag)
        .insert_header((header::CONTENT_TYPE, "image/webp"))
        .body(picture))
}

/// The blob of the picture in the size that fits `width`.
pub fn image_of(page: &page::Model, width: Option<u32>) -> &str {
    match width.unwrap_or(960) {
        ..=480 => &page.image_480,
        481..=960 => &page.image_960,
        961.. => &page.image_1600,
    }
}

fn kept_for_ever(response: &mut HttpResponseBuilder, etag: String) -> &mut HttpResponseBuilder {
    response.insert_header((header::ETAG, etag)).insert_header((
        header::CACHE_CONTROL,
        "private, max-age=31536000, immutable",
    ))
}

/// Whether the browser has this very content already.
pub fn is_known(request: &HttpRequest, etag: &str) -> bool {
    request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|known| known.split(',').any(|tag| tag.trim() == etag))
}

/// `Content-Disposition` for old clients, without accents, and for the others as it is.
fn attachment(file_name: &str) -> ContentDisposition {
    let plain = file_name
        .chars()
        .map(|c| {
            if c.is_ascii() && !matches!(c, '"' | '\\') {
                c
            } else {
                '_'
            }
        })
        .collect();
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![
            DispositionParam::Filename(plain),
            DispositionParam::FilenameExt(ExtendedValue {
                charset: Charset::Ext("UTF-8".to_owned()),
                language_tag: None,
                value: file_name.as_bytes().to_vec(),
            }),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_keeps_its_accents_and_breaks_no_header() {
        let text = attachment("Preis\"übersicht.pdf").to_string();
        assert_eq!(
            text,
            "attachment; filename=\"Preis__bersicht.pdf\"; filename*=UTF-8''Preis%22%C3%BCbersicht.pdf"
        );
    }
}
