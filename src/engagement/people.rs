//! Who the viewers of a link are: a pure function over its visits.
//!
//! A proved address is a person, on whatever device. Otherwise the first browser that a person used is the
//! recipient's; another one on the same network, of another sort, is taken to be their second device. Everybody else is
//! somebody else, and nobody is made one with another on a guess: anonymous viewers stay apart.
//!
//! A link that was passed on by hand shows itself by a new browser on a new network while the first one keeps coming
//! back. It is said with the reason, as something probable.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::device::device;
use crate::entities::{VisitClass, visit};
use crate::ids::VisitId;

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

/// One viewer of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub known_as: KnownAs,
    /// The proved address.
    pub email: Option<String>,
    /// Why this is probably somebody to whom the link was passed on.
    pub forwarded: Option<String>,
    pub visits: Vec<VisitId>,
    pub devices: Vec<String>,
}

/// One browser on the link, with all its visits.
struct Browser<'a> {
    visits: Vec<&'a visit::Model>,
    device: String,
    email: Option<String>,
}

impl Browser<'_> {
    /// Somebody showed themselves, not only a page that was opened.
    fn is_person(&self) -> bool {
        self.visits
            .iter()
            .any(|one| class(one) == VisitClass::Human)
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
pub(super) fn people(visits: &[visit::Model]) -> Vec<Person> {
    let mut browsers = browsers(visits);
    browsers.sort_by_key(Browser::first);
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
            Some(recipient) if is_second_device(browser, recipient) => {
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
fn shown(visits: &[visit::Model]) -> impl Iterator<Item = &visit::Model> {
    visits
        .iter()
        .filter(|one| class(one) != VisitClass::Machine && one.unnamed.is_none())
}

fn browsers(visits: &[visit::Model]) -> Vec<Browser<'_>> {
    let mut named: BTreeMap<String, Browser<'_>> = BTreeMap::new();
    for one in shown(visits) {
        // A browser without a name (it asks for privacy) is known for one visit, and those that continue it.
        let name = if one.browser_id.is_empty() {
            one.continues.unwrap_or(one.id).to_string()
        } else {
            one.browser_id.clone()
        };
        let browser = named.entry(name).or_insert_with(|| Browser {
            visits: Vec::new(),
            device: device(&one.user_agent),
            email: None,
        });
        browser.email = browser.email.take().or_else(|| one.verified_email.clone());
        browser.visits.push(one);
    }
    named.into_values().collect()
}

/// Another sort of device, not in use at the same time, and nothing that speaks against one pair of hands: seen on
/// the same network, or a phone beside a desk (phones change their networks).
fn is_second_device(browser: &Browser<'_>, recipient: &Browser<'_>) -> bool {
    browser.device != recipient.device
        && !browser.meets(recipient)
        && (browser.shares_a_network_with(recipient)
            || browser.is_handheld() != recipient.is_handheld())
}

fn passed_on(browser: &Browser<'_>, recipient: &Browser<'_>) -> Option<String> {
    if browser.shares_a_network_with(recipient) {
        return None;
    }
    if browser.meets(recipient) {
        return Some(format!(
            "Read with {} on another network while the first reader's {} was in use.",
            browser.device, recipient.device
        ));
    }
    (recipient.last() > browser.first()).then(|| {
        format!(
            "A new browser ({}) on a new network, and the first reader's {} came back after it.",
            browser.device, recipient.device
        )
    })
}

fn class(visit: &visit::Model) -> VisitClass {
    visit.class_override.unwrap_or(visit.class)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::VisitLevel;
    use crate::ids::LinkId;
    use serde_json::json;

    const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36";
    const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18 Safari/605";
    const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1";
    const OFFICE: &str = "198.51.100.0/24";
    const ELSEWHERE: &str = "203.0.113.0/24";

    fn visit(browser: &str, agent: &str, network: &str, minute: i64) -> visit::Model {
        let start = DateTime::from_timestamp(1_790_000_000 + minute * 60, 0).unwrap();
        visit::Model {
            id: VisitId::new(start),
            link_id: LinkId(uuid::Uuid::nil()),
            started_at: start,
            last_seen_at: start + TimeDelta::minutes(2),
            updated_at: start,
            user_agent: agent.to_owned(),
            network: network.to_owned(),
            browser_id: browser.to_owned(),
            level: VisitLevel::Read,
            class: VisitClass::Human,
            score: 90,
            reasons: json!([]),
            features: json!({}),
            class_override: None,
            rule_id: None,
            classifier: 2,
            continues: None,
            verified_email: None,
            unnamed: None,
            active_ms: 60_000,
            pages_read: 1,
            page_total: 1,
            shares: 0,
            downloads: 0,
            questions: 0,
            current_item_id: None,
            current_page: None,
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
        let reason = found[1].forwarded.as_deref().unwrap();
        assert!(
            reason.contains("Mac, Safari") && reason.contains("came back"),
            "{reason}"
        );
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
                .as_deref()
                .unwrap()
                .contains("was in use")
        );
    }

    #[test]
    fn anonymous_viewers_of_one_office_stay_apart_and_nothing_is_claimed() {
        let found = people(&[
            visit("a", WINDOWS, OFFICE, 0),
            visit("b", WINDOWS, OFFICE, 100),
            visit("c", WINDOWS, OFFICE, 200),
            visit("", WINDOWS, OFFICE, 300),
            visit("", WINDOWS, OFFICE, 400),
        ]);
        assert_eq!(found.len(), 5);
        assert!(found.iter().all(|person| person.forwarded.is_none()));
    }

    #[test]
    fn devices_of_one_proved_address_are_one_viewer() {
        let proved = |mut visit: visit::Model| {
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
