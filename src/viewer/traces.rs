//! Two addresses that tell people from programs: a picture that only browsers without scripts draw, and a link that
//! nobody can see or reach, by eye, keyboard or screen reader.
//!
//! Whoever asks for them gets an answer all the same: nothing is blocked.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};

use super::act::visit_of;
use super::audience::{Audience, Sender};
use super::render::{Frames, html};
use crate::clock::Clock;
use crate::db::Db;
use crate::engagement::{Act, Ingest, Seen, ServerAct};
use crate::error::Result;
use crate::ids::LinkId;
use crate::keys::Keys;

/// The smallest GIF: one transparent dot.
const DOT: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\0\0\0!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

#[derive(Template)]
#[template(path = "trap.html")]
struct Trap {
    sender: Sender,
    back: String,
}

/// The dot that a browser draws when it runs no script.
pub async fn drawn(
    request: HttpRequest,
    token: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    ingest: web::Data<Ingest>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let audience = Audience::admit(&request, db.read(), &token, now).await?;
    if let Some(link) = &audience.link {
        note(&request, &ingest, &keys, now, link.id, Act::Drawn).await?;
    }
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "image/gif"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(DOT))
}

/// The page behind the link that people cannot see.
pub async fn trap(
    request: HttpRequest,
    token: web::Path<String>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    ingest: web::Data<Ingest>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let audience = Audience::admit(&request, db.read(), &token, now).await?;
    if let Some(link) = &audience.link {
        note(&request, &ingest, &keys, now, link.id, Act::Trapped).await?;
    }
    let page = Trap {
        sender: Sender::of(db.read(), &audience.pitch).await?,
        back: audience.base,
    };
    html(&request, StatusCode::OK, &page, Frames::Never)
}

/// Notes it for the visit that the browser is in, by the name in its cookie; a program without one is in a visit of
/// its own.
async fn note(
    request: &HttpRequest,
    ingest: &Ingest,
    keys: &Keys,
    now: DateTime<Utc>,
    link: LinkId,
    act: Act<'_>,
) -> Result<()> {
    let seen = Seen::on(request, keys, link);
    let visit = visit_of(request, ingest, keys, now, link, "").await?.visit;
    let act = ServerAct {
        visit,
        link,
        seen: &seen,
        act,
    };
    if let Err(error) = ingest.record(act).await {
        tracing::error!(%error, %visit, "a trace could not be noted");
    }
    Ok(())
}
