//! Who the viewers of a link are: a pure function over its visits, and the one rule for it. Lists of viewers, named
//! signals and scores all go by it.
//!
//! A proved address is a person, on whatever device. Otherwise the first browser that a person used is the
//! recipient's; another one on the same network, of another sort, is taken to be their second device, and so is a
//! browser that keeps no name where it looks like theirs. Everybody else is somebody else, and nobody is made one with
//! another on a guess: anonymous viewers stay apart.
//!
//! A link that was passed on by hand shows itself by a new browser on a new network while the first one keeps coming
//! back. It is said with the reason, as something probable.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde::Serialize;

use super::device::device;
use crate::entities::{VisitClass, VisitLevel, visit};
use crate::error::Result;
use crate::ids::{LinkId, VisitId};

/// Two browsers within this of each other are in two hands.
const AT_ONCE: TimeDelta = TimeDelta::minutes(3);

/// How a viewer is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KnownAs {
    /// Entered the code that was sent to their address.
    Verified,
    /// The first browser on the recipient's link, or a second device of theirs.
    Recipient,
    /// Somebody else.
    Anonymous,
}

/// What of a visit says who it was.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Trace {
    /// The visit.
    pub id: VisitId,
    /// Of which link.
    pub link_id: LinkId,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When something happened last.
    pub last_seen_at: DateTime<Utc>,
    /// How far it went.
    pub level: VisitLevel,
    user_agent: String,
    network: String,
    browser_id: String,
    class: VisitClass,
    class_override: Option<VisitClass>,
    continues: Option<VisitId>,
    verified_email: Option<String>,
    unnamed: Option<bool>,
}

impl Trace {
    /// Those of all visits of these links.
    pub async fn of_links<C: ConnectionTrait>(
        db: &C,
        links: impl IntoIterator<Item = LinkId>,
    ) -> Result<Vec<Self>> {
        let traces = visit::Entity::find()
            .select_only()
            .columns([
                visit::Column::Id,
                visit::Column::LinkId,
                visit::Column::StartedAt,
                visit::Column::LastSeenAt,
                visit::Column::Level,
                visit::Column::UserAgent,
                visit::Column::Network,
                visit::Column::BrowserId,
                visit::Column::Class,
                visit::Column::ClassOverride,
                visit::Column::Continues,
                visit::Column::VerifiedEmail,
                visit::Column::Unnamed,
            ])
            .filter(visit::Column::LinkId.is_in(links))
            .order_by_asc(visit::Column::Id)
            .into_model()
            .all(db)
            .await?;
        Ok(traces)
    }

    fn class(&self) -> VisitClass {
        self.class_override.unwrap_or(self.class)
    }
}

impl From<&visit::Model> for Trace {
    fn from(row: &visit::Model) -> Self {
        Self {
            id: row.id,
            link_id: row.link_id,
            started_at: row.started_at,
            last_seen_at: row.last_seen_at,
            level: row.level,
            user_agent: row.user_agent.clone(),
            network: row.network.clone(),
            browser_id: row.browser_id.clone(),
            class: row.class,
            class_override: row.class_override,
            continues: row.continues,
            verified_email: row.verified_email.clone(),
            unnamed: row.unnamed,
        }
    }
}

/// One viewer of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// How they are known.
    pub known_as: KnownAs,
    /// The proved address.
    pub email: Option<String>,
    /// Why this is probably somebody to whom the link was passed on.
    pub forwarded: Option<PassedOn>,
    /// What tells their first browser from others on the link.
    pub browser: String,
    /// Their visits.
    pub visits: Vec<VisitId>,
    /// Their devices in words.
    pub devices: Vec<String>,
}

/// That a link was probably passed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOn {
    /// Why that is said, in words.
    pub reason: String,
    /// When it showed.
    pub since: DateTime<Utc>,
}

/// One browser on the link, with all its visits.
struct Browser<'a> {
    name: String,
    /// It keeps no name: every visit looks like another browser.
    nameless: bool,
    visits: Vec<&'a Trace>,
    device: String,
    email: Option<String>,
}

impl Browser<'_> {
    /// Somebody showed themselves, not only a page that was opened.
    fn is_person(&self) -> bool {
        self.visits
            .iter()
            .any(|one| one.class() == VisitClass::Human)
    }

    fn first(&self) -> DateTime<Utc> {
        self.visits
            .iter()
            .map(|one| one.started_at)
            .min()
            .unwrap_or_default()
    }

    fn last(&self) -> DateTime<Utc> {
        self.visits
            .iter()
            .map(|one| one.last_seen_at)
            .max()
            .unwrap_or_default()
    }

    fn shares_a_network_with(&self, other: &Self) -> bool {
        self.visits.iter().any(|one| {
            let network = &one.network;
            !network.is_empty() && other.visits.iter().any(|two| two.network == *network)
        })
    }

    /// Both were in use at once.
    fn meets(&self, other: &Self) -> bool {
        self.visits.iter().any(|one| {
            other.visits.iter().any(|two| {
                one.started_at < two.last_seen_at + AT_ONCE
                    && two.started_at < one.last_seen_at + AT_ONCE
            })
        })
    }

    fn is_handheld(&self) -> bool {
        ["iPhone", "iPad", "Android"]
            .iter()
            .any(|word| self.device.contains(word))
    }
}

/// The viewers among `visits`, all of one link; machines are nobody.
pub fn people(visits: &[Trace]) -> Vec<Person> {
    let mut browsers = browsers(visits);
    browsers.sort_by_cached_key(Browser::first);
    // The recipient's browser is the first in which a person showed it.
    let first = browsers.iter().position(Browser::is_person).unwrap_or(0);
    let mut people: Vec<Person> = Vec::new();
    let recipient = browsers.get(first);
    for (at, browser) in browsers.iter().enumerate() {
        let known = browser.email.as_ref().and_then(|email| {
            people
                .iter_mut()
                .find(|person| person.email.as_ref() == Some(email))
        });
        if let Some(person) = known {
            person.take(browser);
            continue;
        }
        let (known_as, forwarded) = match recipient {
            _ if browser.email.is_some() => (KnownAs::Verified, None),
            Some(_) if at == first => (KnownAs::Recipient, None),
            Some(recipient) if is_theirs(browser, recipient) => {
                if let Some(person) = people
                    .iter_mut()
                    .find(|person| person.known_as == KnownAs::Recipient)
                {
                    person.take(browser);
                    continue;
                }
                (KnownAs::Recipient, None)
            }
            Some(recipient) if browser.is_person() => {
                (KnownAs::Anonymous, passed_on(browser, recipient))
            }
            _ => (KnownAs::Anonymous, None),
        };
        let mut person = Person {
            known_as,
            email: browser.email.clone(),
            forwarded,
            browser: browser.name.clone(),
            visits: Vec::new(),
            devices: Vec::new(),
        };
        person.take(browser);
        people.push(person);
    }
    people
}

impl Person {
    fn take(&mut self, browser: &Browser<'_>) {
        self.visits.extend(browser.visits.iter().map(|one| one.id));
        if !self.devices.contains(&browser.device) {
            self.devices.push(browser.device.clone());
        }
    }
}

/// Machines are nobody, and whoever asked not to be known is not shown.
fn shown(visits: &[Trace]) -> impl Iterator<Item = &Trace> {
    visits
        .iter()
        .filter(|one| one.class() != VisitClass::Machine && one.unnamed.is_none())
}

fn browsers(visits: &[Trace]) -> Vec<Browser<'_>> {
    let mut named: BTreeMap<String, Browser<'_>> = BTreeMap::new();
    for one in shown(visits) {
        // A browser without a name (it asks for privacy) is known for one visit, and those that continue it.
        let nameless = one.browser_id.is_empty();
        let name = if nameless {
            one.continues.unwrap_or(one.id).to_string()
        } else {
            one.browser_id.clone()
        };
        let browser = named.entry(name.clone()).or_insert_with(|| Browser {
            name,
            nameless,
            visits: Vec::new(),
            device: device(&one.user_agent),
            email: None,
        });
        browser.email = browser.email.take().or_else(|| one.verified_email.clone());
        browser.visits.push(one);
    }
    named.into_values().collect()
}

/// The recipient's second device, or a browser without a name that is just like theirs in the same place: it would make
/// another person of every visit.
fn is_theirs(browser: &Browser<'_>, recipient: &Browser<'_>) -> bool {
    let just_like = browser.nameless
        && browser.device == recipient.device
        && browser.visits.iter().any(|one| {
            recipient
                .visits
                .iter()
                .any(|two| one.network == two.network)
        });
    just_like || is_second_device(browser, recipient)
}

/// Another sort of device, not in use at the same time, and nothing that speaks against one pair of hands: seen on
/// the same network, or a phone beside a desk (phones change their networks).
fn is_second_device(browser: &Browser<'_>, recipient: &Browser<'_>) -> bool {
    browser.device != recipient.device
        && !browser.meets(recipient)
        && (browser.shares_a_network_with(recipient)
            || browser.is_handheld() != recipient.is_handheld())
}

fn passed_on(browser: &Browser<'_>, recipient: &Browser<'_>) -> Option<PassedOn> {
    if browser.shares_a_network_with(recipient) {
        return None;
    }
    let came = browser.first();
    let reason = if browser.meets(recipient) {
        format!(
            "Read with {} on another network while the first reader's {} was in use.",
            browser.device, recipient.device
        )
    } else if recipient.last() > came {
        format!(
            "A new browser ({}) on a new network, and the first reader's {} came back after it.",
            browser.device, recipient.device
        )
    } else {
        return None;
    };
    let back = recipient
        .visits
        .iter()
        .filter(|one| one.last_seen_at > came);
    Some(PassedOn {
        reason,
        since: back
            .map(|one| one.started_at.max(came))
            .min()
            .unwrap_or(came),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36";
    const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18 Safari/605";
    const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1";
    const OFFICE: &str = "198.51.100.0/24";
    const ELSEWHERE: &str = "203.0.113.0/24";

    fn visit(browser: &str, agent: &str, network: &str, minute: i64) -> Trace {
        let start = DateTime::from_timestamp(1_790_000_000 + minute * 60, 0).unwrap();
        Trace {
            id: VisitId::new(start),
            link_id: LinkId(uuid::Uuid::nil()),
            started_at: start,
            last_seen_at: start + TimeDelta::minutes(2),
            user_agent: agent.to_owned(),
            network: network.to_owned(),
            browser_id: browser.to_owned(),
            level: VisitLevel::Read,
            class: VisitClass::Human,
            class_override: None,
            continues: None,
            verified_email: None,
            unnamed: None,
        }
    }

    #[test]
    fn a_link_that_was_passed_on_is_noticed_with_the_reason() {
        let found = people(&[
            visit("a", WINDOWS, OFFICE, 0),
            visit("b", MAC, ELSEWHERE, 300),
            visit("a", WINDOWS, OFFICE, 900),
        ]);
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].known_as, found[0].visits.len()),
            (KnownAs::Recipient, 2)
        );
        assert_eq!(found[1].known_as, KnownAs::Anonymous);
        let told = found[1].forwarded.as_ref().unwrap();
        assert!(
            told.reason.contains("Mac, Safari") && told.reason.contains("came back"),
            "{told:?}"
        );
        let back = visit("a", WINDOWS, OFFICE, 900).started_at;
        assert_eq!(told.since, back, "nothing showed it before");
    }

    #[test]
    fn a_second_device_is_the_same_person_and_nobody_was_forwarded_to() {
        let found = people(&[
            visit("a", WINDOWS, OFFICE, 0),
            visit("b", PHONE, ELSEWHERE, 300),
            visit("a", WINDOWS, OFFICE, 900),
            visit("c", MAC, OFFICE, 1_500),
        ]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].devices.len(), 3);
        assert_eq!(found[0].forwarded, None);
    }

    #[test]
    fn a_phone_in_use_at_the_same_time_is_in_other_hands() {
        let found = people(&[
            visit("a", WINDOWS, OFFICE, 0),
            visit("b", PHONE, ELSEWHERE, 1),
        ]);
        assert_eq!(found.len(), 2);
        assert!(
            found[1]
                .forwarded
                .as_ref()
                .unwrap()
                .reason
                .contains("was in use")
        );
    }

    #[test]
    fn anonymous_viewers_of_one_office_stay_apart_and_nothing_is_claimed() {
        let found = people(&[
            visit("a", WINDOWS, OFFICE, 0),
            visit("b", WINDOWS, OFFICE, 100),
            visit("c", WINDOWS, OFFICE, 200),
            visit("", MAC, ELSEWHERE, 300),
            visit("", MAC, ELSEWHERE, 400),
        ]);
        assert_eq!(found.len(), 5);
        assert!(found.iter().all(|person| person.forwarded.is_none()));
    }

    #[test]
    fn a_browser_that_keeps_no_name_is_the_recipients_where_it_is_just_like_theirs() {
        let found = people(&[
            visit("", WINDOWS, OFFICE, 0),
            visit("", WINDOWS, OFFICE, 1),
            visit("", WINDOWS, OFFICE, 5_000),
            visit("", WINDOWS, ELSEWHERE, 9_000),
        ]);
        let visits: Vec<usize> = found.iter().map(|person| person.visits.len()).collect();
        assert_eq!(visits, [3, 1]);
    }

    #[test]
    fn devices_of_one_proved_address_are_one_viewer() {
        let proved = |mut visit: Trace| {
            visit.verified_email = Some("ann@example.com".to_owned());
            visit
        };
        let found = people(&[
            proved(visit("a", WINDOWS, OFFICE, 0)),
            proved(visit("b", MAC, ELSEWHERE, 1)),
            visit("c", MAC, ELSEWHERE, 500),
        ]);
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].known_as, found[0].visits.len()),
            (KnownAs::Verified, 2)
        );
    }

    #[test]
    fn machines_are_nobody() {
        let mut scan = visit("", WINDOWS, ELSEWHERE, 0);
        scan.class = VisitClass::Machine;
        assert_eq!(people(&[scan]), []);
    }
}
