//! The named signals: pure functions from a history to what is worth an act, and when to look again.
//!
//! Invariant: the same history makes the same signals with the same keys; time passing only adds.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::history::{History, Offered, Reader, Reading, share};
use super::words::{count, duration, ordinal, plural, span};
use crate::config::SignalConfig;
use crate::entities::SignalKind;
use crate::ids::{ContactId, LinkId, PitchId, PitchItemId, VisitId};

/// After this long without a sign a visit is over.
pub(super) const VISIT_ENDS: TimeDelta = TimeDelta::minutes(30);

/// A signal that a history has in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) kind: SignalKind,
    pub(super) cause_key: String,
    pub(super) contact: Option<ContactId>,
    pub(super) link: Option<LinkId>,
    pub(super) visit: Option<VisitId>,
    pub(super) person: Option<String>,
    pub(super) title: String,
    pub(super) detail: String,
    pub(super) next_step: String,
    pub(super) facts: Value,
    pub(super) happened_at: DateTime<Utc>,
}

/// What the rules say.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) found: Vec<Found>,
    /// When a visit settles or ends, and there may be more to say.
    pub(super) look_again_at: Option<DateTime<Utc>>,
}

/// What a reader has done so far, read by read.
#[derive(Debug, Default)]
struct SoFar {
    last_seen_at: Option<DateTime<Utc>>,
    visits: usize,
    of_link: BTreeMap<LinkId, OfLink>,
}

#[derive(Debug, Default)]
struct OfLink {
    visits: usize,
    active_ms: i64,
    seen: BTreeSet<(PitchItemId, i32)>,
    completed: bool,
    skipped: bool,
}

/// Everything that `history` has to say.
pub(super) fn signals(config: &SignalConfig, history: &History) -> Said {
    let mut said = Said::default();
    let stall = TimeDelta::seconds(i64::from(config.stall_secs));
    let mut readers: BTreeMap<Reader, SoFar> = BTreeMap::new();
    let mut known: BTreeMap<Reader, DateTime<Utc>> = history.elsewhere.clone();
    for reading in history.readings(config.forward_browsers) {
        let settles_at = reading.read.started_at + stall;
        if settles_at > history.now {
            said.look_at(settles_at);
            continue;
        }
        let at = reading.read.started_at;
        let before = known.values().filter(|first| **first < at).count();
        let new = known.get(&reading.reader).is_none_or(|first| *first >= at);
        known.entry(reading.reader.clone()).or_insert(at);
        let so_far = readers.entry(reading.reader.clone()).or_default();
        let case = Case {
            config,
            history,
            reading: &reading,
        };
        case.arrival(so_far, new, before, &mut said);
        case.progress(so_far, &mut said);
        case.acts(&mut said);
    }
    said
}

impl Said {
    fn look_at(&mut self, at: DateTime<Utc>) {
        self.look_again_at = Some(self.look_again_at.map_or(at, |before| before.min(at)));
    }
}

/// One read, looked at.
struct Case<'a> {
    config: &'a SignalConfig,
    history: &'a History,
    reading: &'a Reading<'a>,
}

impl Case<'_> {
    /// How the reader came: for the first time, as somebody new, by a forwarded link, back after a silence.
    fn arrival(&self, so_far: &mut SoFar, new: bool, before: usize, said: &mut Said) {
        let (read, link) = (self.reading.read, self.reading.link);
        let who = self.who();
        let reads = self.reads_so_far();
        let first_of_link = so_far
            .of_link
            .get(&link.id)
            .is_none_or(|of_link| of_link.visits == 0);
        if let Reader::Stranger(_, browser) = &self.reading.reader {
            if so_far.visits == 0 {
                let own = self.reading.own_device.unwrap_or("another browser");
                said.found.push(self.found(
                    SignalKind::Forwarded,
                    format!("{}:{browser}", link.id),
                    format!("{}'s link was passed on to somebody unknown", link.name()),
                    format!(
                        "A browser of another person ({}) in another network opened the link and {reads}. {} uses {own}.",
                        read.device,
                        link.name(),
                    ),
                    format!(
                        "Ask {} who else is looking at it, and send that person a link of their own.",
                        link.name()
                    ),
                    json!({ "device": read.device, "own_device": own }),
                ));
            }
        } else if new && before > 0 {
            said.found.push(self.found(
                SignalKind::NewPerson,
                self.reading.reader.key(),
                format!("{who} is new at {}", self.history.account_name),
                format!(
                    "The {} person there to read something of yours{}; {reads}.",
                    ordinal(before + 1),
                    if link.shared { ", by a link that a colleague shared" } else { "" },
                ),
                format!(
                    "Find out what part {who} has in the decision, and note it in the buying committee."
                ),
                json!({ "readers": before + 1, "by_share": link.shared }),
            ));
        } else if first_of_link {
            let waited = read.started_at - link.created_at;
            said.found.push(self.found(
                SignalKind::FirstRead,
                link.id.to_string(),
                format!("{who} reads \"{}\" for the first time", link.pitch_title),
                format!("{} after the link was made; {reads}.", span(waited)),
                format!("Call {who} while it is fresh, and ask which page spoke to them."),
                json!({ "waited_minutes": waited.num_minutes() }),
            ));
        }
        let silence = so_far.last_seen_at.map(|last| read.started_at - last);
        let long = TimeDelta::hours(i64::from(self.config.return_after_hours));
        if let Some(silence) = silence.filter(|silence| *silence >= long) {
            let page = self.longest_page();
            let most = page.as_ref().map_or_else(String::new, |(title, ms)| {
                format!(", longest on \"{title}\" ({})", duration(*ms))
            });
            let next = page.map_or_else(
                || format!("Something has moved there. Call {who} today."),
                |(title, _)| {
                    format!(
                        "Something has moved there. Call {who} today, and begin with \"{title}\"."
                    )
                },
            );
            said.found.push(self.found(
                SignalKind::Returned,
                read.visit.to_string(),
                format!("{who} came back after {}", span(silence)),
                format!(
                    "The {} visit, after {} of silence (from {} on it is told); {reads}{most}.",
                    ordinal(so_far.visits + 1),
                    span(silence),
                    plural(i64::from(self.config.return_after_hours), "hour"),
                ),
                next,
                json!({ "silence_hours": silence.num_hours(), "visits": so_far.visits + 1 }),
            ));
        }
        so_far.visits += 1;
        so_far.last_seen_at = so_far.last_seen_at.max(Some(read.last_seen_at));
    }

    /// How far the reader has come with this link, over all visits: to the end, past the price.
    fn progress(&self, so_far: &mut SoFar, said: &mut Said) {
        let (read, link) = (self.reading.read, self.reading.link);
        let who = self.who();
        let of_link = so_far.of_link.entry(link.id).or_default();
        of_link.visits += 1;
        of_link.active_ms += read.active_ms;
        of_link.seen.extend(read.seen());
        let offered = self.pages(link.pitch);
        let total = read.page_total;
        let seen = of_link.seen.len();
        let completion = share(seen, total);
        let end = offered.last();
        let at_end = end.is_none_or(|page| of_link.seen.contains(&(page.item, page.number)));
        if !of_link.completed && at_end && completion >= self.config.completion {
            of_link.completed = true;
            said.found.push(self.found(
                SignalKind::Completed,
                format!("{}:{}", link.id, self.reading.reader.key()),
                format!("{who} read \"{}\" to the end", link.pitch_title),
                format!(
                    "{seen} of {} seen, the last one among them, in {} and {}.",
                    plural(i64::from(total), "page"),
                    plural(count(of_link.visits), "visit"),
                    duration(of_link.active_ms),
                ),
                format!("Ask {who} for the next meeting now, with a date and who should be in it."),
                json!({ "pages_seen": seen, "pages": total, "completion": completion }),
            ));
        }
        let over = read.last_seen_at + VISIT_ENDS;
        let prices: Vec<&Offered> = offered.iter().filter(|page| page.price).collect();
        let skipped = !prices.is_empty()
            && !of_link.skipped
            && count(seen) >= i64::from(self.config.price_pages)
            && prices
                .iter()
                .all(|page| !of_link.seen.contains(&(page.item, page.number)));
        if skipped && over > self.history.now {
            // The reader may still come to it.
            said.look_at(over);
        } else if skipped {
            of_link.skipped = true;
            let page = prices.first().map_or("", |page| page.title.as_str());
            said.found.push(self.found(
                SignalKind::SkippedPrice,
                format!("{}:{}", link.id, self.reading.reader.key()),
                format!("{who} did not look at the price"),
                format!(
                    "{seen} of {} seen in {}, but \"{page}\" for less than a second.",
                    plural(i64::from(total), "page"),
                    duration(of_link.active_ms),
                ),
                format!("Ask {who} who decides about the budget before you talk about the product again."),
                json!({ "pages_seen": seen, "pages": total, "price_page": page }),
            ));
        }
    }

    /// What the reader did beyond reading.
    fn acts(&self, said: &mut Said) {
        let (read, link) = (self.reading.read, self.reading.link);
        let who = self.who();
        let reads = self.reads_so_far();
        for number in 1..=read.shares {
            said.found.push(self.found(
                SignalKind::Shared,
                format!("{}:{number}", read.visit),
                format!("{who} shared \"{}\" with a colleague", link.pitch_title),
                format!(
                    "The {} share in this visit; {who} {reads}.",
                    ordinal(usize::try_from(number).unwrap_or(1))
                ),
                format!("Thank {who}, and ask what the colleague needs to see."),
                json!({ "number": number }),
            ));
        }
        for number in 1..=read.downloads {
            said.found.push(self.found(
                SignalKind::Downloaded,
                format!("{}:{number}", read.visit),
                format!("{who} downloaded an original"),
                format!("From \"{}\"; {who} {reads}.", link.pitch_title),
                format!("It will be passed on inside the house. Ask {who} for whom it is."),
                json!({ "number": number }),
            ));
        }
        for number in 1..=read.questions {
            said.found.push(self.found(
                SignalKind::Asked,
                format!("{}:{number}", read.visit),
                format!("{who} asked a question"),
                format!("On \"{}\"; {who} {reads}.", link.pitch_title),
                "Answer it within the hour: who asks is comparing.".to_owned(),
                json!({ "number": number }),
            ));
        }
    }

    fn found(
        &self,
        kind: SignalKind,
        key: String,
        title: String,
        detail: String,
        next_step: String,
        facts: Value,
    ) -> Found {
        let (read, link) = (self.reading.read, self.reading.link);
        let stranger = matches!(self.reading.reader, Reader::Stranger(..));
        Found {
            kind,
            cause_key: format!("{kind}:{}:{key}", self.history.opportunity),
            contact: link.contact.filter(|_| !stranger),
            link: Some(link.id),
            visit: Some(read.visit),
            person: Some(self.who()),
            title,
            detail: capitalized(detail),
            next_step,
            facts,
            // What is told of a visit that goes on happened at its last sign.
            happened_at: match kind {
                SignalKind::FirstRead
                | SignalKind::NewPerson
                | SignalKind::Forwarded
                | SignalKind::Returned => read.started_at,
                _ => read.last_seen_at,
            },
        }
    }

    fn who(&self) -> String {
        match &self.reading.reader {
            Reader::Stranger(..) => {
                format!("Somebody with {}'s link", self.reading.link.name())
            }
            _ => self.reading.link.name(),
        }
    }

    /// `read 3 of 5 pages in 2 min 05 s`.
    fn reads_so_far(&self) -> String {
        let read = self.reading.read;
        format!(
            "read {} of {} in {}",
            read.seen().len(),
            plural(i64::from(read.page_total), "page"),
            duration(read.active_ms)
        )
    }

    fn pages(&self, pitch: PitchId) -> &[Offered] {
        self.history.pitches.get(&pitch).map_or(&[], Vec::as_slice)
    }

    /// The page that was read longest, by title, with its milliseconds.
    fn longest_page(&self) -> Option<(String, i64)> {
        let ((item, number), ms) = self.reading.read.pages.iter().max_by_key(|(_, ms)| **ms)?;
        let page = self
            .pages(self.reading.link.pitch)
            .iter()
            .find(|page| (page.item, page.number) == (*item, *number))?;
        Some((page.title.clone(), *ms))
    }
}

fn capitalized(text: String) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => text,
    }
}
