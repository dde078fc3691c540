//! How often something may be done: attempts at secrets, counted in the database, and floods of requests, counted in
//! memory.
//!
//! Attempts survive a restart and hold on every node together; they are counted before the secret is looked at, so that
//! many at once gain nothing. Floods are counted by each node for itself, because a write for every beacon would cost
//! more than it protects.
//!
//! Invariant: what is counted stands in the database as a hash; no address and no token does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpMessage as _, HttpRequest};
use chrono::{DateTime, TimeDelta, Utc};
use moka::future::Cache;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait, QueryFilter as _};

use crate::db::Db;
use crate::entities::attempt;
use crate::error::{Code, Error, Result};

/// How often within which time.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// What is counted, for the key.
    pub name: &'static str,
    /// How often.
    pub most: i32,
    /// Within which time.
    pub within: TimeDelta,
}

/// What is left of an allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// How often in all.
    pub limit: i32,
    /// How often still.
    pub remaining: i32,
    /// Seconds until it starts again.
    pub resets_in: i64,
}

impl Left {
    /// Notes it on the request, so that the guard tells it with the reply.
    pub fn note(self, request: &HttpRequest) {
        request.extensions_mut().insert(self);
    }

    /// Writes the `RateLimit-*` headers.
    pub(super) fn write(self, headers: &mut HeaderMap) {
        for (name, value) in [
            ("ratelimit-limit", i64::from(self.limit)),
            (
                "ratelimit-remaining",
                i64::from(Ord::max(self.remaining, 0)),
            ),
            ("ratelimit-reset", self.resets_in),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
    }
}

/// Takes one from each allowance for its key, before the secret is looked at; the answer is the scarcest. Once one is used
/// up, [`Code::TooManyRequests`] says when to come back.
pub async fn take(db: &Db, now: DateTime<Utc>, what: &[(Allowance, &[&str])]) -> Result<Left> {
    let tx = db.begin().await?;
    let mut scarcest: Option<Left> = None;
    for (allowance, parts) in what {
        let left = take_one(&tx, now, *allowance, parts).await?;
        if scarcest.is_none_or(|known| left.remaining < known.remaining) {
            scarcest = Some(left);
        }
    }
    // Committed before anything else happens, so that nobody tries more often by being quick.
    tx.commit().await?;
    let left = scarcest.ok_or_else(|| Error::internal("nothing was to be counted"))?;
    if left.remaining < 0 {
        return Err(too_many(left));
    }
    Ok(left)
}

/// Forgets what was taken: the attempt succeeded.
pub async fn forget<C: ConnectionTrait>(
    db: &C,
    allowance: Allowance,
    parts: &[&str],
) -> Result<()> {
    attempt::Entity::delete_by_id(key(allowance, parts))
        .exec(db)
        .await?;
    Ok(())
}

/// Gives one back: the attempt succeeded, and others' are counted with it.
pub async fn give_back<C: ConnectionTrait>(
    db: &C,
    allowance: Allowance,
    parts: &[&str],
) -> Result<()> {
    attempt::Entity::update_many()
        .col_expr(
            attempt::Column::Count,
            Expr::col(attempt::Column::Count).sub(1),
        )
        .filter(attempt::Column::Key.eq(key(allowance, parts)))
        .filter(attempt::Column::Count.gt(0))
        .exec(db)
        .await?;
    Ok(())
}

/// Removes counts that have started again; they say nothing any more.
pub async fn sweep_attempts(db: &Db, now: DateTime<Utc>) -> Result<()> {
    let tx = db.begin().await?;
    attempt::Entity::delete_many()
        .filter(attempt::Column::ResetsAt.lte(now.timestamp()))
        .exec(&tx)
        .await?;
    Ok(tx.commit().await?)
}

async fn take_one<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    allowance: Allowance,
    parts: &[&str],
) -> Result<Left> {
    let seconds = now.timestamp();
    let over = || Expr::col((attempt::Entity, attempt::Column::ResetsAt)).lte(seconds);
    let count: Expr = Expr::case(over(), Expr::val(1))
        .finally(Expr::col((attempt::Entity, attempt::Column::Count)).add(1))
        .into();
    let resets_at: Expr = Expr::case(over(), Expr::col(("excluded", attempt::Column::ResetsAt)))
        .finally(Expr::col((attempt::Entity, attempt::Column::ResetsAt)))
        .into();
    let row = attempt::Entity::insert(attempt::ActiveModel {
        key: Set(key(allowance, parts)),
        count: Set(1),
        resets_at: Set(seconds + allowance.within.num_seconds()),
    })
    .on_conflict(
        OnConflict::column(attempt::Column::Key)
            .value(attempt::Column::Count, count)
            .value(attempt::Column::ResetsAt, resets_at)
            .to_owned(),
    )
    .exec_with_returning(db)
    .await?;
    Ok(Left {
        limit: allowance.most,
        remaining: allowance.most.saturating_sub(row.count),
        resets_in: Ord::max(row.resets_at - seconds, 1),
    })
}

fn key(allowance: Allowance, parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(allowance.name.as_bytes());
    for part in parts {
        hasher.update(&[0]);
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

fn too_many(left: Left) -> Error {
    let minutes = (left.resets_in + 59) / 60;
    let wait = match minutes {
        1 => "a minute".to_owned(),
        _ => format!("{minutes} minutes"),
    };
    let seconds = u64::try_from(left.resets_in).unwrap_or(60);
    Error::new(
        Code::TooManyRequests,
        format!("This was tried too often. Please wait {wait} and try again."),
    )
    .retry_after(seconds)
}

/// How often a prospect's browser may send something to one link within a minute: far more than an office of readers
/// needs. Beacons have a count of their own.
const SENDS: i32 = 240;
/// The same for beacons. Their own queue answers "busy" long before; this only keeps one link from filling it for ever.
const BEACONS: i32 = 1_000_000;
const MINUTE: Duration = Duration::from_mins(1);

/// The node's count of what comes in from prospects. Cheap to clone.
#[derive(Clone)]
pub struct Flood {
    counts: Cache<[u8; 32], Arc<AtomicU32>>,
}

impl std::fmt::Debug for Flood {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Flood({} counted)", self.counts.entry_count())
    }
}

impl Default for Flood {
    fn default() -> Self {
        Self {
            counts: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(MINUTE)
                .build(),
        }
    }
}

impl Flood {
    /// Counts one request of `network` to `token`.
    pub(super) async fn count(
        &self,
        token: &str,
        network: &str,
        beacon: bool,
    ) -> (Left, Result<()>) {
        let limit = if beacon { BEACONS } else { SENDS };
        let mut hasher = blake3::Hasher::new();
        hasher.update(&[u8::from(beacon)]);
        hasher.update(network.as_bytes());
        hasher.update(&[0]);
        hasher.update(token.as_bytes());
        let count = self
            .counts
            .get_with(*hasher.finalize().as_bytes(), async {
                Arc::new(AtomicU32::new(0))
            })
            .await;
        let count = count.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let left = Left {
            limit,
            remaining: limit.saturating_sub(i32::try_from(count).unwrap_or(i32::MAX)),
            resets_in: 60,
        };
        let verdict = if left.remaining < 0 {
            Err(too_many(left))
        } else {
            Ok(())
        };
        (left, verdict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREE: Allowance = Allowance {
        name: "test",
        most: 3,
        within: TimeDelta::minutes(10),
    };

    #[test]
    fn keys_of_different_parts_never_meet() {
        assert_ne!(key(THREE, &["ab", "c"]), key(THREE, &["a", "bc"]));
        assert!(!key(THREE, &["ann@example.com"]).contains("ann"));
    }

    #[tokio::test]
    async fn a_flood_is_told_when_to_come_back() {
        let flood = Flood::default();
        for _ in 0..SENDS {
            flood.count("t", "n", false).await.1.unwrap();
        }
        let error = flood.count("t", "n", false).await.1.unwrap_err();
        assert_eq!(error.code, Code::TooManyRequests);
        assert!(error.retry_after.is_some());
        flood.count("other", "n", false).await.1.unwrap();
        flood.count("t", "n", true).await.1.unwrap();
    }
}
