//! Which programs ask for many links at once: a mail scanner opens every mail's link within seconds, a reader does not.
//!
//! It is a memory of the last half minute of this node, and is asked when a page is fetched; what it says is written
//! into the visit, so that judging it again needs no memory.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::seen::Seen;
use crate::ids::{LinkId, VisitId};

/// How far back it looks.
const WITHIN: Duration = Duration::from_secs(30);
/// From so many links on, those before are told too.
const MANY: usize = 4;
/// So many visits of one program are remembered, so many programs.
const MOST_VISITS: usize = 64;
const MOST_PROGRAMS: usize = 20_000;

/// The memory. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Bursts(Arc<Mutex<HashMap<Program, Vec<Asked>>>>);

/// A network and what the program calls itself.
type Program = (String, String);

#[derive(Clone, Copy, Debug)]
struct Asked {
    at: Instant,
    link: LinkId,
    visit: VisitId,
    told: bool,
}

/// What a fetch turned out to be a part of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Burst {
    /// How many links the program asked for.
    pub links: u32,
    /// Visits before this one that belong to it and were not told yet.
    pub earlier: Vec<(VisitId, LinkId)>,
}

impl Bursts {
    /// Notes that a program asked for a link.
    pub(super) fn note(&self, seen: &Seen, link: LinkId, visit: VisitId) -> Burst {
        if seen.loopback || seen.network.is_empty() {
            return Burst::default();
        }
        let now = Instant::now();
        let mut programs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if programs.len() > MOST_PROGRAMS {
            programs.retain(|_, asked| asked.last().is_some_and(|one| now - one.at < WITHIN));
        }
        let asked = programs
            .entry((seen.network.clone(), seen.user_agent.clone()))
            .or_default();
        asked.retain(|one| now - one.at < WITHIN);
        if asked.len() >= MOST_VISITS {
            asked.remove(0);
        }
        asked.push(Asked {
            at: now,
            link,
            visit,
            told: false,
        });
        let links = asked
            .iter()
            .map(|one| one.link)
            .collect::<BTreeSet<_>>()
            .len();
        if links < MANY {
            return Burst::default();
        }
        let mut earlier = Vec::new();
        for one in asked.iter_mut().filter(|one| !one.told) {
            one.told = true;
            if one.visit != visit {
                earlier.push((one.visit, one.link));
            }
        }
        Burst {
            links: u32::try_from(links).unwrap_or(u32::MAX),
            earlier,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Utc;

    #[test]
    fn the_fourth_link_of_a_program_tells_the_three_before() {
        #[allow(clippy::disallowed_methods, reason = "any time does")]
        let now = Utc::now();
        let bursts = Bursts::default();
        let scanner = Seen {
            network: "198.51.100.0/24".to_owned(),
            ..Seen::default()
        };
        let reader = Seen {
            user_agent: "Firefox".to_owned(),
            ..scanner.clone()
        };
        let link = LinkId::new(now);
        for _ in 0..6 {
            let again = bursts.note(&reader, link, VisitId::new(now));
            assert_eq!(again, Burst::default(), "one link, read often");
        }
        for _ in 0..3 {
            let burst = bursts.note(&scanner, LinkId::new(now), VisitId::new(now));
            assert_eq!(burst.links, 0);
        }
        let fourth = bursts.note(&scanner, LinkId::new(now), VisitId::new(now));
        assert_eq!((fourth.links, fourth.earlier.len()), (4, 3));
        let fifth = bursts.note(&scanner, LinkId::new(now), VisitId::new(now));
        assert_eq!((fifth.links, fifth.earlier.len()), (5, 0));
    }
}
