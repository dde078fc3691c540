//! The steps that an event goes through before it may be appended, each counted by outcome.
//!
//! authenticate -> parse -> place -> clamp, then in the batch's transaction (`commit`) deduplicate -> append -> fold.
//!
//! Invariant: an event that is not kept has a reason, the reason is told to the sender and counted.

use chrono::{DateTime, TimeDelta, Utc};

use super::report::{BeaconEvent, Candidate, Claims, Place};
use super::visit_token::{VisitClaim, read_visit_token};
use crate::entities::EventKind;
use crate::error::{Code, Error, Result};
use crate::ids::{EventId, LinkId, PitchItemId};
use crate::keys::Keys;
use crate::pitches::Layout;
use crate::rollup::{ClientFacts, SignalData};

/// A browser may report on a visit this long after its beginning; a laptop closed on Friday reports on Monday.
const TOKEN_LIFE: TimeDelta = TimeDelta::days(7);

/// How far the server's clocks may differ.
const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(5);

/// Counts the outcome of a step.
pub(super) fn count(step: &'static str, outcome: &'static str, events: usize) {
    if events > 0 {
        metrics::counter!("lastmile_ingest_events_total", "step" => step, "outcome" => outcome)
            .increment(u64::try_from(events).unwrap_or(u64::MAX));
    }
}

/// Step: whose visit is it, and is it one of this link?
pub(super) fn authenticate(
    keys: &Keys,
    token: &str,
    link: LinkId,
    now: DateTime<Utc>,
    events: usize,
) -> Result<VisitClaim> {
    let refuse = |outcome, detail: &str| {
        count("authenticate", outcome, events);
        Error::new(Code::Unauthenticated, detail)
    };
    let claim = read_visit_token(keys, token)
        .ok_or_else(|| refuse("bad_token", "The visit token is not one of ours."))?;
    if claim.link != link {
        return Err(refuse("other_link", "The visit token is another link's."));
    }
    let age = now - claim.started_at();
    if age > TOKEN_LIFE || age < -CLOCK_SKEW {
        return Err(refuse("expired", "The visit began too long ago."));
    }
    count("authenticate", "ok", events);
    Ok(claim)
}

/// An event after the step `parse`: well-formed, of a kind that browsers may send.
#[derive(Debug)]
pub(super) struct Parsed {
    id: EventId,
    kind: EventKind,
    item: Option<PitchItemId>,
    page: Option<i32>,
    active_ms: f64,
    ago_ms: f64,
    data: ClientFacts,
}

/// Step: is it well-formed, and a kind that browsers may send?
pub(super) fn parse(event: &BeaconEvent) -> Result<Parsed, &'static str> {
    let id = event.id.parse().map_err(|_| "bad_id")?;
    let kind: EventKind = event.kind.parse().map_err(|_| "unknown_kind")?;
    if matches!(
        kind,
        EventKind::Fetched
            | EventKind::Downloaded
            | EventKind::Shared
            | EventKind::Asked
            | EventKind::StepTicked
    ) {
        return Err("server_kind");
    }
    let item = match &event.item {
        Some(text) => Some(text.parse().map_err(|_| "bad_item")?),
        None => None,
    };
    let data = match &event.data {
        Some(Claims::Read(facts)) => facts.clone().bounded(),
        Some(Claims::Unreadable) => return Err("bad_data"),
        None => ClientFacts::default(),
    };
    Ok(Parsed {
        id,
        kind,
        item,
        page: event.page,
        active_ms: event.active_ms.unwrap_or(0.0),
        ago_ms: event.ago_ms,
        data,
    })
}

/// Step: is what it speaks of in the pitch?
pub(super) fn place(event: &Parsed, layout: &Layout) -> Result<Option<Place>, &'static str> {
    match (event.item, event.page) {
        (Some(item), Some(page)) => {
            let shown = layout.item_showing(item, page).ok_or("not_in_pitch")?;
            Ok(Some(Place {
                item,
                asset: shown.asset_id,
                version: shown.version_id,
                page: Some(page),
            }))
        }
        (None, None)
            if matches!(
                event.kind,
                EventKind::Opened | EventKind::Completed | EventKind::Returned
            ) =>
        {
            Ok(None)
        }
        _ => Err("without_page"),
    }
}

/// Step: pulls times into the visit. Active time is clamped once more against what the visit was credited with.
pub(super) fn clamp(
    event: Parsed,
    place: Option<Place>,
    claim: VisitClaim,
    now: DateTime<Utc>,
) -> Candidate {
    let start = claim.started_at().min(now);
    let longest = (now - start).num_milliseconds();
    let ago = whole_ms(event.ago_ms).min(longest);
    Candidate {
        id: event.id,
        kind: event.kind,
        occurred_at: now - TimeDelta::milliseconds(ago),
        place,
        active_ms: whole_ms(event.active_ms).min(longest),
        data: SignalData {
            client: event.data,
            server: None,
        },
    }
}

/// A browser's number of milliseconds: not negative, not absurd, whatever it sent.
fn whole_ms(value: f64) -> i64 {
    let day = 24.0 * 60.0 * 60.0 * 1_000.0;
    let sound = if value.is_finite() { value } else { 0.0 };
    #[allow(
        clippy::cast_possible_truncation,
        reason = "clamped into the range of a week before it is cut to whole milliseconds"
    )]
    {
        sound.clamp(0.0, 7.0 * day) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engagement::begin_visit;
    use crate::entities::AssetKind;
    use crate::ids::{AssetId, VersionId};
    use crate::pitches::LayoutItem;
    use serde_json::Value;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_790_000_000_000).unwrap()
    }

    fn event(kind: &str, json: Value) -> BeaconEvent {
        let mut object = json;
        object["kind"] = kind.into();
        object["id"] = EventId::new(now()).to_string().into();
        serde_json::from_value(object).unwrap()
    }

    #[test]
    fn a_token_speaks_for_its_own_link_and_only_for_a_week() {
        let keys = Keys::from_secret("k");
        let (link, other) = (LinkId::new(now()), LinkId::new(now()));
        let token = begin_visit(&keys, link, now()).token;
        assert!(authenticate(&keys, &token, link, now(), 1).is_ok());
        assert!(authenticate(&keys, &token, other, now(), 1).is_err());
        let late = now() + TOKEN_LIFE + TimeDelta::seconds(1);
        assert!(authenticate(&keys, &token, link, late, 1).is_err());
        assert!(authenticate(&keys, "nonsense", link, now(), 1).is_err());
    }

    #[test]
    fn what_only_the_server_may_say_is_dropped_with_the_reason() {
        for (kind, reason) in [
            ("shared", "server_kind"),
            ("downloaded", "server_kind"),
            ("fetched", "server_kind"),
            ("asked", "server_kind"),
            ("danced", "unknown_kind"),
        ] {
            assert_eq!(
                parse(&event(kind, serde_json::json!({}))).unwrap_err(),
                reason
            );
        }
        let mut nameless = event("opened", serde_json::json!({}));
        nameless.id = "1".to_owned();
        assert_eq!(parse(&nameless).unwrap_err(), "bad_id");
    }

    #[test]
    fn unknown_and_server_claims_in_data_are_not_kept() {
        let data = serde_json::json!({"data": {"inputs": 3, "server": {"head": true}, "x": "y"}});
        let parsed = parse(&event("opened", data)).unwrap();
        let only = ClientFacts {
            inputs: 3,
            ..ClientFacts::default()
        };
        assert_eq!(parsed.data, only);
        let nonsense = serde_json::json!({"data": {"inputs": "many"}});
        assert_eq!(parse(&event("opened", nonsense)).unwrap_err(), "bad_data");
    }

    #[test]
    fn only_pages_of_the_pitch_can_be_spoken_of() {
        let item = PitchItemId::new(now());
        let layout = Layout {
            items: vec![LayoutItem {
                item_id: item,
                asset_id: AssetId::new(now()),
                version_id: VersionId::new(now()),
                title: String::new(),
                kind: AssetKind::Deck,
                pages: vec![3],
            }],
        };
        let at = |page: Value| {
            let json = serde_json::json!({"item": item.to_string(), "page": page});
            place(&parse(&event("page_viewed", json)).unwrap(), &layout)
        };
        assert!(at(3.into()).unwrap().is_some());
        assert_eq!(at(4.into()), Err("not_in_pitch"));
        assert_eq!(at(Value::Null), Err("without_page"));
    }

    #[test]
    fn times_are_pulled_into_the_visit() {
        let keys = Keys::from_secret("k");
        let link = LinkId::new(now());
        let token = begin_visit(&keys, link, now()).token;
        let later = now() + TimeDelta::seconds(10);
        let claim = authenticate(&keys, &token, link, later, 1).unwrap();
        let clamped = |ago: f64, active: f64| {
            let json = serde_json::json!({"ago_ms": ago, "active_ms": active});
            let event = clamp(parse(&event("opened", json)).unwrap(), None, claim, later);
            (event.occurred_at, event.active_ms)
        };
        assert_eq!(
            clamped(4_000.5, 2_000.0),
            (now() + TimeDelta::seconds(6), 2_000)
        );
        assert_eq!(clamped(1e12, 1e12), (now(), 10_000));
        assert_eq!(clamped(-5.0, -5.0), (later, 0));
    }
}
