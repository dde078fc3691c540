//! Files, where the link allows it: originals, or PDFs.

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::act::note;
use super::audience::Audience;
use super::render::{Frames, html};
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::db::Db;
use crate::engagement::{Act, Ingest};
use crate::entities::DownloadMode;
use crate::error::{Error, Result};
use crate::ids::PitchItemId;
use crate::jobs::Wake;
use crate::keys::Keys;
use crate::library::{PdfState, prepare_pdf, send_original, send_pdf};
use crate::pitches::{download_mode, shown_items};

/// The visit in which the download was asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct DuringVisit {
    /// The visit token of the page.
    visit: Option<String>,
}

/// The file of an item. An item that is a single page has none: its file holds the other pages too.
pub async fn download(
    path: web::Path<(String, PitchItemId)>,
    during: web::Query<DuringVisit>,
    db: web::Data<Db>,
    blobs: web::Data<Blobs>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    ingest: web::Data<Ingest>,
    wake: web::Data<Wake>,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let (token, item) = path.into_inner();
    let now = clock.now();
    let audience = Audience::admit(&request, db.read(), &token, now).await?;
    audience.refuse_unmarked()?;
    let base = audience.base;
    let link = audience
        .link
        .ok_or_else(|| Error::internal("somebody was admitted without a link"))?;
    let shown = shown_items(db.read(), link.pitch_id)
        .await?
        .into_iter()
        .find(|shown| shown.item.id == item && shown.item.page_number.is_none())
        .filter(|_| link.download_allowed)
        .ok_or_else(|| Error::not_found("file"))?;
    let response = match download_mode(&link) {
        DownloadMode::Pdf => match prepare_pdf(&db, now, &shown.version).await? {
            PdfState::Ready => send_pdf(&request, &db, &blobs, &shown.version).await?,
            PdfState::InTheMaking => {
                wake.wake();
                return making(&request, base, None);
            }
            PdfState::Missing(reason) => return making(&request, base, Some(reason)),
        },
        DownloadMode::Off | DownloadMode::Original => {
            send_original(&request, &blobs, &shown.version).await?
        }
    };
    // A part that is fetched again, or a file that is known, is no second download.
    if *request.method() == Method::GET && response.status() == StatusCode::OK {
        let visit = during.visit.as_deref().unwrap_or_default();
        let item = shown.layout_item();
        note(
            &request,
            &ingest,
            &keys,
            now,
            link.id,
            visit,
            Act::Downloaded(&item),
        )
        .await;
    }
    Ok(response)
}

#[derive(Template)]
#[template(path = "making.html")]
struct Making {
    heading: &'static str,
    detail: String,
    /// Whether the page asks again by itself.
    again: bool,
    back: String,
}

/// The page shown while a PDF is made, or in place of one that could not be.
fn making(request: &HttpRequest, back: String, failure: Option<String>) -> Result<HttpResponse> {
    let (status, page) = match failure {
        None => (
            StatusCode::ACCEPTED,
            Making {
                heading: "The PDF is being made",
                detail: "This takes some seconds, and the download begins by itself.".to_owned(),
                again: true,
                back,
            },
        ),
        Some(detail) => (
            StatusCode::CONFLICT,
            Making {
                heading: "There is no PDF",
                detail,
                again: false,
                back,
            },
        ),
    };
    html(request, status, &page, Frames::Never)
}
