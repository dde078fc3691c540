//! Who was on a visit, as signals and scores name them: the persons that `engagement::people` tells apart, each with
//! what is known of the link they used.
//!
//! It decides nothing about who is who.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::history::{Link, Reader};
use crate::engagement::{KnownAs, PassedOn, Person, Trace, people};
use crate::ids::{ContactId, LinkId, VisitId};

/// Somebody on a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Who {
    pub(super) reader: Reader,
    /// What to call them.
    pub(super) name: String,
    /// Why the link was probably passed on to them.
    pub(super) passed_on: Option<PassedOn>,
}

/// By visit: who it was.
pub(super) type Present = BTreeMap<VisitId, Arc<Who>>;

impl Who {
    /// The contact, if it is one of ours.
    pub(super) fn contact(&self) -> Option<ContactId> {
        match self.reader {
            Reader::Contact(contact) => Some(contact),
            _ => None,
        }
    }

    fn of(person: Person, link: &Link, contacts: &BTreeMap<String, (ContactId, String)>) -> Self {
        let own = |passed_on| Self {
            reader: link.reader(),
            name: link.name(),
            passed_on,
        };
        let Some(email) = person.email.map(|email| email.to_lowercase()) else {
            return match person.known_as {
                KnownAs::Anonymous => Self {
                    reader: Reader::Stranger(link.id, person.browser),
                    name: format!("Somebody with {}'s link", link.name()),
                    passed_on: person.forwarded,
                },
                KnownAs::Verified | KnownAs::Recipient => own(person.forwarded),
            };
        };
        if link
            .address
            .as_ref()
            .is_some_and(|address| address.to_lowercase() == email)
        {
            return own(person.forwarded);
        }
        match contacts.get(&email) {
            Some((contact, name)) => Self {
                reader: Reader::Contact(*contact),
                name: name.clone(),
                passed_on: person.forwarded,
            },
            None => Self {
                name: email.clone(),
                reader: Reader::Address(email),
                passed_on: person.forwarded,
            },
        }
    }
}

/// Who was on these visits of these links.
pub(super) fn present(links: &BTreeMap<LinkId, Link>, traces: Vec<Trace>) -> Present {
    let contacts: BTreeMap<String, (ContactId, String)> = links
        .values()
        .filter_map(|link| {
            let address = link.address.as_ref()?.to_lowercase();
            Some((address, (link.contact?, link.name())))
        })
        .collect();
    let mut of_link: BTreeMap<LinkId, Vec<Trace>> = BTreeMap::new();
    for trace in traces {
        of_link.entry(trace.link_id).or_default().push(trace);
    }
    let mut present = Present::new();
    for (link, traces) in of_link {
        let Some(link) = links.get(&link) else {
            continue;
        };
        for person in people(&traces) {
            let visits = person.visits.clone();
            let who = Arc::new(Who::of(person, link, &contacts));
            present.extend(visits.into_iter().map(|visit| (visit, Arc::clone(&who))));
        }
    }
    present
}
