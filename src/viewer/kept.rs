//! Pages kept ready: what a link shows, drawn and packed once, and served again without asking the database.
//!
//! Only what is the same for everybody who holds the link is kept; the visit token stands at the end of the page and is
//! put in each time. Invariants: a kept page is at most [`FRESH_FOR`] old, so that a link that was taken back on another
//! node stops within that; after any request to this node that changes something all of them are forgotten; whether the
//! link has expired is looked at each time; a link with something before its content is never kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::web;
use chrono::{DateTime, Utc};
use moka::future::Cache;

use super::render::Prepared;
use crate::ids::LinkId;
use crate::pitches::Layout;

/// For how long a page is served without looking at the database: well below the second in which a link that is taken
/// back has to stop on every node.
const FRESH_FOR: Duration = Duration::from_millis(500);

/// How much memory the pages may take: some thousand links.
const MOST_BYTES: u64 = 64 << 20;

/// How many loads of a kept page are noted as visits. More in half a second are no readers; those who read are noted
/// when their page reports, whatever became of the note of the load.
const MOST_NOTED: u32 = 25;

/// The pages of this node. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pages {
    kept: Cache<String, Arc<Kept>>,
    /// How often something was changed through this node.
    changes: Arc<AtomicU64>,
}

/// A page that is ready.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) link: LinkId,
    pub(super) expires_at: Option<DateTime<Utc>>,
    pub(super) layout: Layout,
    pub(super) page: Prepared,
    pub(super) noted: AtomicU32,
}

impl Kept {
    /// Whether one more load is to be noted as a visit.
    pub(super) fn is_worth_a_note(&self) -> bool {
        self.noted.fetch_add(1, Ordering::Relaxed) < MOST_NOTED
    }
}

/// How things stood before a page was drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment(u64);

impl Default for Pages {
    fn default() -> Self {
        Self {
            kept: Cache::builder()
                .time_to_live(FRESH_FOR)
                .weigher(|_, kept: &Arc<Kept>| u32::try_from(kept.page.bytes()).unwrap_or(u32::MAX))
                .max_capacity(MOST_BYTES)
                .build(),
            changes: Arc::default(),
        }
    }
}

impl Pages {
    /// The page of a token, if it is ready and its link has not expired.
    pub(super) async fn get(&self, token: &str, now: DateTime<Utc>) -> Option<Arc<Kept>> {
        let kept = self.kept.get(token).await?;
        kept.expires_at.is_none_or(|end| now < end).then_some(kept)
    }

    /// To be asked before a page is drawn.
    pub(super) fn moment(&self) -> Moment {
        Moment(self.changes.load(Ordering::Acquire))
    }

    /// Keeps a page, unless something has changed since it began to be drawn.
    pub(super) async fn keep(&self, token: &str, kept: Arc<Kept>, moment: Moment) {
        self.kept.insert(token.to_owned(), kept).await;
        if self.moment().0 != moment.0 {
            self.kept.invalidate(token).await;
        }
    }

    /// Forgets all of them.
    fn forget(&self) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.kept.invalidate_all();
    }
}

/// Forgets the pages after each request that may have changed something. Readers' reports change no page.
pub async fn forget_pages(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let asks = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let reports = request.path().starts_with("/p/") && request.path().ends_with("/events");
    if asks || reports {
        return next.call(request).await;
    }
    let pages = request.app_data::<web::Data<Pages>>().cloned();
    let response = next.call(request).await;
    if let Some(pages) = pages {
        pages.forget();
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(expires_at: Option<DateTime<Utc>>) -> Arc<Kept> {
        Arc::new(Kept {
            link: LinkId::new(DateTime::UNIX_EPOCH),
            expires_at,
            layout: Layout::default(),
            page: Prepared::of("a VISIT b".to_owned(), "VISIT", String::new()).unwrap(),
            noted: AtomicU32::new(0),
        })
    }

    #[actix_web::test]
    async fn what_changed_while_a_page_was_drawn_is_not_kept() {
        let pages = Pages::default();
        let moment = pages.moment();
        pages.forget();
        pages.keep("token", page(None), moment).await;
        assert!(pages.get("token", DateTime::UNIX_EPOCH).await.is_none());
        pages.keep("token", page(None), pages.moment()).await;
        assert!(pages.get("token", DateTime::UNIX_EPOCH).await.is_some());
        pages.forget();
        assert!(pages.get("token", DateTime::UNIX_EPOCH).await.is_none());
    }

    #[actix_web::test]
    async fn an_expired_link_is_not_served() {
        let pages = Pages::default();
        let end = DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(1);
        pages.keep("token", page(Some(end)), pages.moment()).await;
        assert!(pages.get("token", DateTime::UNIX_EPOCH).await.is_some());
        assert!(pages.get("token", end).await.is_none());
    }

    #[test]
    fn only_so_many_loads_are_noted() {
        let kept = page(None);
        let noted = (0..1_000).filter(|_| kept.is_worth_a_note()).count();
        assert_eq!(noted, 25);
    }
}
