//! Originals, where the link allows it.

use actix_web::http::header::{self, ContentDisposition, DispositionParam, DispositionType};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::audience::Audience;
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::ids::PitchItemId;
use crate::pitches::shown_items;

/// The visit in which the download was asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct DuringVisit {
    /// The visit token of the page.
    visit: Option<String>,
}

/// The original of an item. An item that is a single page has none: its file holds the other pages too.
pub async fn download(
    path: web::Path<(String, PitchItemId)>,
    during: web::Query<DuringVisit>,
    db: web::Data<Db>,
    blobs: web::Data<Blobs>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let (token, item) = path.into_inner();
    let audience = Audience::by_token(db.read(), &token, clock.now()).await?;
    let allowed = audience
        .link
        .as_ref()
        .is_some_and(|link| link.download_allowed);
    let shown = shown_items(db.read(), audience.pitch.id)
        .await?
        .into_iter()
        .find(|shown| shown.item.id == item && shown.item.page_number.is_none())
        .filter(|_| allowed)
        .ok_or_else(|| Error::not_found("file"))?;
    let stream = blobs.stream(&shown.version.blob, None).await?;
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(shown.version.file_name)],
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/octet-stream"))
        .insert_header(disposition)
        .no_chunking(u64::try_from(shown.version.byte_size).unwrap_or(0))
        .insert_header(header::ContentEncoding::Identity)
        .streaming(stream))
}
