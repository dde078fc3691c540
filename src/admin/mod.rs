//! What administrators look after: so far, the mail that goes out.
//!
//! Users are `auth`; checks of the installation are `lastmile doctor`.

mod mails;

pub use mails::{
    __path_list_mails, __path_send_mail_again, MailPage, MailView, MailsQuery, list_mails,
    send_mail_again,
};
