//! What a sender should know of each recipient before something is sent, put together from what was looked up. Pure.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::send::is_overridden;
use crate::auth::UserRef;
use crate::crm::{Obstacle, Standings};
use crate::entities::{
    ActivityKind, ContactRole, Stage, activity, contact, opportunity, pitch, pitch_link,
    send_override,
};
use crate::ids::{ContactId, LinkId, OpportunityId, PitchId, UserId};
use crate::pitches::reads::Reads;

/// For how long a pitch of a colleague's counts as "talking to them".
pub(super) const RECENT: TimeDelta = TimeDelta::days(30);

/// How much of one person's past is shown.
const SHOWN: usize = 10;

/// Somebody to whom the pitch may be sent.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Person {
    /// The contact, if it is one.
    pub contact_id: Option<ContactId>,
    /// The name, if it is known.
    pub name: Option<String>,
    /// The address, if it is known.
    pub email: Option<String>,
    /// What they do there.
    pub job_title: Option<String>,
    /// Their part in the buying committee.
    pub role: Option<ContactRole>,
    /// The links of this pitch that were made for them.
    pub link_ids: Vec<LinkId>,
    /// What is against sending them mail today.
    pub obstacles: Vec<Obstacle>,
    /// Those of the links that may be sent all the same, because a manager said so.
    pub granted_link_ids: Vec<LinkId>,
    /// The last time that somebody of the house was in touch with them.
    pub last_contact: Option<LastContact>,
    /// What was said last, in the words of whoever noted it.
    pub agreed: Option<Agreed>,
    /// Other open opportunities in which they have a part, or of their company.
    pub other_deals: Vec<OtherDeal>,
    /// What they were sent before, the latest first.
    pub received: Vec<ReceivedPitch>,
}

/// A time of being in touch.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LastContact {
    /// When.
    pub at: DateTime<Utc>,
    /// How.
    pub kind: ActivityKind,
    /// About what; absent where the caller may not see that opportunity.
    pub subject: Option<String>,
    /// Who was.
    pub by: Option<UserRef>,
    /// Whether it was noted for the deal, and not for this person.
    pub with_others: bool,
}

/// What was said.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Agreed {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub text: String,
    /// Who noted it.
    pub by: Option<UserRef>,
}

/// Another open opportunity.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct OtherDeal {
    /// The opportunity; absent where the caller may not see it.
    pub id: Option<OpportunityId>,
    /// Its name; absent where the caller may not see it.
    pub name: Option<String>,
    /// Where it stands.
    pub stage: Stage,
    /// Whose it is.
    pub owner: Option<UserRef>,
    /// Whether this very person has a part in it, and not only their company.
    pub in_person: bool,
}

/// A pitch that they were sent.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ReceivedPitch {
    /// The pitch; absent where the caller may not see it.
    pub id: Option<PitchId>,
    /// Its title; absent where the caller may not see it.
    pub title: Option<String>,
    /// Whose it is.
    pub owner: Option<UserRef>,
    /// When their link was made.
    pub at: DateTime<Utc>,
    /// How often they read it.
    pub reads: i64,
    /// When they read it last.
    pub last_read_at: Option<DateTime<Utc>>,
    /// Whether it is this pitch.
    pub this_pitch: bool,
    /// Whether it is a colleague's, of the last 30 days.
    pub by_colleague_lately: bool,
}

/// Everything that was looked up.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) contacts: Vec<contact::Model>,
    pub(super) roles: HashMap<ContactId, Option<ContactRole>>,
    /// The pitch's own links to recipients.
    pub(super) links: Vec<pitch_link::Model>,
    /// The latest first.
    pub(super) activities: Vec<activity::Model>,
    pub(super) deals: Vec<opportunity::Model>,
    pub(super) parts: HashSet<(OpportunityId, ContactId)>,
    pub(super) visible: HashSet<OpportunityId>,
    /// The latest first.
    pub(super) received: Vec<(pitch_link::Model, pitch::Model)>,
    pub(super) reads: HashMap<LinkId, Reads>,
    pub(super) standings: Standings,
    pub(super) overrides: HashMap<LinkId, send_override::Model>,
    pub(super) users: HashMap<UserId, UserRef>,
}

/// For which pitch, and when, it is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    pub(super) pitch: PitchId,
    pub(super) owner: UserId,
    pub(super) opportunity: OpportunityId,
    pub(super) now: DateTime<Utc>,
}

impl Facts {
    /// Everybody, contacts by name first, then those who were typed in.
    pub(super) fn people(&self, view: View) -> Vec<Person> {
        let mut people: Vec<Person> = self
            .contacts
            .iter()
            .map(|contact| self.person(view, Some(contact), None))
            .collect();
        let mut seen = HashSet::new();
        for link in self.links.iter().filter(|link| link.contact_id.is_none()) {
            let who = (&link.recipient_name, &link.recipient_email);
            if who != (&None, &None) && seen.insert(who) {
                people.push(self.person(view, None, Some(link)));
            }
        }
        people
    }

    fn person(
        &self,
        view: View,
        contact: Option<&contact::Model>,
        typed: Option<&pitch_link::Model>,
    ) -> Person {
        let id = contact.map(|contact| contact.id);
        let email = contact
            .and_then(|contact| contact.email.clone())
            .or_else(|| typed.and_then(|link| link.recipient_email.clone()));
        let name = contact
            .map(|contact| contact.name.clone())
            .or_else(|| typed.and_then(|link| link.recipient_name.clone()));
        let is_theirs = |link: &pitch_link::Model| match (id, typed) {
            (Some(id), _) => link.contact_id == Some(id),
            (None, Some(typed)) => {
                link.contact_id.is_none()
                    && link.recipient_email == typed.recipient_email
                    && link.recipient_name == typed.recipient_name
            }
            (None, None) => false,
        };
        let link_ids: Vec<LinkId> = self
            .links
            .iter()
            .filter(|link| is_theirs(link))
            .map(|link| link.id)
            .collect();
        let bounced = contact.is_some_and(|contact| contact.bounced);
        let obstacles = self.standings.of(id, email.as_deref(), bounced);
        let is_granted = |link: &LinkId| {
            let granted = self.overrides.get(link);
            obstacles.iter().all(|one| is_overridden(one, granted))
        };
        Person {
            granted_link_ids: link_ids
                .iter()
                .copied()
                .filter(|link| !obstacles.is_empty() && is_granted(link))
                .collect(),
            role: id.and_then(|id| self.roles.get(&id).copied().flatten()),
            job_title: contact.and_then(|contact| contact.job_title.clone()),
            last_contact: self.last_contact(view, id),
            agreed: self.agreed(view, id),
            other_deals: self.other_deals(id),
            received: self.received(view, id, email.as_deref()),
            contact_id: id,
            name,
            email,
            link_ids,
            obstacles,
        }
    }

    /// What was noted for this person, and for the deal with nobody in particular.
    fn noted(
        &self,
        view: View,
        contact: Option<ContactId>,
    ) -> impl Iterator<Item = &activity::Model> {
        self.activities.iter().filter(move |row| {
            let theirs = contact.is_some() && row.contact_id == contact;
            theirs || row.contact_id.is_none() && row.opportunity_id == Some(view.opportunity)
        })
    }

    fn may_see(&self, row: &activity::Model) -> bool {
        row.opportunity_id
            .is_none_or(|opportunity| self.visible.contains(&opportunity))
    }

    fn last_contact(&self, view: View, contact: Option<ContactId>) -> Option<LastContact> {
        let row = self.noted(view, contact).next()?;
        Some(LastContact {
            at: row.occurred_at,
            kind: row.kind,
            subject: self.may_see(row).then(|| row.subject.clone()),
            by: self.user(row.owner_id),
            with_others: row.contact_id.is_none(),
        })
    }

    fn agreed(&self, view: View, contact: Option<ContactId>) -> Option<Agreed> {
        let row = self
            .noted(view, contact)
            .find(|row| !row.body.trim().is_empty() && self.may_see(row))?;
        Some(Agreed {
            at: row.occurred_at,
            text: row.body.trim().to_owned(),
            by: self.user(row.owner_id),
        })
    }

    fn other_deals(&self, contact: Option<ContactId>) -> Vec<OtherDeal> {
        let mut deals: Vec<OtherDeal> = self
            .deals
            .iter()
            .map(|deal| {
                let visible = self.visible.contains(&deal.id);
                let in_person = contact.is_some_and(|contact| {
                    deal.primary_contact_id == Some(contact)
                        || self.parts.contains(&(deal.id, contact))
                });
                OtherDeal {
                    id: visible.then_some(deal.id),
                    name: visible.then(|| deal.name.clone()),
                    stage: deal.stage,
                    owner: self.user(deal.owner_id),
                    in_person,
                }
            })
            .collect();
        deals.sort_by_key(|deal| !deal.in_person);
        deals.truncate(SHOWN);
        deals
    }

    fn received(
        &self,
        view: View,
        contact: Option<ContactId>,
        address: Option<&str>,
    ) -> Vec<ReceivedPitch> {
        self.received
            .iter()
            .filter(|(link, _)| {
                let by_contact = contact.is_some() && link.contact_id == contact;
                let by_address = address.is_some() && link.recipient_email.as_deref() == address;
                by_contact || by_address
            })
            .take(SHOWN)
            .map(|(link, pitch)| {
                let visible = self.visible.contains(&pitch.opportunity_id);
                let reads = self.reads.get(&link.id).copied().unwrap_or_default();
                ReceivedPitch {
                    id: visible.then_some(pitch.id),
                    title: visible.then(|| pitch.title.clone()),
                    owner: self.user(Some(pitch.owner_id)),
                    at: link.created_at,
                    reads: reads.people,
                    last_read_at: reads.last_read_at,
                    this_pitch: pitch.id == view.pitch,
                    by_colleague_lately: pitch.owner_id != view.owner
                        && link.created_at > view.now - RECENT,
                }
            })
            .collect()
    }

    fn user(&self, id: Option<UserId>) -> Option<UserRef> {
        id.and_then(|id| self.users.get(&id).cloned())
    }
}
