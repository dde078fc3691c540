//! What administrators look after: the mail that goes out, and the log of who did what.
//!
//! Users are `auth`; checks of the installation are `lastmile doctor`.

mod audit;
mod mails;

pub use audit::{__path_list_audit, AuditQuery, AuditView, list_audit};
pub use mails::{
    __path_list_mails, __path_send_mail_again, MailPage, MailView, MailsQuery, list_mails,
    send_mail_again,
};
