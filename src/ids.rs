//! Identifiers: one type per kind of row, so that an asset's id cannot stand where a pitch's is meant.
//!
//! They are UUIDs of version 7: they sort by creation, which keeps inserts at the end of an index. They are not
//! secrets: what may be reached is decided by permission and, for prospects, by a link's token.
//!
//! Invariant: every table's primary key that is a UUID has its own type here.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use serde::{Deserialize, Serialize};
use uuid::{Timestamp, Uuid};

/// A fresh UUIDv7 whose time part is `now`.
pub fn uuid_at(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(
        uuid::NoContext,
        seconds,
        now.timestamp_subsec_nanos(),
    ))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
            DeriveValueType, utoipa::ToSchema, utoipa::IntoParams,
        )]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid)]
        #[into_params(names("id"))]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh id that sorts by `now`.
            pub fn new(now: DateTime<Utc>) -> Self {
                Self(uuid_at(now))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )+};
}

ids! {
    /// A person who signs in.
    UserId,
    /// A group of users that managers look at together.
    TeamId,
    /// One sign-in of one user, revocable.
    SessionId,
    /// One piece of collateral.
    AssetId,
    /// One immutable uploaded file of an asset.
    VersionId,
    /// Captions of a video in one language.
    CaptionId,
    /// A curated, ordered set of assets.
    CollectionId,
    /// A file on its way in.
    UploadId,
    /// Files of an archive that come in together.
    ImportId,
    /// One change of many assets.
    BulkEditId,
    /// A piece of background work.
    JobId,
    /// A mail that goes out.
    MailId,
    /// A company that buys or might.
    AccountId,
    /// A person at an account.
    ContactId,
    /// A deal in the making.
    OpportunityId,
    /// One move of an opportunity along its stages.
    StageChangeId,
    /// A mutual next step of a pitch.
    PitchStepId,
    /// A reusable pitch.
    TemplateId,
    /// A call, meeting, note or status.
    ActivityId,
    /// A lead source with a cost.
    CampaignId,
    /// Something an account bought.
    PurchaseId,
    /// Chosen assets or pages, for one opportunity.
    PitchId,
    /// One asset or page in a pitch.
    PitchItemId,
    /// A tracked link to a pitch, for one recipient.
    LinkId,
    /// Terms that readers of a link accept.
    TermsId,
    /// Somebody accepted terms.
    AcceptanceId,
    /// A code that proves an address.
    LinkCodeId,
    /// One sitting of one viewer on one link.
    VisitId,
    /// A person's word over the classifier's.
    VisitRuleId,
    /// One step of an asset through its life cycle.
    StepId,
    /// One time that an asset was sent to review.
    ReviewId,
    /// Something said about an asset or one of its pages.
    CommentId,
    /// Money spent on an asset.
    CostId,
    /// Content that reps ask for.
    RequestId,
    /// One signal of a visit; made on the viewer's device.
    EventId,
    /// Terms that stand for each other in searches.
    SynonymId,
    /// One search, however it was typed.
    SearchId,
    /// Something about a reader that is worth an act.
    SignalId,
    /// A signal to be told to one user by one channel.
    AlertItemId,
    /// An address that is told what happens.
    WebhookId,
    /// One message to one webhook.
    DeliveryId,
    /// A question that a reader asked about a page.
    QuestionId,
    /// Something erased on a reader's request.
    ErasureId,
    /// One line of the audit log.
    AuditId,
    /// One reason not to contact somebody.
    RestrictionId,
    /// One mail that came back.
    BounceId,
    /// A manager's word that a link may be sent all the same.
    OverrideId,
}
