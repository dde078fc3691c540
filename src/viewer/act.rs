//! What a reader does beyond reading, noted for the visit in which it was done.

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};

use crate::engagement::{Act, Ingest, Seen, ServerAct, begin_visit, read_visit_token};
use crate::ids::LinkId;
use crate::keys::Keys;

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
