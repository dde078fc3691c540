//! Telling other programs, and chat channels, what happens: messages in the database, delivered by HTTP.
//!
//! A message is a row, written in the transaction of what causes it together with the job that delivers it. It knows
//! no feature: what is told is decided by those who [`publish`] it. Messages that come in are not taken.
//!
//! ```text
//! publish -> webhook_deliveries + job -> deliver.rs: POST, signed (sign.rs) -> webhook_tries
//!                                        no 2xx: again, 10 tries over about 75 hours; 410: the webhook is switched off
//! ```
//!
//! A message that is not out yet can be held back or written anew (recall.rs); one that is out is followed by another.
//!
//! Invariants: a message keeps its id at every try, so that a receiver can drop what it has; only public addresses are
//! connected to, unless the configuration allows others; no secret is in the database.

mod chat;
mod deliver;
mod publish;
mod recall;
mod sign;

pub use chat::{ChatLine, ChatMessage};
pub use deliver::{DELIVER, Deliverer, TRIES};
pub use publish::{EVENT_TYPES, Event, Follows, PING, ping, publish, publish_to, replay};
pub use recall::{Unsent, cancel, erase, hold_back, let_go, rewrite, unsent};
pub use sign::{secret_text, sign, signatures};
