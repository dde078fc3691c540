//! Mail that goes out: an outbox in the database, and the company's SMTP server.
//!
//! A mail is a row, written in the transaction of the business rows that cause it together with the job that sends it,
//! so neither exists without the other. It knows no feature: what a mail says and to whom is decided by those who
//! [`queue`] it. Mail that comes in is not read.
//!
//! Invariants: one mail per `dedupe_key`, whatever happens; nothing that people typed can add a header or a recipient;
//! the token of a link, that by which its reader opts out, and one-time codes are put in only while a mail is sent or shown
//! to an administrator, and are never in the database.

mod address;
mod letter;
mod opt_out;
mod outbox;
mod sender;

pub use address::{Address, Recipient};
pub use letter::{Button, LINK_TOKEN, Letter, ONE_TIME_CODE, OPT_OUT_TOKEN, Picture, Point};
pub use opt_out::{mail_of_opt_out, opt_out_path, opt_out_token};
pub use outbox::{NewMail, discard, queue, queue_again, rewrite, unsent};
pub use sender::{LastLook, Mailer, SEND, mail_of_message_id, message_id, text_with_token};
