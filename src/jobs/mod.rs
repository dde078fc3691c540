//! Background work: rows in the database, claimed by workers under a lease.
//!
//! A job is written in the transaction of the business row that causes it, so neither exists without the other. It
//! knows no feature: features register what to do for a kind of job.
//!
//! Invariant: a job is done by at most one worker at a time that may still write, told by its fence: every claim
//! raises it, and every write by a worker names the one it holds.

mod queue;
mod worker;

pub use queue::{AWAITED, BULK, Claim, Failure, NewJob, enqueue, enqueue_for, hold, is_open, list};
pub use worker::{Handler, Wake, Worker};
