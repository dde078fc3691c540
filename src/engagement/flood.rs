//! How many reports one link may send, so that a flooded link leaves the others their pace.
//!
//! Every link has a bucket of tokens on every node. An empty bucket answers 429, after a short while: whoever waits for
//! answers is slowed down by it, and the rest of the server does not notice.
//!
//! Invariant: it costs the same few instructions whether a link is flooded or not, and it remembers nobody: a bucket
//! that is full again is forgotten.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::future::Cache;
use tokio::time::Instant;

use crate::error::{Code, Error, Result};

/// How long a refusal takes.
const PAUSE: Duration = Duration::from_millis(400);
/// How many seconds' worth a link may send at once.
const BURST_SECONDS: f64 = 2.0;

/// The buckets of a node. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Flood {
    /// Reports a second; 0 allows any number.
    rate: f64,
    buckets: Cache<String, Arc<Mutex<Bucket>>>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Flood {
    pub(super) fn new(rate: u32) -> Self {
        Self {
            rate: f64::from(rate),
            buckets: Cache::builder()
                .max_capacity(50_000)
                .time_to_idle(Duration::from_secs(10))
                .build(),
        }
    }

    /// Whether one more report of this link is within its rate now.
    pub(super) async fn admits(&self, link_token: &str) -> bool {
        if self.rate == 0.0 {
            return true;
        }
        let now = Instant::now();
        let full = self.rate * BURST_SECONDS;
        let bucket = self
            .buckets
            .entry_by_ref(link_token)
            .or_insert_with(std::future::ready(Arc::new(Mutex::new(Bucket {
                tokens: full,
                at: now,
            }))))
            .await
            .into_value();
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let since = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.tokens = (bucket.tokens + since * self.rate).min(full);
        bucket.at = now;
        if bucket.tokens < 1.0 {
            return false;
        }
        bucket.tokens -= 1.0;
        true
    }

    /// Takes one report's place, or refuses it after a pause.
    pub(super) async fn pass(&self, link_token: &str) -> Result<()> {
        if self.admits(link_token).await {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
        Err(Error::new(
            Code::TooManyRequests,
            "This link is used more often than anybody reads; keep your events and send them later.",
        )
        .retry_after(5))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_flooded_link_is_refused_and_another_is_not() {
        let flood = Flood::new(10);
        for _ in 0..20 {
            assert!(flood.pass("a").await.is_ok());
        }
        assert_eq!(
            flood.pass("a").await.unwrap_err().code,
            Code::TooManyRequests
        );
        assert!(flood.pass("b").await.is_ok());
        tokio::time::sleep(Duration::from_millis(150)).await;
        assert!(flood.pass("a").await.is_ok());
        let unlimited = Flood::new(0);
        for _ in 0..1_000 {
            assert!(unlimited.pass("a").await.is_ok());
        }
    }
}
