//! Originals, where the link allows it.

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::act::note;
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::db::Db;
use crate::engagement::{Act, Ingest};
use crate::error::{Error, Result};
use crate::ids::PitchItemId;
use crate::keys::Keys;
use crate::library::send_original;
use crate::pitches::{find_open_link, shown_items};

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
    keys: web::Data<Keys>,
    ingest: web::Data<Ingest>,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let (token, item) = path.into_inner();
    let now = clock.now();
    let link = find_open_link(db.read(), &token, now).await?;
    let shown = shown_items(db.read(), link.pitch_id)
        .await?
        .into_iter()
        .find(|shown| shown.item.id == item && shown.item.page_number.is_none())
        .filter(|_| link.download_allowed)
        .ok_or_else(|| Error::not_found("file"))?;
    let response = send_original(&request, &blobs, &shown.version).await?;
    // A part that is fetched again, or a file that is known, is no second download.
    if *request.method() == Method::GET && response.status() == StatusCode::OK {
        let visit = during.visit.as_deref().unwrap_or_default();
        let item = shown.layout_item();
        note(&ingest, &keys, now, link.id, visit, Act::Downloaded(&item)).await;
    }
    Ok(response)
}
