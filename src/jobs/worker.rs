//! The loop that claims jobs and calls their handlers, with a heartbeat while they run.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::{Notify, watch};

use super::queue::{AWAITED, Claim, Failure, LEASE};
use crate::clock::Clock;
use crate::db::Db;

/// What to do for one kind of job. It reports failure by value and must be safe to run again from the start.
pub type Handler = Arc<dyn Fn(Claim) -> BoxFuture<'static, Result<(), Failure>> + Send + Sync>;

/// How long an idle worker waits when nobody wakes it: work may come from another node.
const POLL: Duration = Duration::from_secs(1);

/// Tells the node's workers that there is work; only latency depends on it.
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<Idle>);

/// Who waits for work.
#[derive(Debug, Default)]
struct Idle {
    lanes: Notify,
    express: Notify,
}

impl Wake {
    /// Wakes one idle worker, and the one that only does what somebody waits for.
    pub fn wake(&self) {
        self.0.lanes.notify_one();
        self.0.express.notify_one();
    }
}

/// Claims and does jobs, several at a time.
pub struct Worker {
    db: Db,
    clock: Clock,
    wake: Wake,
    handlers: HashMap<&'static str, Handler>,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker")
            .field("kinds", &self.handlers.keys())
            .finish_non_exhaustive()
    }
}

impl Worker {
    /// A worker without handlers.
    pub fn new(db: Db, clock: Clock, wake: Wake) -> Self {
        Self {
            db,
            clock,
            wake,
            handlers: HashMap::new(),
        }
    }

    /// The same worker, which now also does jobs of `kind`.
    #[must_use]
    pub fn register(mut self, kind: &'static str, handler: Handler) -> Self {
        self.handlers.insert(kind, handler);
        self
    }

    /// Works with `lanes` jobs at a time, and one more that somebody waits for, until `stop` turns true; jobs in hand
    /// are finished first.
    pub async fn run(self, lanes: usize, stop: watch::Receiver<bool>) {
        let idle = Arc::clone(&self.wake.0);
        let any = (0..lanes.max(1)).map(|_| self.lane(i32::MIN, &idle.lanes, stop.clone()));
        // However long the work in the other lanes takes, nobody sits in front of a bar that does not move.
        let express = self.lane(AWAITED, &idle.express, stop.clone());
        futures::future::join(futures::future::join_all(any), express).await;
    }

    /// Does what is due now, one after the other, and returns; for the command line and tests.
    pub async fn drain(&self) -> crate::error::Result<()> {
        let kinds: Vec<_> = self.handlers.keys().copied().collect();
        while let Some(claim) = Claim::take(&self.db, &kinds, i32::MIN, self.clock.now()).await? {
            self.work(claim).await;
        }
        Ok(())
    }

    /// Does jobs of no less than this priority one after the other.
    async fn lane(&self, least: i32, idle: &Notify, mut stop: watch::Receiver<bool>) {
        let kinds: Vec<_> = self.handlers.keys().copied().collect();
        while !*stop.borrow() {
            match Claim::take(&self.db, &kinds, least, self.clock.now()).await {
                Ok(Some(claim)) => {
                    // There may be more: let an idle lane look too.
                    self.wake.wake();
                    self.work(claim).await;
                    continue;
                }
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "could not claim a job"),
            }
            tokio::select! {
                () = idle.notified() => {}
                () = tokio::time::sleep(POLL) => {}
                _ = stop.changed() => {}
            }
        }
    }

    async fn work(&self, claim: Claim) {
        let Some(handler) = self.handlers.get(claim.job.kind.as_str()) else {
            return;
        };
        let outcome = tokio::select! {
            outcome = handler(claim.clone()) => outcome,
            () = self.heartbeat(&claim) => {
                tracing::warn!(job = %claim.job.id, "another worker took the job over; stopping");
                return;
            }
        };
        let now = self.clock.now();
        let written = match &outcome {
            Ok(()) => claim.finish(&self.db, now).await,
            Err(failure) => {
                tracing::warn!(job = %claim.job.id, kind = %claim.job.kind, code = %failure.code, detail = %failure.detail, "job failed");
                claim.fail(&self.db, now, failure).await.map(|_| ())
            }
        };
        if let Err(error) = written {
            tracing::error!(job = %claim.job.id, %error, "could not write the job's outcome");
        }
    }

    /// Extends the lease until another worker has the job.
    async fn heartbeat(&self, claim: &Claim) {
        let period = LEASE.to_std().unwrap_or(POLL) / 3;
        loop {
            tokio::time::sleep(period).await;
            if claim.extend(&self.db, self.clock.now()).await.is_err() {
                return;
            }
        }
    }
}
