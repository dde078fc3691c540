//! Sending links by mail: what the sender should know before, the mail, the refusals, and what became of it.
//!
//! Whether somebody may be contacted is known by `crm`; handing mails to a server is `mail`'s. Copying a link and sending it
//! in one's own way is nobody's business here.
//!
//! Invariants: a mail and the note that the link was sent stand in one transaction; one wish to send is one mail, however
//! often it is asked for; nothing goes to whom a [`crate::crm::Obstacle`] stands against, unless a manager has said so for
//! this link after the obstacle was there.

mod bounces;
mod briefing;
mod facts;
mod grant;
mod last_look;
mod letter;
mod preview;
mod send;
mod state;

pub use bounces::{__path_take_bounces, BounceReport, BounceReports, BouncesTaken, take_bounces};
pub use briefing::{__path_get_briefing, Briefing, get_briefing};
pub use facts::{Agreed, LastContact, OtherDeal, Person, ReceivedPitch};
pub use grant::{__path_grant_override, NewOverride, grant_override};
pub use last_look::refusal_of;
pub use preview::{MailDraft, preview_mail};
pub use send::{__path_send_link, NewSend, send, send_link};
pub(super) use state::attach_mails;
pub use state::{LinkMail, LinkMailState};
