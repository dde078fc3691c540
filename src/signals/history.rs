//! What is known of an opportunity's readers: plain data, no I/O.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::who::{Present, Who};
use crate::entities::ContactRole;
use crate::ids::{ContactId, LinkId, OpportunityId, PitchId, PitchItemId, VisitId};

/// Who reads, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Reader {
    /// A contact of ours.
    Contact(ContactId),
    /// Somebody with an address, in small letters.
    Address(String),
    /// Whoever a link without a name was made for.
    Link(LinkId),
    /// Somebody else on a link, by the browser's name.
    Stranger(LinkId, String),
}

impl Reader {
    /// As a part of a cause's key.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Contact(id) => format!("contact:{id}"),
            Self::Address(address) => format!("address:{address}"),
            Self::Link(id) => format!("link:{id}"),
            Self::Stranger(id, browser) => format!("stranger:{id}:{browser}"),
        }
    }
}

/// A tracked link.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) id: LinkId,
    pub(super) pitch: PitchId,
    pub(super) pitch_title: String,
    pub(super) contact: Option<ContactId>,
    /// Whom it was made for.
    pub(super) name: Option<String>,
    pub(super) address: Option<String>,
    pub(super) created_at: DateTime<Utc>,
    /// Made by a reader's share.
    pub(super) shared: bool,
}

impl Link {
    /// Whom it was made for.
    pub(super) fn reader(&self) -> Reader {
        match (self.contact, &self.address) {
            (Some(contact), _) => Reader::Contact(contact),
            (None, Some(address)) => Reader::Address(address.to_lowercase()),
            (None, None) => Reader::Link(self.id),
        }
    }

    /// What to call them.
    pub(super) fn name(&self) -> String {
        self.name
            .clone()
            .or_else(|| self.address.clone())
            .unwrap_or_else(|| "Somebody".to_owned())
    }
}

/// A page of a pitch, in its order.
#[derive(Clone, Debug)]
pub(super) struct Offered {
    pub(super) item: PitchItemId,
    pub(super) number: i32,
    /// What it is called.
    pub(super) title: String,
    /// It names a price.
    pub(super) price: bool,
}

/// A human visit in which something was read.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) visit: VisitId,
    pub(super) link: LinkId,
    pub(super) started_at: DateTime<Utc>,
    pub(super) last_seen_at: DateTime<Utc>,
    /// The device in words.
    pub(super) device: String,
    pub(super) active_ms: i64,
    pub(super) page_total: i32,
    pub(super) shares: i32,
    pub(super) downloads: i32,
    pub(super) questions: i32,
    /// Active milliseconds on each page.
    pub(super) pages: BTreeMap<(PitchItemId, i32), i64>,
}

impl Read {
    /// The pages that were in view long enough to be seen.
    pub(super) fn seen(&self) -> BTreeSet<(PitchItemId, i32)> {
        let seen = self
            .pages
            .iter()
            .filter(|(_, ms)| **ms >= crate::rollup::SEEN_MS);
        seen.map(|(page, _)| *page).collect()
    }

    /// The share of the pages that was seen, 0 to 1.
    pub(super) fn completion(&self) -> f64 {
        share(self.seen().len(), self.page_total)
    }
}

/// Everything that the rules look at.
#[derive(Clone, Debug)]
pub(super) struct History {
    pub(super) opportunity: OpportunityId,
    pub(super) opportunity_name: String,
    pub(super) account_name: String,
    pub(super) now: DateTime<Utc>,
    pub(super) links: BTreeMap<LinkId, Link>,
    pub(super) pitches: BTreeMap<PitchId, Vec<Offered>>,
    /// By beginning.
    pub(super) reads: Vec<Read>,
    /// Who it was.
    pub(super) present: Present,
    /// When people first read something in the account's other opportunities.
    pub(super) elsewhere: BTreeMap<Reader, DateTime<Utc>>,
    /// Who has a part in it.
    pub(super) committee: BTreeMap<ContactId, Option<ContactRole>>,
}

/// A read with its reader.
#[derive(Clone, Debug)]
pub(super) struct Reading<'a> {
    pub(super) read: &'a Read,
    pub(super) link: &'a Link,
    pub(super) who: &'a Who,
}

impl History {
    /// The reads with their readers, by beginning.
    pub(super) fn readings(&self) -> Vec<Reading<'_>> {
        readings(&self.links, &self.reads, &self.present)
    }
}

/// `reads`, by their beginning, with their readers.
pub(super) fn readings<'a>(
    links: &'a BTreeMap<LinkId, Link>,
    reads: &'a [Read],
    present: &'a Present,
) -> Vec<Reading<'a>> {
    let with_reader = |read: &'a Read| {
        Some(Reading {
            read,
            link: links.get(&read.link)?,
            who: present.get(&read.visit)?,
        })
    };
    reads.iter().filter_map(with_reader).collect()
}

/// A share of a whole, 0 to 1.
pub(super) fn share(part: usize, whole: i32) -> f64 {
    let part = f64::from(u32::try_from(part).unwrap_or(u32::MAX));
    (part / f64::from(whole.max(1))).min(1.0)
}
