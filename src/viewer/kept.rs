//! Pages kept ready: what a link shows, drawn and packed once, and served again without asking the database.
//!
//! Only what is the same for everybody who holds the link is kept; the visit token stands at the end of the page and is
//! put in each time. Invariants: after whatever this process writes no page is served that was drawn before; what another
//! node writes, such as that a link is taken back, shows within [`FRESH_FOR`]; whether the link has expired is looked at
//! each time; a link with something before its content is never kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use moka::future::Cache;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::render::Prepared;
use crate::db::ReadMark;
use crate::ids::LinkId;
use crate::pitches::Layout;

/// For how long a page is served without looking at the database: well below the second in which a link that is taken
/// back has to stop on every node.
const FRESH_FOR: Duration = Duration::from_millis(500);

/// For how long a page is remembered, to be compared with how it is drawn the next time.
const REMEMBERED_FOR: Duration = Duration::from_mins(10);

/// A transaction that began longer ago than this is taken to have ended. One that lasts longer shows within
/// [`FRESH_FOR`] of its end.
const SETTLED: Duration = Duration::from_millis(250);

/// A page that was drawn while a transaction may have been on its way is served for so long: many who come at once need
/// one drawing.
const UNSETTLED_FOR: Duration = Duration::from_millis(20);

/// How much memory the pages may take: some thousand links.
const MOST_BYTES: u64 = 64 << 20;

/// How many loads of a kept page are noted as visits. More in half a second are no readers; those who read are noted
/// when their page reports, whatever became of the note of the load.
const MOST_NOTED: u32 = 25;

/// The pages of this node. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pages {
    kept: Cache<String, Arc<Kept>>,
    /// Whoever draws a page; the others wait for it.
    turns: Cache<String, Arc<Mutex<()>>>,
}

/// A page that is ready.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) link: LinkId,
    pub(super) expires_at: Option<DateTime<Utc>>,
    pub(super) layout: Layout,
    pub(super) page: Prepared,
    pub(super) noted: AtomicU32,
    /// The address that its reader confirmed; only of pages that are drawn for one reader, which are not kept.
    pub(super) email: Option<String>,
    /// How things stood before it was drawn.
    pub(super) mark: ReadMark,
}

impl Kept {
    /// Whether one more load is to be noted as a visit.
    pub(super) fn is_worth_a_note(&self) -> bool {
        self.noted.fetch_add(1, Ordering::Relaxed) < MOST_NOTED
    }
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            kept: Cache::builder()
                .time_to_live(REMEMBERED_FOR)
                .weigher(|_, kept: &Arc<Kept>| u32::try_from(kept.page.bytes()).unwrap_or(u32::MAX))
                .max_capacity(MOST_BYTES)
                .build(),
            turns: Cache::builder()
                .max_capacity(10_000)
                .time_to_idle(Duration::from_secs(10))
                .build(),
        }
    }
}

impl Pages {
    /// The page of a token, if it is ready, nothing was written since, and its link has not expired.
    pub(super) async fn get(
        &self,
        token: &str,
        now: DateTime<Utc>,
        mark: ReadMark,
    ) -> Option<Arc<Kept>> {
        let kept = self.kept.get(token).await?;
        let open = kept.expires_at.is_none_or(|end| now < end);
        let settled = kept.mark.quiet >= SETTLED;
        let age = mark.at.saturating_sub(kept.mark.at);
        let young = age < if settled { FRESH_FOR } else { UNSETTLED_FOR };
        (open && kept.mark.writes == mark.writes && young).then_some(kept)
    }

    /// The page of a token as it was drawn last, however long ago and whatever has changed since.
    pub(super) async fn before(&self, token: &str) -> Option<Arc<Kept>> {
        self.kept.get(token).await
    }

    /// The turn to draw the page of a token: whoever holds it looks again and then draws.
    pub(super) async fn turn(&self, token: &str) -> OwnedMutexGuard<()> {
        let turn = self.turns.get_with_by_ref(token, async { Arc::default() });
        turn.await.lock_owned().await
    }

    /// Keeps a page.
    pub(super) async fn keep(&self, token: &str, kept: Arc<Kept>) {
        self.kept.insert(token.to_owned(), kept).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing had begun to be written for so many milliseconds of a process that began then.
    fn mark(writes: u64, quiet: u64) -> ReadMark {
        ReadMark {
            writes,
            quiet: Duration::from_millis(quiet),
            at: Duration::from_millis(quiet),
        }
    }

    fn page(expires_at: Option<DateTime<Utc>>, mark: ReadMark) -> Arc<Kept> {
        Arc::new(Kept {
            link: LinkId::new(DateTime::UNIX_EPOCH),
            expires_at,
            layout: Layout::default(),
            page: Prepared::of("a VISIT b".to_owned(), "VISIT", String::new()),
            email: None,
            noted: AtomicU32::new(0),
            mark,
        })
    }

    #[actix_web::test]
    async fn what_may_have_changed_is_not_served() {
        let (pages, now) = (Pages::default(), DateTime::UNIX_EPOCH);
        pages.keep("token", page(None, mark(1, 10))).await;
        assert!(pages.get("token", now, mark(1, 15)).await.is_some());
        assert!(pages.get("token", now, mark(1, 40)).await.is_none());
        pages.keep("token", page(None, mark(1, 300))).await;
        assert!(pages.get("token", now, mark(1, 310)).await.is_some());
        assert!(pages.get("token", now, mark(1, 900)).await.is_none());
        assert!(pages.get("token", now, mark(2, 0)).await.is_none());
        assert!(pages.before("token").await.is_some());
    }

    #[actix_web::test]
    async fn an_expired_link_is_not_served() {
        let (pages, now) = (Pages::default(), DateTime::UNIX_EPOCH);
        let end = now + chrono::TimeDelta::hours(1);
        pages.keep("token", page(Some(end), mark(1, 300))).await;
        assert!(pages.get("token", now, mark(1, 310)).await.is_some());
        assert!(pages.get("token", end, mark(1, 310)).await.is_none());
    }

    #[test]
    fn only_so_many_loads_are_noted() {
        let kept = page(None, mark(0, 0));
        let noted = (0..1_000).filter(|_| kept.is_worth_a_note()).count();
        assert_eq!(noted, 25);
    }
}
