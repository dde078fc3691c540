//! Which visit an event belongs to, when its page has been open for long: half an hour of silence ends a visit, and
//! what comes after begins another, with the same browser.
//!
//! Invariant: an event is placed once, when it is appended; nothing moves it later.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};

use super::commit::SILENCE;
use super::report::{Candidate, Report};
use crate::ids::VisitId;
use crate::rollup::{ServerFacts, Visit, started_at};

/// The visits that pages have made so far, by the visit with which each page began.
pub(super) struct Sittings<'a> {
    visits: &'a BTreeMap<VisitId, Visit>,
    of_page: HashMap<VisitId, Vec<Span>>,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    visit: VisitId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// Somebody looked at it; a page in a background tab waits to be looked at.
    opened: bool,
}

impl<'a> Sittings<'a> {
    pub(super) fn new(visits: &'a BTreeMap<VisitId, Visit>) -> Self {
        Self {
            visits,
            of_page: HashMap::new(),
        }
    }

    /// The visit of an event, and what is known of it where it begins with this event.
    pub(super) fn place(
        &mut self,
        report: &Report,
        event: &Candidate,
    ) -> (VisitId, Option<ServerFacts>) {
        let page = report.visit;
        let spans = self
            .of_page
            .entry(page)
            .or_insert_with(|| spans(self.visits, page));
        let from = event.occurred_at - TimeDelta::milliseconds(event.active_ms);
        let near = spans
            .iter_mut()
            .map(|span| (span.away(from, event.occurred_at), span))
            .min_by_key(|(away, span)| (*away, span.visit));
        if let Some((away, span)) = near
            && (away <= SILENCE || !span.opened)
        {
            span.from = span.from.min(from);
            span.to = span.to.max(event.occurred_at);
            span.opened = true;
            return (span.visit, None);
        }
        let visit = continuation(page, from);
        spans.push(Span {
            visit,
            from,
            to: event.occurred_at,
            opened: true,
        });
        (visit, Some(facts(self.visits.get(&page), page)))
    }
}

impl Span {
    /// How long a silence lies between it and something from `from` to `to`.
    fn away(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
        (from - self.to).max(self.from - to).max(TimeDelta::zero())
    }
}

fn spans(visits: &BTreeMap<VisitId, Visit>, page: VisitId) -> Vec<Span> {
    let start = started_at(page);
    let mut spans: Vec<Span> = visits
        .values()
        .filter(|visit| visit.id == page || visit.facts.continues == Some(page))
        .map(|visit| Span {
            visit: visit.id,
            from: visit.started_at(),
            to: visit.last_seen_at,
            opened: visit.facts.opened,
        })
        .collect();
    if !visits.contains_key(&page) {
        // Nothing of its beginning was kept: what comes first is its beginning.
        spans.push(Span {
            visit: page,
            from: start,
            to: start,
            opened: false,
        });
    }
    spans
}

/// The id of the visit that goes on at `from` on the page that began with `page`: the same whichever node makes it.
fn continuation(page: VisitId, from: DateTime<Utc>) -> VisitId {
    let mut hash = blake3::Hasher::new();
    hash.update(page.0.as_bytes())
        .update(&from.timestamp_millis().to_be_bytes());
    let mut random = [0; 10];
    hash.finalize_xof().fill(&mut random);
    let millis = u64::try_from(from.timestamp_millis()).unwrap_or(0);
    VisitId(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

/// What a visit that goes on takes over from the one with which its page began.
fn facts(before: Option<&Visit>, page: VisitId) -> ServerFacts {
    let mut facts = ServerFacts {
        continues: Some(page),
        returned: true,
        ..ServerFacts::default()
    };
    if let Some(before) = before {
        facts.user_agent.clone_from(&before.user_agent);
        facts.network.clone_from(&before.network);
        facts.browser_id.clone_from(&before.browser_id);
        facts.data_centre = before.facts.data_centre;
        facts.unnamed = before.facts.unnamed;
        facts.nameless = before.facts.nameless;
        facts.verified.clone_from(&before.facts.verified);
        facts.offered.clone_from(&before.facts.offered);
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::EventKind;
    use crate::ids::{EventId, LinkId};
    use crate::rollup::SignalData;
    use uuid::Uuid;

    fn start() -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_790_000_000_000).unwrap()
    }

    fn minute(minute: i64) -> DateTime<Utc> {
        start() + TimeDelta::minutes(minute)
    }

    fn event(at: DateTime<Utc>) -> Candidate {
        Candidate {
            id: EventId(Uuid::new_v4()),
            kind: EventKind::Opened,
            occurred_at: at,
            place: None,
            active_ms: 0,
            data: SignalData::default(),
        }
    }

    #[test]
    fn half_an_hour_of_silence_ends_a_visit() {
        let page = VisitId::new(start());
        let report = Report {
            visit: page,
            link: LinkId::new(start()),
            received_at: minute(200),
            events: Vec::new(),
        };
        let visits = BTreeMap::new();
        let mut sittings = Sittings::new(&visits);
        let mut placed = |at| sittings.place(&report, &event(minute(at)));
        assert_eq!(placed(50), (page, None), "a tab in the background waits");
        assert_eq!(placed(79), (page, None));
        let (next, facts) = placed(110);
        assert_ne!(next, page);
        assert_eq!(facts.unwrap().continues, Some(page));
        assert_eq!(started_at(next), minute(110));
        assert_eq!(placed(139), (next, None));
        assert_eq!(
            placed(81),
            (page, None),
            "what comes late stays where it belongs"
        );
        assert_ne!(placed(190).0, next);
    }
}
