//! Signals back: what the prospects' browsers report, made durable, folded into visits, told to the reps.
//!
//! This is the write path and what is live. Figures over many deals are `analytics`; the pages that report are
//! `viewer`; the arithmetic of a visit is `rollup`.
//!
//! Invariant: an acknowledged event is on disk, is there once, and every number derived from it changed in the same
//! transaction.

mod commit;
mod events;
mod ingest;
mod links;
mod live;
mod notify;
mod report;
mod seen;
mod steps;
mod visit_token;

pub use events::{take_beacon, take_events};
pub use ingest::{Act, Fetch, Ingest, ServerAct};
pub use live::Live;
pub use report::{Beacon, BeaconEvent, BeaconReply, Candidate, Dropped, Place, Receipt, Report};
pub use seen::{BROWSER_COOKIE, Seen};
pub use visit_token::{VisitClaim, VisitStart, begin_visit, read_visit_token};
