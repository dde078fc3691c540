//! What the screen shows of readers whose pages have changed.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::auth::UserRef;
use crate::engagement::{VisitOpportunity, VisitPitch};
use crate::ids::{AssetId, LinkId, PitchItemId, VersionId};

/// Who has read pages of an asset that have since changed.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SupersededView {
    /// The asset.
    pub asset_id: AssetId,
    /// What it shows now; absent where nothing of it was ever shown.
    pub current: Option<SupersededVersion>,
    /// The readers; whoever read last comes first.
    pub items: Vec<SupersededReader>,
    /// How many more there are who read before that.
    pub left_out: usize,
    /// A short message to begin with; the rep changes it as they like.
    pub message: String,
}

/// The version that changed the pages.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SupersededVersion {
    /// The version.
    pub id: VersionId,
    /// Its number.
    pub number: i32,
    /// What changed, in the words of whoever uploaded it.
    pub change_note: Option<String>,
}

/// One reader of one link.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SupersededReader {
    /// Their link.
    pub link_id: LinkId,
    /// Whom the link is for, if that is known.
    pub name: Option<String>,
    /// Their address, if it is known.
    pub email: Option<String>,
    /// The account.
    pub account_name: String,
    /// The opportunity.
    pub opportunity: VisitOpportunity,
    /// The pitch.
    pub pitch: VisitPitch,
    /// Whose pitch it is.
    pub owner: Option<UserRef>,
    /// When they read one of the pages last.
    pub read_at: DateTime<Utc>,
    /// What they read that has changed.
    pub pages: Vec<ChangedPage>,
    /// Whether and how they can be told.
    pub status: ReaderStatus,
    /// The same in a sentence.
    pub status_detail: String,
    /// Whether the caller may write to them: the pitch's owner and their manager may.
    pub may_tell: bool,
    /// Their link, at the first of the pages; only for those who may write to them, and only while it is open.
    pub url: Option<String>,
}

/// Whether a reader can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReaderStatus {
    /// A mail can go out.
    CanBeTold,
    /// They know already.
    Told,
    /// There is no address; the message can be copied.
    NoAddress,
    /// Mail to their address came back; the message can be copied.
    Bounced,
    /// They must not be contacted, or do not want mail.
    Refused,
    /// The link was taken back.
    Revoked,
    /// The link has run out.
    Expired,
    /// Their pitch does not show the new pages: it keeps an older version, or the item was taken out.
    NotShown,
}

/// A page that somebody read and that has changed.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ChangedPage {
    /// The item of the pitch through which they read it.
    pub item_id: PitchItemId,
    /// The version that they read.
    pub version_id: VersionId,
    /// Its number.
    pub version_number: i32,
    /// The page of it.
    pub page_number: i32,
    /// Its title then.
    pub title: String,
    /// Its small picture then.
    pub thumbnail_url: String,
    /// What it is now; absent where it is gone.
    pub now: Option<PageNow>,
    /// When they read it last.
    pub read_at: DateTime<Utc>,
    /// When they were told, if they were.
    pub told_at: Option<DateTime<Utc>>,
}

/// What a page has become.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PageNow {
    /// The page of the current version.
    pub page_number: i32,
    /// Its title.
    pub title: String,
    /// Its small picture.
    pub thumbnail_url: String,
    /// Whether its words are others.
    pub text_changed: bool,
    /// Whether its picture is another.
    pub picture_changed: bool,
    /// Where it stands on the reader's page, from 1; absent where their pitch does not show it.
    pub ordinal: Option<usize>,
}
