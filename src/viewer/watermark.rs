//! Pictures of pages with the viewer's address and the time in them, made when they are asked for.
//!
//! They are kept for a while, for each viewer, in memory and never on disk: however many people look at however many
//! pages, what is kept has a bound, and the oldest goes first.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use moka::future::Cache;
use tokio::sync::Semaphore;

use super::audience::Audience;
use crate::blobs::Blobs;
use crate::documents::watermark::burn;
use crate::entities::page;
use crate::error::{Error, Result};
use crate::library::{image_of, is_known};

/// How many pictures are drawn at once: each keeps a core busy.
const AT_ONCE: usize = 2;

/// Makes and keeps marked pictures. Cheap to clone.
#[derive(Clone)]
pub struct Watermarks {
    kept: Cache<[u8; 32], Bytes>,
    turn: Arc<Semaphore>,
}

impl std::fmt::Debug for Watermarks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Watermarks({} bytes)", self.kept.weighted_size())
    }
}

impl Watermarks {
    /// Keeps so many bytes of pictures at the most.
    pub fn new(bytes: u64) -> Self {
        Self {
            kept: Cache::builder()
                .max_capacity(bytes)
                .weigher(|_, picture: &Bytes| u32::try_from(picture.len()).unwrap_or(u32::MAX))
                .build(),
            turn: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// How many bytes of pictures are kept.
    pub async fn bytes(&self) -> u64 {
        self.kept.run_pending_tasks().await;
        self.kept.weighted_size()
    }

    /// Sends the picture of a page, with who looks at it and when.
    pub(super) async fn send(
        &self,
        request: &HttpRequest,
        blobs: &Blobs,
        page: &page::Model,
        width: Option<u32>,
        words: String,
    ) -> Result<HttpResponse> {
        let blob = image_of(page, width);
        let mut hasher = blake3::Hasher::new();
        hasher.update(blob.as_bytes());
        hasher.update(words.as_bytes());
        let key = hasher.finalize();
        let etag = format!("\"{}\"", key.to_hex());
        let mut response = if is_known(request, &etag) {
            HttpResponse::NotModified()
        } else {
            HttpResponse::Ok()
        };
        response
            .insert_header((header::ETAG, etag.clone()))
            .insert_header((header::CACHE_CONTROL, "private, no-cache"));
        if is_known(request, &etag) {
            return Ok(response.finish());
        }
        let picture = self
            .kept
            .try_get_with(*key.as_bytes(), self.draw(blobs, blob, words))
            .await
            .map_err(Error::internal)?;
        Ok(response
            .insert_header((header::CONTENT_TYPE, "image/webp"))
            .body(picture))
    }

    async fn draw(&self, blobs: &Blobs, blob: &str, words: String) -> Result<Bytes> {
        let picture = blobs.get(blob).await?;
        let _turn = self.turn.acquire().await.map_err(Error::internal)?;
        // What cannot be marked is not shown at all.
        tokio::task::spawn_blocking(move || burn(&picture, &words))
            .await
            .map_err(Error::internal)?
            .map(Bytes::from)
            .map_err(|failure| Error::internal(format!("{}: {}", failure.code, failure.detail)))
    }
}

/// Who looks, as far as it is known, and when: to the hour, so that a page that is looked at again need not be drawn again.
pub(super) fn words(audience: &Audience, now: DateTime<Utc>) -> String {
    let link = audience.link.as_ref();
    let who = audience
        .email
        .clone()
        .or_else(|| link.and_then(|link| link.recipient_email.clone()))
        .or_else(|| link.and_then(|link| link.recipient_name.clone()))
        .or_else(|| link.map(|link| format!("Link {}", link.id)))
        .unwrap_or_default();
    format!("{who}, {}", now.format("%-d %b %Y, %H:00 UTC"))
}
