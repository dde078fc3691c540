//! What the API shows of pitches and links.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::gates::{Entries, download_mode};
use super::placeholders::Unfilled;
use super::sending::LinkMail;
use super::steps::StepView;
use crate::auth::UserRef;
use crate::entities::{AssetKind, DownloadMode, pitch_link};
use crate::ids::{
    AssetId, ContactId, LinkId, OpportunityId, PitchId, PitchItemId, TermsId, VersionId,
};

/// A pitch in the list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PitchSummary {
    /// The pitch.
    pub id: PitchId,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub opportunity: PitchOpportunityRef,
    /// Whose it is.
    pub owner: UserRef,
    /// How many items it has.
    pub item_count: u64,
    /// How many links there are to it.
    pub link_count: u64,
    /// How many visits read it.
    pub reads: i64,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
    /// The picture of its first page.
    pub thumbnail_url: Option<String>,
}

/// The opportunity of a pitch in the list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PitchOpportunityRef {
    /// The opportunity.
    pub id: OpportunityId,
    /// Its name.
    pub name: String,
}

/// The opportunity of a pitch.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PitchOpportunity {
    /// The opportunity.
    pub id: OpportunityId,
    /// Its name.
    pub name: String,
    /// The account's name.
    pub account_name: String,
}

/// A pitch with all that is in it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PitchDetail {
    /// The pitch.
    pub id: PitchId,
    /// What it is for.
    pub opportunity: PitchOpportunity,
    /// Whose it is.
    pub owner: UserRef,
    /// Its title, as the prospect reads it.
    pub title: String,
    /// The words above the pages.
    pub message: String,
    /// Whether a customer story belongs into it, as a template may ask; it is for the sender to see that one is in.
    pub story_wanted: bool,
    /// For `If-Match`.
    pub revision: i64,
    /// What it shows, in order.
    pub items: Vec<PitchItem>,
    /// Who does what by when.
    pub steps: Vec<StepView>,
    /// Placeholders that stand in its words still; no link is made until they are written out.
    pub unfilled: Vec<Unfilled>,
    /// The links to it, newest first.
    pub links: Vec<LinkView>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
    /// The prospect's page as they will see it, with recording off.
    pub preview_url: String,
}

/// One asset, or one page of it, in a pitch.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PitchItem {
    /// The item.
    pub id: PitchItemId,
    /// The asset.
    pub asset_id: AssetId,
    /// The single page that was chosen; absent for the whole asset.
    pub page_number: Option<i32>,
    /// The sender's words about it.
    pub note: String,
    /// The heading under which it stands.
    pub section: String,
    /// The version shown: the asset's current one, or the one that the item keeps.
    pub version_id: VersionId,
    /// Its number.
    pub version_number: i32,
    /// The number of the asset's current version.
    pub current_version_number: Option<i32>,
    /// Whether the item keeps its version when there is a newer one.
    pub keeps_version: bool,
    /// The asset's title.
    pub title: String,
    /// The asset's kind.
    pub kind: AssetKind,
    /// How many pages the whole asset has.
    pub page_count: i32,
    /// The title of the chosen page.
    pub page_title: Option<String>,
    /// The picture of its first page.
    pub thumbnail_url: Option<String>,
    /// What stands against showing it today.
    pub problems: Vec<String>,
}

/// Whether a link still opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// It will open.
    Scheduled,
    /// It opens.
    Active,
    /// Its time ran out.
    Expired,
    /// It was taken back.
    Revoked,
}

impl LinkState {
    /// The state of `link` at `now`.
    pub fn of(link: &pitch_link::Model, now: DateTime<Utc>) -> Self {
        if link.revoked_at.is_some() {
            return Self::Revoked;
        }
        if link.expires_at.is_some_and(|end| end <= now) {
            return Self::Expired;
        }
        match link.opens_at {
            Some(start) if now < start => Self::Scheduled,
            _ => Self::Active,
        }
    }

    /// Whether somebody who gets it now can read by it, today or later.
    pub fn is_worth_giving(self) -> bool {
        matches!(self, Self::Scheduled | Self::Active)
    }
}

/// Whom a link was made for.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Recipient {
    /// The contact, if it is one.
    pub contact_id: Option<ContactId>,
    /// The name, if it is known.
    pub name: Option<String>,
    /// The address, if it is known.
    pub email: Option<String>,
}

/// A tracked link.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LinkView {
    /// The link.
    pub id: LinkId,
    /// What it leads to.
    pub pitch_id: PitchId,
    /// The address to give to the recipient.
    pub url: String,
    /// Whom it was made for.
    pub recipient: Recipient,
    /// The link whose reader shared it on.
    pub parent_link_id: Option<LinkId>,
    /// Whether it still opens.
    pub state: LinkState,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it opens; absent where it did at once.
    pub opens_at: Option<DateTime<Utc>>,
    /// When it runs out.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Whether files can be downloaded.
    pub download_allowed: bool,
    /// What stands before it, and how files are given out.
    pub settings: LinkSettingsView,
    /// For `If-Match`.
    pub revision: i64,
    /// How many visits were a person's and read.
    pub reads: i64,
    /// How many visits were a machine's.
    pub machine_visits: i64,
    /// When it was read last.
    pub last_read_at: Option<DateTime<Utc>>,
    /// The last mail with it; absent where none was sent from here.
    pub mail: Option<LinkMail>,
}

/// The settings of a link. The passcode itself is shown to nobody.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own, and shown as one"
)]
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LinkSettingsView {
    /// How files are given out.
    pub download: DownloadMode,
    /// Whether there is a passcode.
    pub has_passcode: bool,
    /// Whether readers confirm their address.
    pub email_required: bool,
    /// Addresses and domains that may read; empty for everybody.
    pub allow: Vec<String>,
    /// Addresses and domains that may not.
    pub deny: Vec<String>,
    /// The terms that readers accept.
    pub terms_id: Option<TermsId>,
    /// Whether pictures of pages carry the viewer's address and the time.
    pub watermark: bool,
    /// Whether readers may ask not to be named.
    pub nameless_allowed: bool,
}

impl LinkSettingsView {
    /// The settings of `link`.
    pub fn of(link: &pitch_link::Model) -> Self {
        let list = |column| Entries::of(column).as_slice().to_vec();
        Self {
            download: download_mode(link),
            has_passcode: link.passcode_hash.is_some(),
            email_required: link.email_required,
            allow: list(link.allowed.as_ref()),
            deny: list(link.denied.as_ref()),
            terms_id: link.terms_id,
            watermark: link.watermark,
            nameless_allowed: link.nameless_allowed,
        }
    }
}
