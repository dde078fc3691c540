//! Which of the pages that somebody read are no longer what they were. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};

use crate::ids::{PitchItemId, VersionId};
use crate::library::{Became, Fates};

/// A page that somebody read, over all their visits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) item: PitchItemId,
    pub(super) version: VersionId,
    /// The number of the version.
    pub(super) number: i32,
    pub(super) page: i32,
    /// When it was read last.
    pub(super) at: DateTime<Utc>,
}

/// A page that was read and is another now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stale {
    pub(super) read: Reading,
    pub(super) became: Became,
}

/// The pages of one reader that have changed since they read them last, in the order of the pages. What they have read
/// in its present state already is left out; of several old states, the latest that they saw counts.
pub(super) fn stale_pages(
    readings: &[Reading],
    current: VersionId,
    fates: &HashMap<VersionId, Fates>,
) -> Vec<Stale> {
    let seen: HashSet<i32> = readings
        .iter()
        .filter(|reading| reading.version == current)
        .map(|reading| reading.page)
        .collect();
    let latest = readings.iter().map(|reading| reading.number).max();
    let mut by_page: BTreeMap<i32, Stale> = BTreeMap::new();
    let mut removed: BTreeMap<i32, Stale> = BTreeMap::new();
    for read in readings {
        let Some(became) = fates
            .get(&read.version)
            .and_then(|fates| fates.get(&read.page))
        else {
            continue;
        };
        let stale = Stale {
            read: *read,
            became: became.clone(),
        };
        let (pages, key) = match became.page() {
            Some(page) => (&mut by_page, page),
            // Whoever has read a later version without the page knows that it is gone.
            None if Some(read.number) == latest => (&mut removed, read.page),
            None => continue,
        };
        let known = pages.get(&key);
        if known.is_none_or(|known| (known.read.number, known.read.at) < (read.number, read.at)) {
            pages.insert(key, stale);
        }
    }
    by_page.retain(|page, stale| {
        !seen.contains(page) && matches!(stale.became, Became::Changed { .. })
    });
    by_page.into_values().chain(removed.into_values()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: VersionId = VersionId(uuid::Uuid::from_u128(1));
    const MIDDLE: VersionId = VersionId(uuid::Uuid::from_u128(2));
    const NOW: VersionId = VersionId(uuid::Uuid::from_u128(3));

    fn read(version: VersionId, number: i32, page: i32) -> Reading {
        Reading {
            item: PitchItemId(uuid::Uuid::from_u128(9)),
            version,
            number,
            page,
            at: DateTime::UNIX_EPOCH,
        }
    }

    fn changed(page: i32) -> Became {
        Became::Changed {
            page,
            text: true,
            picture: true,
            name: format!("new {page}"),
        }
    }

    /// A page inserted in front, the second page changed twice, the third gone.
    fn fates() -> HashMap<VersionId, Fates> {
        let old = [(1, Became::Same(2)), (2, changed(3)), (3, Became::Removed)];
        let middle = [(1, Became::Same(2)), (2, changed(3)), (3, Became::Removed)];
        HashMap::from([(OLD, old.into()), (MIDDLE, middle.into())])
    }

    fn pages(readings: &[Reading]) -> Vec<(i32, i32)> {
        stale_pages(readings, NOW, &fates())
            .iter()
            .map(|stale| (stale.read.number, stale.read.page))
            .collect()
    }

    #[test]
    fn only_what_changed_is_told() {
        assert!(pages(&[read(OLD, 1, 1)]).is_empty());
        assert_eq!(pages(&[read(OLD, 1, 1), read(OLD, 1, 2)]), [(1, 2)]);
    }

    #[test]
    fn the_latest_state_that_was_read_counts() {
        assert_eq!(pages(&[read(OLD, 1, 2), read(MIDDLE, 2, 2)]), [(2, 2)]);
    }

    #[test]
    fn whoever_has_read_the_page_as_it_is_now_needs_no_word() {
        assert!(pages(&[read(OLD, 1, 2), read(NOW, 3, 3)]).is_empty());
        assert_eq!(pages(&[read(OLD, 1, 2), read(NOW, 3, 1)]), [(1, 2)]);
    }

    #[test]
    fn a_page_that_is_gone_is_told_unless_a_later_version_was_read() {
        assert_eq!(pages(&[read(OLD, 1, 3)]), [(1, 3)]);
        assert!(pages(&[read(OLD, 1, 3), read(NOW, 3, 2)]).is_empty());
    }
}
