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
    let mut links: BTreeSet<LinkId> = BTreeSet::new();
    for reading in history.readings() {
        let settles_at = reading.read.started_at + stall;
        if settles_at > history.now {
            said.look_at(settles_at);
            continue;
        }
        let at = reading.read.started_at;
        let reader = &reading.who.reader;
        let before = known.values().filter(|first| **first < at).count();
        let new = known.get(reader).is_none_or(|first| *first >= at);
        known.entry(reader.clone()).or_insert(at);
        let first_of_link = links.insert(reading.link.id);
        let came = if matches!(reader, Reader::Stranger(..)) {
            Came::Unknown
        } else if new && before > 0 {
            Came::NewBeside(before)
        } else {
            Came::Known
        };
        let so_far = readers.entry(reader.clone()).or_default();
        let case = Case {
            config,
            history,
            reading: &reading,
        };
        case.arrival(so_far, came, first_of_link, &mut said);
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

/// What the account knew of a reader when they came.
#[derive(Clone, Copy, Debug)]
enum Came {
    /// Nobody knows who it is: it may be somebody who was there before.
    Unknown,
    /// New there, where so many others had read before.
    NewBeside(usize),
    /// Known already, or the first of all.
    Known,
}

/// One read, looked at.
struct Case<'a> {
    config: &'a SignalConfig,
    history: &'a History,
    reading: &'a Reading<'a>,
}

impl Case<'_> {
    /// How the reader came: by a link that was passed on, as somebody new, for the first time, back after a silence.
    fn arrival(&self, so_far: &mut SoFar, came: Came, first_of_link: bool, said: &mut Said) {
        let (read, link) = (self.reading.read, self.reading.link);
        let who = &self.reading.who.name;
        let reads = self.reads_so_far();
        let passed_on = self.reading.who.passed_on.as_ref();
        if let (Reader::Stranger(_, browser), Some(passed_on)) =
            (&self.reading.who.reader, passed_on)
        {
            if so_far.visits == 0 {
                let mut found = self.found(
                    SignalKind::Forwarded,
                    format!("{}:{browser}", link.id),
                    format!("{}'s link was passed on to somebody unknown", link.name()),
                    format!("{} They {reads}.", passed_on.reason),
                    format!(
                        "Ask {} who else is looking at it, and send that person a link of their own.",
                        link.name()
                    ),
                    json!({ "device": read.device, "reason": passed_on.reason }),
                );
                // It shows only once the link's own reader is seen again.
                found.happened_at = passed_on.since.max(read.started_at);
                said.found.push(found);
            }
        } else if let Came::NewBeside(before) = came {
            said.found.push(self.found(
                SignalKind::NewPerson,
                self.reading.who.reader.key(),
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
                format!(
                    "Call {} while it is fresh, and ask which page spoke to them.",
                    link.name()
                ),
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
        let who = &self.reading.who.name;
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
                format!("{}:{}", link.id, self.reading.who.reader.key()),
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
                format!("{}:{}", link.id, self.reading.who.reader.key()),
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
        let who = &self.reading.who.name;
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
        Found {
            kind,
            cause_key: format!("{kind}:{}:{key}", self.history.opportunity),
            contact: self.reading.who.contact(),
            link: Some(link.id),
            visit: Some(read.visit),
            person: Some(self.reading.who.name.clone()),
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
