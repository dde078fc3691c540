//! What must hold of the fold for any events: their order and their grouping into batches do not matter.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use uuid::Uuid;

use super::{Deltas, LinkFacts, Rules, Signal, Visit, contribution};
use crate::entities::{EventKind, event};
use crate::ids::{AssetId, EventId, LinkId, OpportunityId, PitchItemId, VersionId, VisitId};

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_790_000_000_000).unwrap()
}

fn link() -> LinkFacts {
    LinkFacts {
        opportunity: OpportunityId(Uuid::from_u128(9)),
        created_at: start() - TimeDelta::days(1),
    }
}

prop_compose! {
    /// Any event of one visit of a pitch with two items of three pages.
    fn any_event()(
        id in any::<u128>(),
        kind in select(EventKind::ALL),
        item in 1_u128..=2,
        page in 1..=3,
        version in 1_u128..=2,
        active_ms in 0_i64..8_000,
        second in 0_i64..600,
        inputs in 0_u32..9,
        webdriver in prop::bool::weighted(0.05),
        agent in select(&["", "Firefox/140", "Mimecast/1.0"][..]),
    ) -> event::Model {
        let at = start() + TimeDelta::seconds(second);
        let data = match kind {
            EventKind::Fetched | EventKind::Opened => json!({
                "inputs": inputs, "webdriver": webdriver,
                "server": { "user_agent": agent, "offered": { AssetId(Uuid::from_u128(1)).to_string(): 3 } },
            }),
            _ => json!({ "inputs": inputs }),
        };
        event::Model {
            id: EventId(Uuid::from_u128(id)),
            visit_id: visit_id(),
            link_id: LinkId(Uuid::from_u128(5)),
            kind,
            occurred_at: at,
            received_at: at,
            item_id: Some(PitchItemId(Uuid::from_u128(item))),
            asset_id: Some(AssetId(Uuid::from_u128(item))),
            version_id: Some(VersionId(Uuid::from_u128(version))),
            page_number: Some(page),
            active_ms,
            data,
        }
    }
}

fn visit_id() -> VisitId {
    "019f0000-0000-7000-8000-000000000001".parse().unwrap()
}

fn folded(events: &[event::Model]) -> Visit {
    let mut visit = Visit::begin(visit_id(), LinkId(Uuid::from_u128(5)));
    for event in events {
        visit.apply(&Signal::of(event));
    }
    visit.judge(&link(), &Rules::default());
    visit
}

proptest! {
    #[test]
    fn the_order_of_events_does_not_matter(
        (events, shuffled) in vec(any_event(), 0..30)
            .prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle()))
    ) {
        prop_assert_eq!(folded(&events), folded(&shuffled));
    }

    #[test]
    fn what_batches_add_one_by_one_is_what_the_whole_contributes(
        batches in vec(vec(any_event(), 0..6), 0..8)
    ) {
        let link = link();
        let mut sum = Deltas::default();
        let mut stored: Option<Visit> = None;
        for batch in &batches {
            // As the live path does it: what was stored is read back, changed, and written again.
            let mut visit = match &stored {
                Some(visit) => {
                    let (row, pages) = visit.rows();
                    Visit::restore(row, pages)
                }
                None => Visit::begin(visit_id(), LinkId(Uuid::from_u128(5))),
            };
            if stored.is_some() {
                sum.subtract(&visit, &link);
            }
            for event in batch {
                visit.apply(&Signal::of(event));
            }
            visit.judge(&link, &Rules::default());
            sum.add(&visit, &link);
            stored = Some(visit);
        }
        sum.drop_zeros();
        let mut whole = match stored {
            Some(_) => contribution(&folded(&batches.concat()), &link),
            None => Deltas::default(),
        };
        whole.drop_zeros();
        prop_assert_eq!(sum, whole);
    }
}
