//! Sums whose parts fade: each is worth half after every half-life.
//!
//! Such a sum is kept as it would stand at a fixed reference time. An exponential only ever scales, so what it is worth
//! at any other time is one factor away: time passing writes nothing, and adding to it is an addition.

use chrono::{DateTime, TimeDelta, Utc};

/// The reference: 2026-01-01T00:00:00Z. Another one would only scale what is kept.
const REFERENCE_SECS: i64 = 1_767_225_600;
const DAY_SECS: f64 = 86_400.0;

/// How fast something fades.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fading {
    half_life_days: f64,
}

impl Fading {
    /// With this half-life.
    pub fn new(half_life_days: f64) -> Self {
        Self {
            half_life_days: half_life_days.max(0.01),
        }
    }

    /// What a sum that is kept is to be multiplied with to be worth what it is worth at `now`.
    pub fn factor(&self, now: DateTime<Utc>) -> f64 {
        (-(seconds(now) / DAY_SECS) / self.half_life_days).exp2()
    }

    /// What is left at `now` of a point that was given at `at`.
    pub fn left(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> f64 {
        (-((seconds(now) - seconds(at)) / DAY_SECS) / self.half_life_days).exp2()
    }

    /// When a sum that is kept falls below `level`; nothing if it never does or is below already.
    pub fn falls_at(&self, kept: f64, level: f64, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if level <= 0.0 || kept * self.factor(now) < level {
            return None;
        }
        let days = (kept / level).log2() * self.half_life_days;
        #[allow(
            clippy::cast_possible_truncation,
            reason = "a time; microseconds of centuries fit, and what does not is cut off"
        )]
        let micros = (days * DAY_SECS * 1e6).ceil() as i64;
        // One more, so that at that moment it is below.
        reference().checked_add_signed(TimeDelta::microseconds(micros.saturating_add(1)))
    }
}

fn reference() -> DateTime<Utc> {
    DateTime::from_timestamp(REFERENCE_SECS, 0).unwrap_or_default()
}

fn seconds(at: DateTime<Utc>) -> f64 {
    #[allow(
        clippy::cast_precision_loss,
        reason = "milliseconds since 2026 are exact for longer than anybody sells"
    )]
    let millis = (at - reference()).num_milliseconds() as f64;
    millis / 1_000.0
}
