//! The standing of people: what is against sending them mail today. Two queries, whatever their number.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _,
};
use serde::Serialize;

use super::bounces::hard_bounced;
use crate::entities::{Channel, RestrictionKind, contact_restriction};
use crate::error::{Code, Error, Result};
use crate::ids::{ContactId, RestrictionId};

/// What is against sending somebody mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObstacleKind {
    /// They must not be contacted before a day.
    DoNotContactBefore,
    /// They do not want it.
    OptOut,
    /// Mail to their address came back for good.
    Bounced,
}

/// Something that is against sending somebody mail, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Obstacle {
    /// What sort of thing.
    pub kind: ObstacleKind,
    /// What it is about; mail, for a bounce.
    pub channel: Channel,
    /// The whole of it in a sentence.
    pub detail: String,
    /// Why, in the words of whoever said so.
    pub reason: String,
    /// The first day on which it no longer holds; absent where that is not known.
    pub until: Option<NaiveDate>,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// The restriction; absent for a bounce.
    pub restriction_id: Option<RestrictionId>,
    /// Whether a manager's word can stand against it. An address that does not exist is no matter of anybody's word.
    pub may_be_overridden: bool,
}

impl Obstacle {
    /// The refusal to send.
    pub fn refusal(&self) -> Error {
        let code = match self.kind {
            ObstacleKind::Bounced => Code::AddressBounced,
            ObstacleKind::DoNotContactBefore | ObstacleKind::OptOut => Code::ContactRefused,
        };
        Error::new(code, self.detail.clone())
    }
}

/// The standings of some people.
#[derive(Clone, Debug, Default)]
pub struct Standings {
    restrictions: Vec<contact_restriction::Model>,
    bounced: HashMap<String, (String, DateTime<Utc>)>,
}

impl Standings {
    /// Looks up what is against these people, told by contact, by address, or by both.
    pub async fn load<C: ConnectionTrait>(
        db: &C,
        today: NaiveDate,
        people: impl IntoIterator<Item = (Option<ContactId>, Option<String>)>,
    ) -> Result<Self> {
        let mut contacts = HashSet::new();
        let mut addresses = HashSet::new();
        for (contact, address) in people {
            contacts.extend(contact);
            addresses.extend(address.map(|address| address.to_lowercase()));
        }
        if contacts.is_empty() && addresses.is_empty() {
            return Ok(Self::default());
        }
        let theirs = Condition::any()
            .add(contact_restriction::Column::ContactId.is_in(contacts))
            .add(contact_restriction::Column::Address.is_in(addresses.iter().cloned()));
        let restrictions = contact_restriction::Entity::find()
            .filter(theirs)
            .filter(in_force(today))
            .order_by_desc(contact_restriction::Column::SetAt)
            .all(db)
            .await?;
        Ok(Self {
            restrictions,
            bounced: hard_bounced(db, addresses).await?,
        })
    }

    /// What is against this person, what a manager's word cannot stand against first. `bounced` says what the contact's
    /// own row says of its address.
    pub fn of(
        &self,
        contact: Option<ContactId>,
        address: Option<&str>,
        bounced: bool,
    ) -> Vec<Obstacle> {
        let address = address.map(str::to_lowercase);
        let report = address
            .as_ref()
            .and_then(|address| self.bounced.get(address));
        let mut found = Vec::new();
        if bounced || report.is_some() {
            found.push(bounce(address.as_deref(), report));
        }
        let theirs = self.restrictions.iter().filter(|row| {
            let by_contact = row.contact_id.is_some() && row.contact_id == contact;
            let by_address = row.address.is_some() && row.address == address;
            by_contact || by_address
        });
        found.extend(theirs.map(restriction));
        found
    }
}

/// The restrictions that hold today.
pub(super) fn in_force(today: NaiveDate) -> Condition {
    Condition::all()
        .add(contact_restriction::Column::LiftedAt.is_null())
        .add(
            Condition::any()
                .add(contact_restriction::Column::Until.is_null())
                .add(contact_restriction::Column::Until.gt(today)),
        )
}

fn bounce(address: Option<&str>, report: Option<&(String, DateTime<Utc>)>) -> Obstacle {
    let (reason, since) = match report {
        Some((reason, at)) => (reason.clone(), Some(*at)),
        None => (String::new(), None),
    };
    let to = address.unwrap_or("the address");
    let because = if reason.is_empty() {
        String::new()
    } else {
        format!(" ({reason})")
    };
    Obstacle {
        kind: ObstacleKind::Bounced,
        channel: Channel::Email,
        detail: format!(
            "Mail to {to} came back for good{because}. Correct the address, or copy the link instead."
        ),
        reason,
        until: None,
        since,
        restriction_id: None,
        may_be_overridden: false,
    }
}

fn restriction(row: &contact_restriction::Model) -> Obstacle {
    Obstacle {
        kind: match row.kind {
            RestrictionKind::DoNotContactBefore => ObstacleKind::DoNotContactBefore,
            RestrictionKind::OptOut => ObstacleKind::OptOut,
        },
        channel: row.channel,
        detail: sentence(row),
        reason: row.reason.clone(),
        until: row.until,
        since: Some(row.set_at),
        restriction_id: Some(row.id),
        may_be_overridden: true,
    }
}

/// The restriction in a sentence.
pub(super) fn sentence(row: &contact_restriction::Model) -> String {
    let mut text = match (row.kind, row.channel) {
        (RestrictionKind::DoNotContactBefore, Channel::All) => "Do not contact".to_owned(),
        (RestrictionKind::DoNotContactBefore, Channel::Email) => "Do not send mail".to_owned(),
        (RestrictionKind::OptOut, Channel::All) => "They do not want to be contacted".to_owned(),
        (RestrictionKind::OptOut, Channel::Email) => "They do not want mail".to_owned(),
    };
    if let Some(until) = row.until {
        let word = match row.kind {
            RestrictionKind::DoNotContactBefore => "before",
            RestrictionKind::OptOut => "until",
        };
        text = format!("{text} {word} {}", until.format("%-d %B %Y"));
    }
    if row.reason.is_empty() {
        return format!("{text}.");
    }
    format!("{text}: {}", row.reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: RestrictionKind, channel: Channel) -> contact_restriction::Model {
        contact_restriction::Model {
            id: RestrictionId(uuid::Uuid::nil()),
            contact_id: None,
            address: Some("noor@northwind.example".to_owned()),
            kind,
            channel,
            reason: "Budget is decided in January".to_owned(),
            until: NaiveDate::from_ymd_opt(2027, 1, 15),
            set_by: None,
            set_at: DateTime::UNIX_EPOCH,
            lifted_at: None,
            lifted_by: None,
            lift_reason: None,
            dedupe_key: None,
        }
    }

    #[test]
    fn a_restriction_is_told_with_its_day_and_reason() {
        let told = sentence(&row(RestrictionKind::DoNotContactBefore, Channel::All));
        assert_eq!(
            told,
            "Do not contact before 15 January 2027: Budget is decided in January"
        );
        let forever = contact_restriction::Model {
            until: None,
            reason: String::new(),
            ..row(RestrictionKind::OptOut, Channel::Email)
        };
        assert_eq!(sentence(&forever), "They do not want mail.");
    }

    #[test]
    fn people_are_known_by_their_address_whatever_its_case() {
        let standings = Standings {
            restrictions: vec![row(RestrictionKind::OptOut, Channel::Email)],
            bounced: HashMap::new(),
        };
        assert_eq!(
            standings
                .of(None, Some("Noor@Northwind.example"), false)
                .len(),
            1
        );
        assert!(
            standings
                .of(None, Some("ada@northwind.example"), false)
                .is_empty()
        );
        assert!(standings.of(None, None, false).is_empty());
    }
}
