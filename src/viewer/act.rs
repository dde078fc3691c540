//! What a reader does beyond reading, noted for the visit in which it was done.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};

use crate::engagement::{
    Act, Before, Ingest, Seen, ServerAct, VisitStart, begin_visit, go_on, read_visit_token,
};
use crate::error::Result;
use crate::ids::LinkId;
use crate::keys::Keys;

/// The visit in which something is done: that of the page's token, else the one that the browser is in by the name in its
/// cookie, else one of its own.
pub(super) async fn visit_of(
    request: &HttpRequest,
    ingest: &Ingest,
    keys: &Keys,
    now: DateTime<Utc>,
    link: LinkId,
    visit_token: &str,
) -> Result<VisitStart> {
    if let Some(claim) = read_visit_token(keys, visit_token).filter(|claim| claim.link == link) {
        return Ok(go_on(keys, link, claim.visit));
    }
    let seen = Seen::on(request, keys, link);
    let before = if seen.browser_id.is_empty() {
        Before::default()
    } else {
        ingest.before(link, &seen.browser_id).await?
    };
    Ok(match before.going_on {
        Some(visit) => go_on(keys, link, visit),
        None => begin_visit(keys, link, now),
    })
}

/// Makes the act durable before the reader gets their answer. A reader is not refused what they may have because the
/// note cannot be taken; that is logged instead.
pub(super) async fn note(
    request: &HttpRequest,
    ingest: &Ingest,
    keys: &Keys,
    now: DateTime<Utc>,
    link: LinkId,
    visit_token: &str,
    act: Act<'_>,
) {
    // Without a token of this link (a copied address, an old page) the act is a visit of its own.
    let visit = read_visit_token(keys, visit_token)
        .filter(|claim| claim.link == link)
        .map_or_else(|| begin_visit(keys, link, now).visit, |claim| claim.visit);
    let seen = Seen::on(request, keys, link);
    let act = ServerAct {
        visit,
        link,
        seen: &seen,
        act,
    };
    if let Err(error) = ingest.record(act).await {
        tracing::error!(%error, %visit, "what a reader did could not be noted");
    }
}
