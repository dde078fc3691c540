//! What administrators look after: the mail that goes out, webhooks and chat channels, the log of who did what.
//!
//! Users are `auth`; checks of the installation are `lastmile doctor`.

mod audit;
mod mails;
mod webhooks;

pub use audit::{__path_list_audit, AuditQuery, AuditView, list_audit};
pub use mails::{
    __path_list_mails, __path_send_mail_again, MailPage, MailView, MailsQuery, list_mails,
    send_mail_again,
};
pub use webhooks::{
    __path_add_webhook, __path_delete_webhook, __path_edit_webhook, __path_get_delivery,
    __path_get_webhook, __path_list_deliveries, __path_list_webhooks, __path_ping_webhook,
    __path_replay_delivery, __path_rotate_webhook, DeliveriesQuery, DeliveryDetail, DeliveryTry,
    DeliveryView, NewWebhook, WebhookEdit, WebhookView, add_webhook, delete_webhook, edit_webhook,
    get_delivery, get_webhook, list_deliveries, list_webhooks, ping_webhook, replay_delivery,
    rotate_webhook,
};
