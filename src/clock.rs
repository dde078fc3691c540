//! The one source of the current time.
//!
//! Everything that asks "what time is it?" is handed a [`Clock`], so that tests and the demo's history can say
//! when something happened. It is not a timer: waiting is tokio's business.
//!
//! Invariant: no other module calls `Utc::now` or `SystemTime::now` (a lint holds this).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// Tells the current time; cheap to clone, and clones of a manual clock share its hands.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Microseconds since the epoch of a clock that only moves when told to; `None` follows the machine.
    manual: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self { manual: None }
    }

    /// A clock that stands at `start` until [`Clock::set`] or [`Clock::advance`] moves it.
    pub fn manual(start: DateTime<Utc>) -> Self {
        Self {
            manual: Some(Arc::new(AtomicI64::new(start.timestamp_micros()))),
        }
    }

    /// The current time in UTC, to the microsecond (what both database engines keep).
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the one place that asks the machine"
    )]
    pub fn now(&self) -> DateTime<Utc> {
        let micros = match &self.manual {
            Some(hands) => hands.load(Ordering::Acquire),
            None => Utc::now().timestamp_micros(),
        };
        DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// Moves a manual clock to `time`; the machine's clock ignores it.
    pub fn set(&self, time: DateTime<Utc>) {
        if let Some(hands) = &self.manual {
            hands.store(time.timestamp_micros(), Ordering::Release);
        }
    }

    /// Moves a manual clock by `step`; the machine's clock ignores it.
    pub fn advance(&self, step: TimeDelta) {
        if let Some(hands) = &self.manual {
            hands.fetch_add(step.num_microseconds().unwrap_or(0), Ordering::AcqRel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_manual_clock_move_together() {
        let clock = Clock::manual(DateTime::UNIX_EPOCH);
        let copy = clock.clone();
        clock.advance(TimeDelta::seconds(90));
        assert_eq!(copy.now().timestamp(), 90);
    }
}
