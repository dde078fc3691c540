//! What a load came to.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// Counts and durations of one visitor, or of all.
#[derive(Debug, Default)]
pub(super) struct Summary {
    events: usize,
    beacons: Vec<Duration>,
    pages: Vec<Duration>,
    refused: BTreeMap<u16, usize>,
    refused_events: usize,
    broken: usize,
    broken_events: usize,
}

impl Summary {
    pub(super) fn acknowledged(&mut self, took: Duration, events: usize) {
        self.events += events;
        self.beacons.push(took);
    }

    pub(super) fn page(&mut self, took: Duration) {
        self.pages.push(took);
    }

    pub(super) fn refused(&mut self, status: u16, events: usize) {
        *self.refused.entry(status).or_default() += 1;
        self.refused_events += events;
    }

    pub(super) fn broken(&mut self, events: usize) {
        self.broken += 1;
        self.broken_events += events;
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.events += other.events;
        self.beacons.extend(other.beacons);
        self.pages.extend(other.pages);
        for (status, count) in other.refused {
            *self.refused.entry(status).or_default() += count;
        }
        self.refused_events += other.refused_events;
        self.broken += other.broken;
        self.broken_events += other.broken_events;
    }

    /// Events that the server said are on disk.
    pub(super) fn events(&self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
        {
            self.events as f64
        }
    }

    /// Pages a second.
    pub(super) fn page_rate(&self, lasted: Duration) -> f64 {
        per_second(self.pages.len(), lasted)
    }

    /// The figures, for a person.
    pub(super) fn text(mut self, lasted: Duration) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "events acknowledged  {} in {:.1} s: {:.0}/s",
            self.events,
            lasted.as_secs_f64(),
            per_second(self.events, lasted)
        );
        for (what, durations) in [("beacons", &mut self.beacons), ("pages", &mut self.pages)] {
            durations.sort_unstable();
            let _ = writeln!(
                text,
                "{what:<20} {}: {:.0}/s, p50 {:.1} ms, p99 {:.1} ms, slowest {:.1} ms",
                durations.len(),
                per_second(durations.len(), lasted),
                quantile(durations, 50),
                quantile(durations, 99),
                quantile(durations, 100),
            );
        }
        let statuses: Vec<String> = self
            .refused
            .iter()
            .map(|(status, count)| format!("{status} x {count}"))
            .collect();
        let _ = write!(
            text,
            "errors               {} refused ({} events) [{}], {} without answer ({} events)",
            self.refused.values().sum::<usize>(),
            self.refused_events,
            statuses.join(", "),
            self.broken,
            self.broken_events
        );
        text
    }
}

#[allow(clippy::cast_precision_loss, reason = "a rate for people")]
pub(super) fn per_second(count: usize, lasted: Duration) -> f64 {
    count as f64 / lasted.as_secs_f64().max(f64::MIN_POSITIVE)
}

/// The duration in milliseconds below which `percent` of the sorted ones lie.
fn quantile(sorted: &[Duration], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted
        .get(rank - 1)
        .map_or(0.0, |duration| duration.as_secs_f64() * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_durations_that_were_measured() {
        let sorted: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert!((quantile(&sorted, 50) - 100.0).abs() < 0.001);
        assert!((quantile(&sorted, 99) - 198.0).abs() < 0.001);
        assert!((quantile(&sorted, 100) - 200.0).abs() < 0.001);
        assert!(quantile(&[], 99).abs() < 0.001);
    }
}
