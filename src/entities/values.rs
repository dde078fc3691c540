//! The closed sets of values that columns hold, spelled the same in database, API and code.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

macro_rules! text_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:tt),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum,
            Serialize, Deserialize, utoipa::ToSchema,
        )]
        #[sea_orm(rs_type = "String", db_type = "Text")]
        pub enum $name {
            $($(#[$vdoc])* #[sea_orm(string_value = $text)] #[serde(rename = $text)] $variant),+
        }

        impl $name {
            /// Every value, in its natural order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value as database, API and files spell it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(format!(
                        "must be one of {}",
                        Self::ALL.iter().map(|value| value.as_str()).collect::<Vec<_>>().join(", ")
                    )),
                }
            }
        }
    };
}

text_enum! {
    /// What a user may do; see `http::permission` for the table.
    Role { Rep = "rep", Marketer = "marketer", Manager = "manager", Admin = "admin" }
}
text_enum! {
    /// Whether the files of a link can be downloaded, and as what.
    DownloadMode { Off = "off", Original = "original", Pdf = "pdf" }
}
text_enum! {
    /// What somebody did with a result of a search.
    ClickKind {
        /// Opened the asset or the page.
        Opened = "opened",
        /// Put it into a pitch.
        Added = "added",
    }
}
text_enum! {
    /// What sort of collateral an asset is.
    AssetKind {
        Deck = "deck", CaseStudy = "case_study", Datasheet = "datasheet", Whitepaper = "whitepaper",
        PriceSheet = "price_sheet", Calculator = "calculator", Battlecard = "battlecard", OnePager = "one_pager",
        Image = "image", Video = "video", Template = "template", Email = "email", Guide = "guide", Other = "other",
    }
}
text_enum! {
    /// Where an asset stands in its life cycle.
    AssetState {
        Draft = "draft", InReview = "in_review", Approved = "approved", Expired = "expired", Archived = "archived",
    }
}
text_enum! {
    /// What money was spent on an asset for.
    CostKind { Production = "production", Upkeep = "upkeep" }
}
text_enum! {
    /// What became of a request for content.
    RequestStatus {
        Open = "open", Planned = "planned", InProgress = "in_progress", Done = "done", Declined = "declined",
    }
}
text_enum! {
    /// How far the conversion of a version has come.
    VersionState { Queued = "queued", Converting = "converting", Ready = "ready", Failed = "failed" }
}
text_enum! {
    /// A dimension by which collateral is described; the values are the marketers' own.
    Facet {
        Product = "product", Industry = "industry", Stage = "stage", Persona = "persona", Region = "region",
        Competitor = "competitor", Tag = "tag",
    }
}
text_enum! {
    /// What became of one asset in an edit of many.
    BulkOutcome { Done = "done", Unchanged = "unchanged", Refused = "refused" }
}
text_enum! {
    /// Where an open opportunity stands.
    Stage { Discovery = "discovery", Evaluation = "evaluation", Proposal = "proposal", Negotiation = "negotiation" }
}
text_enum! {
    /// How an opportunity ended, or that it has not.
    Outcome { Open = "open", Won = "won", Lost = "lost" }
}
text_enum! {
    /// The part a contact plays in the buying committee of one opportunity.
    ContactRole {
        Champion = "champion", EconomicBuyer = "economic_buyer", TechnicalBuyer = "technical_buyer", User = "user",
        Legal = "legal", Blocker = "blocker",
    }
}
text_enum! {
    /// What sort of contact with the customer an activity was.
    ActivityKind { Call = "call", Meeting = "meeting", Note = "note", Email = "email", Status = "status" }
}
text_enum! {
    /// How far a job has come.
    JobState { Queued = "queued", Running = "running", Done = "done", Failed = "failed" }
}
text_enum! {
    /// How far an import of files has come: looked through, waiting for its go, at work, at its end.
    ImportState {
        Checking = "checking", Checked = "checked", Running = "running", Done = "done", Failed = "failed",
    }
}
text_enum! {
    /// What became, or would become, of one file of an import.
    ImportOutcome { Created = "created", NewVersion = "new_version", Unchanged = "unchanged", Refused = "refused" }
}
text_enum! {
    /// How far a mail has come.
    MailState {
        /// It will be sent.
        Queued = "queued",
        /// The mail server has taken it.
        Sent = "sent",
        /// No mail server is configured; it is kept for people to see.
        Held = "held",
        /// It was given up.
        Failed = "failed",
    }
}
text_enum! {
    /// In which way somebody must not be contacted.
    RestrictionKind {
        /// Not before a day.
        DoNotContactBefore = "do_not_contact_before",
        /// They do not want it.
        OptOut = "opt_out",
    }
}
text_enum! {
    /// What a restriction is about.
    Channel {
        /// Every way of getting in touch.
        All = "all",
        /// Mail.
        Email = "email",
    }
}
text_enum! {
    /// In which way a mail came back.
    BounceKind {
        /// For good: there is no such mailbox.
        Hard = "hard",
        /// For now: the mailbox is full, the server is away.
        Soft = "soft",
    }
}
text_enum! {
    /// One sort of signal.
    EventKind {
        /// A machine asked for the page (written by the server).
        Fetched = "fetched",
        /// The page ran in a browser.
        Opened = "opened",
        /// A page was in view; carries active milliseconds.
        PageViewed = "page_viewed",
        /// A page was enlarged.
        Zoomed = "zoomed",
        /// An original was downloaded (written by the server).
        Downloaded = "downloaded",
        /// The link was shared with a colleague (written by the server).
        Shared = "shared",
        /// A next step was ticked off (written by the server).
        StepTicked = "step_ticked",
        /// A question was asked about a page (written by the server).
        Asked = "asked",
        /// A video played; carries milliseconds.
        VideoPlayed = "video_played",
        /// A link inside the content was followed.
        LinkClicked = "link_clicked",
        /// Every page was in view for a second or more.
        Completed = "completed",
        /// The reader came back to the page after having been away.
        Returned = "returned",
    }
}
text_enum! {
    /// Whether a visit was a person's.
    VisitClass { Human = "human", Unverified = "unverified", Machine = "machine" }
}
text_enum! {
    /// By what a person's word over the classifier's chooses visits.
    RuleField {
        /// One visit, by its id.
        Visit = "visit",
        /// All visits of a link, by its id.
        Link = "link",
        /// All visits from a truncated network.
        Network = "network",
        /// All visits whose browser calls itself something with this in it.
        Agent = "agent",
        /// All visits of one browser, by its random name.
        Browser = "browser",
    }
}
text_enum! {
    /// How far a visit went: asked for, run in a browser, shown to a person.
    VisitLevel { Fetched = "fetched", Opened = "opened", Read = "read" }
}
text_enum! {
    /// Whose turn a next step is.
    StepSide {
        /// The sender's.
        Ours = "ours",
        /// The prospect's.
        Theirs = "theirs",
    }
}
text_enum! {
    /// Who may use a pitch template.
    TemplateAudience {
        /// Its owner.
        Mine = "mine",
        /// Its team.
        Team = "team",
        /// Everybody here.
        Everyone = "everyone",
    }
}
text_enum! {
    /// What sort of named signal.
    SignalKind {
        /// Somebody read a pitch for the first time.
        FirstRead = "first_read",
        /// Somebody read who is new at the account.
        NewPerson = "new_person",
        /// Somebody came back after a silence.
        Returned = "returned",
        /// A link is read by somebody it was not made for.
        Forwarded = "forwarded",
        /// A pitch was read to its end.
        Completed = "completed",
        /// The page with the price was passed over.
        SkippedPrice = "skipped_price",
        /// A question was asked.
        Asked = "asked",
        /// A link was shared with a colleague.
        Shared = "shared",
        /// An original was downloaded.
        Downloaded = "downloaded",
        /// The opportunity's score rose to the threshold.
        SalesReady = "sales_ready",
    }
}
text_enum! {
    /// By which way somebody is told.
    AlertChannel { App = "app", Mail = "mail", Chat = "chat" }
}
text_enum! {
    /// A user's word on one opportunity.
    WatchMode { Watch = "watch", Mute = "mute" }
}
text_enum! {
    /// How a webhook is written to.
    WebhookFormat {
        /// JSON signed as Standard Webhooks say.
        Standard = "standard",
        /// A message for a Slack channel.
        Slack = "slack",
        /// An adaptive card for a Microsoft Teams channel.
        Teams = "teams",
    }
}
text_enum! {
    /// How far a message to a webhook has come.
    DeliveryState {
        /// It will be tried, or tried again.
        Pending = "pending",
        /// The receiver has taken it.
        Delivered = "delivered",
        /// It was given up.
        Failed = "failed",
        /// The webhook was switched off, or what it tells turned out not to be so, before it was delivered.
        Cancelled = "cancelled",
    }
}
