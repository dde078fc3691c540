//! The settings of a link: what somebody sends of them, and the whole of them as they will stand.

#![allow(
    clippy::option_option,
    reason = "nothing said, null and a value are three things"
)]

use chrono::{DateTime, Days, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _};
use serde::{Deserialize, Deserializer};

use super::lists::Entries;
use super::policy::LinkPolicy;
use crate::auth::hash_password;
use crate::entities::{DownloadMode, pitch_link, terms};
use crate::error::{Error, FieldError, Result};
use crate::ids::TermsId;
use crate::pitches::input::{fault, refuse};

const SHORTEST_PASSCODE: usize = 4;
const LONGEST_PASSCODE: usize = 128;

/// Settings of a link. What is not said stays as it is, or is for a new link as the policy says.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
pub struct LinkSettings {
    /// When it opens; null for at once.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub opens_at: Option<Option<DateTime<Utc>>>,
    /// When it runs out; null for never, where the policy allows that.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub expires_at: Option<Option<DateTime<Utc>>>,
    /// Whether files can be downloaded, and as what.
    pub download: Option<DownloadMode>,
    /// The short form of `download`: true for `original`, false for `off`.
    pub download_allowed: Option<bool>,
    /// What readers type in first; null for none.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    pub passcode: Option<Option<String>>,
    /// Whether readers confirm their address by a code.
    pub email_required: Option<bool>,
    /// Addresses and domains that may read, each confirmed by a code; empty for everybody.
    pub allow: Option<Vec<String>>,
    /// Addresses and domains that may not, whatever `allow` says.
    pub deny: Option<Vec<String>>,
    /// The terms that readers accept; null for none.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<TermsId>)]
    pub terms_id: Option<Option<TermsId>>,
    /// Whether pictures of pages carry the viewer's address and the time. Files and videos are not given out then.
    pub watermark: Option<bool>,
    /// Whether readers may ask not to be named.
    pub nameless_allowed: Option<bool>,
}

/// Tells `null` from nothing said.
fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

impl LinkSettings {
    /// Replaces the passcode by its hash. Called before a transaction begins, because hashing takes its time.
    pub async fn hashed(mut self) -> Result<HashedSettings> {
        let passcode = self.passcode.take();
        let passcode_hash = match passcode {
            None => None,
            Some(None) => Some(None),
            Some(Some(passcode)) => {
                let passcode = passcode.trim().to_owned();
                let length = passcode.chars().count();
                if !(SHORTEST_PASSCODE..=LONGEST_PASSCODE).contains(&length) {
                    return Err(Error::field(
                        "passcode",
                        format!(
                            "A passcode has {SHORTEST_PASSCODE} to {LONGEST_PASSCODE} characters."
                        ),
                    ));
                }
                Some(Some(hash_password(passcode).await?))
            }
        };
        Ok(HashedSettings {
            said: self,
            passcode_hash,
        })
    }
}

/// Settings that were sent, with the passcode hashed.
#[derive(Clone, Debug, Default)]
pub struct HashedSettings {
    said: LinkSettings,
    passcode_hash: Option<Option<String>>,
}

/// All settings of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::pitches) struct Settings {
    opens_at: Option<DateTime<Utc>>,
    pub(in crate::pitches) expires_at: Option<DateTime<Utc>>,
    pub(in crate::pitches) download: DownloadMode,
    passcode_hash: Option<String>,
    email_required: bool,
    allow: Entries,
    deny: Entries,
    terms_id: Option<TermsId>,
    watermark: bool,
    nameless_allowed: bool,
}

/// How the files of a link are given out.
pub fn download_mode(link: &pitch_link::Model) -> DownloadMode {
    match (link.download_allowed, link.download_as_pdf) {
        (false, _) => DownloadMode::Off,
        (true, false) => DownloadMode::Original,
        (true, true) => DownloadMode::Pdf,
    }
}

impl Settings {
    /// What the policy gives a new link.
    pub(in crate::pitches) fn by_policy(policy: &LinkPolicy, now: DateTime<Utc>) -> Self {
        Self {
            opens_at: None,
            expires_at: policy
                .default_days
                .and_then(|days| now.checked_add_days(Days::new(days.into()))),
            download: policy.download,
            passcode_hash: None,
            email_required: policy.email_required,
            allow: Entries::default(),
            deny: Entries::default(),
            terms_id: policy.terms_id,
            watermark: policy.watermark,
            nameless_allowed: policy.nameless_allowed,
        }
    }

    /// Those of a link, as a link shared on from it gets them.
    pub(in crate::pitches) fn of(link: &pitch_link::Model) -> Self {
        Self {
            opens_at: link.opens_at,
            expires_at: link.expires_at,
            download: download_mode(link),
            passcode_hash: link.passcode_hash.clone(),
            email_required: link.email_required,
            allow: Entries::of(link.allowed.as_ref()),
            deny: Entries::of(link.denied.as_ref()),
            terms_id: link.terms_id,
            watermark: link.watermark,
            nameless_allowed: link.nameless_allowed,
        }
    }

    /// These, of a link that was made at `made`, changed by what was sent, held against the policy.
    pub(in crate::pitches) async fn changed<C: ConnectionTrait>(
        self,
        db: &C,
        sent: HashedSettings,
        policy: &LinkPolicy,
        made: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let HashedSettings {
            said,
            passcode_hash,
        } = sent;
        let mut faults = Vec::new();
        let mut list = |field: &str, typed: Option<Vec<String>>, known: Entries| match typed {
            None => known,
            Some(typed) => Entries::parse(field, &typed).unwrap_or_else(|wrong| {
                faults.extend(wrong);
                known
            }),
        };
        let allow = list("allow", said.allow, self.allow);
        let deny = list("deny", said.deny, self.deny);
        let short = said.download_allowed.map(|allowed| {
            if !allowed {
                DownloadMode::Off
            } else if self.download == DownloadMode::Pdf {
                DownloadMode::Pdf
            } else {
                DownloadMode::Original
            }
        });
        let next = Self {
            opens_at: said.opens_at.unwrap_or(self.opens_at),
            expires_at: said.expires_at.unwrap_or(self.expires_at),
            passcode_hash: passcode_hash.unwrap_or(self.passcode_hash),
            email_required: said.email_required.unwrap_or(self.email_required),
            allow,
            deny,
            terms_id: said.terms_id.unwrap_or(self.terms_id),
            watermark: said.watermark.unwrap_or(self.watermark),
            // What the policy offers by default gives way to a watermark; what somebody asks for is refused below.
            download: match said.download.or(short) {
                Some(download) => download,
                None if said.watermark == Some(true) => DownloadMode::Off,
                None => self.download,
            },
            nameless_allowed: said.nameless_allowed.unwrap_or(self.nameless_allowed),
        };
        if said.expires_at.is_some() {
            faults.extend(next.expiry_fault(policy, made, now));
        }
        if let (Some(opens), Some(end)) = (next.opens_at, next.expires_at)
            && opens >= end
        {
            faults.push(fault("opens_at", "It would run out before it opens."));
        }
        if next.watermark && next.download != DownloadMode::Off {
            faults.push(fault(
                "download",
                "A watermark cannot be burnt into files. Switch downloads off, or the watermark.",
            ));
        }
        if let Some(Some(terms)) = said.terms_id {
            faults.extend(terms_fault(db, terms).await?);
        }
        refuse(faults)?;
        Ok(next)
    }

    fn expiry_fault(
        &self,
        policy: &LinkPolicy,
        made: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Option<FieldError> {
        let Some(end) = self.expires_at else {
            return policy.longest_days.map(|days| {
                fault(
                    "expires_at",
                    format!("Links end after {days} days at the latest. Choose a day."),
                )
            });
        };
        if end <= now {
            return Some(fault("expires_at", "This time has passed."));
        }
        let days = policy.longest_days?;
        // The last day counts whole, wherever the sender is.
        let latest = made.checked_add_days(Days::new(days.into()))? + TimeDelta::days(1);
        (end >= latest).then(|| {
            fault(
                "expires_at",
                format!("Links end after {days} days at the latest. Choose an earlier day."),
            )
        })
    }

    /// Whether readers who have passed the gates of `self` must be asked again.
    pub(in crate::pitches) fn asks_again_after(&self, before: &Self) -> bool {
        self.passcode_hash != before.passcode_hash
            || self.email_required != before.email_required
            || self.allow != before.allow
            || self.deny != before.deny
            || self.terms_id != before.terms_id
    }

    /// Writes these into a row.
    pub(in crate::pitches) fn write(self, row: &mut pitch_link::ActiveModel) {
        row.opens_at = Set(self.opens_at);
        row.expires_at = Set(self.expires_at);
        row.download_allowed = Set(self.download != DownloadMode::Off);
        row.download_as_pdf = Set(self.download == DownloadMode::Pdf);
        row.passcode_hash = Set(self.passcode_hash);
        row.email_required = Set(self.email_required);
        row.allowed = Set(self.allow.column());
        row.denied = Set(self.deny.column());
        row.terms_id = Set(self.terms_id);
        row.watermark = Set(self.watermark);
        row.nameless_allowed = Set(self.nameless_allowed);
    }
}

async fn terms_fault<C: ConnectionTrait>(db: &C, id: TermsId) -> Result<Option<FieldError>> {
    let detail = match terms::Entity::find_by_id(id).one(db).await? {
        None => "There are no such terms.",
        Some(terms) if terms.retired_at.is_some() => "These terms are not used any more.",
        Some(_) => return Ok(None),
    };
    Ok(Some(fault("terms_id", detail)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    fn ending(days: Option<u64>) -> Settings {
        let policy = LinkPolicy {
            default_days: None,
            ..LinkPolicy::default()
        };
        Settings {
            expires_at: days.and_then(|days| now().checked_add_days(Days::new(days))),
            ..Settings::by_policy(&policy, now())
        }
    }

    #[test]
    fn nothing_said_null_and_a_value_are_three_things() {
        let read = |text: &str| serde_json::from_str::<LinkSettings>(text).unwrap();
        assert_eq!(read("{}").passcode, None);
        assert_eq!(read("{\"passcode\":null}").passcode, Some(None));
        let said = read("{\"passcode\":\"1234\"}").passcode;
        assert_eq!(said, Some(Some("1234".to_owned())));
    }

    #[test]
    fn a_policy_s_longest_time_is_kept() {
        let policy = LinkPolicy {
            longest_days: Some(30),
            ..LinkPolicy::default()
        };
        let fault = |days, policy: &LinkPolicy| ending(days).expiry_fault(policy, now(), now());
        assert!(fault(Some(30), &policy).is_none());
        assert!(fault(Some(31), &policy).is_some());
        assert!(fault(None, &policy).is_some());
        assert!(fault(Some(0), &policy).is_some());
        let long_ago = now() - TimeDelta::days(20);
        let renewed = |days| ending(Some(days)).expiry_fault(&policy, long_ago, now());
        assert!(renewed(10).is_none());
        assert!(
            renewed(11).is_some(),
            "the time runs from when the link was made"
        );
        assert!(fault(None, &LinkPolicy::default()).is_none());
    }
}
