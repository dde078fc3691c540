//! Signals back: what the prospects' browsers report, made durable, folded into visits, told to the reps.
//!
//! This is the write path and what is live. Figures over many deals are `analytics`; the pages that report are
//! `viewer`; the arithmetic of a visit is `rollup`.
//!
//! Invariant: an acknowledged event is on disk, is there once, and every number derived from it changed in the same
//! transaction.

mod burst;
mod commit;
mod device;
mod erase;
mod events;
mod flood;
mod follow;
mod ingest;
mod links;
mod live;
mod nameless;
mod networks;
mod notifications;
mod notify;
mod people;
mod report;
mod rules;
mod seen;
mod sittings;
mod steps;
mod stream;
mod superseded;
mod viewers;
mod visit_token;
mod visits;

pub use device::device;
pub use erase::{
    Erased, EventCopy, VisitCopy, Whose, copy_visits, erase_visits, shared_in, visits_of,
};
pub use events::{take_beacon, take_events};
pub use ingest::{Act, Before, Fetch, Ingest, ServerAct};
pub use live::Live;
pub use nameless::{NAMELESS_COOKIE, is_nameless, nameless_mark};
pub use networks::DataCentres;
pub use notifications::{
    __path_list_notifications, __path_read_notifications, NotificationPage, NotificationSubject,
    NotificationView, ReadUpTo, list_notifications, mark_read, read_notifications,
};
pub use people::{KnownAs, PassedOn, Person, Trace, people};
pub use report::{
    Beacon, BeaconEvent, BeaconReply, Candidate, Claims, Dropped, Place, Receipt, Report,
};
pub use rules::{
    __path_add_rule, __path_classify_visit, __path_list_rules, __path_revoke_rule, NewRule,
    RuleEffect, RuleView, Verdict, add_rule, classify_visit, list_rules, revoke_rule,
};
pub use seen::{BROWSER_COOKIE, Seen};
pub use stream::{__path_stream, stream};
pub use superseded::{
    __path_superseded_pages, __path_tell_readers, ChangedPage, NotTold, PageNow, ReaderStatus,
    SupersededReader, SupersededVersion, SupersededView, TellReaders, Told, superseded_pages,
    tell_readers, version_changed,
};
pub use viewers::{
    __path_opportunity_viewers, ViewerView, ViewersView, VisitViewer, opportunity_viewers,
};
pub use visit_token::{VisitClaim, VisitStart, begin_visit, go_on, read_visit_token};
pub use visits::{
    __path_live, __path_opportunity_visits, CurrentPageView, LiveView, VisitOpportunity,
    VisitPageView, VisitPitch, VisitRuling, VisitView, WatchedView, live, opportunity_visits,
};
