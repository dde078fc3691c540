//! Webhooks and chat channels: adding, trying and changing them, and the log of what they were told.
//!
//! What is sent, and how, is `webhooks` (floor 2); here administrators look after it.

mod edit;
mod log;
mod views;

pub use edit::{
    __path_add_webhook, __path_delete_webhook, __path_edit_webhook, __path_get_webhook,
    __path_list_webhooks, __path_ping_webhook, __path_rotate_webhook, add_webhook, delete_webhook,
    edit_webhook, get_webhook, list_webhooks, ping_webhook, rotate_webhook,
};
pub use log::{
    __path_get_delivery, __path_list_deliveries, __path_replay_delivery, DeliveriesQuery,
    get_delivery, list_deliveries, replay_delivery,
};
pub use views::{DeliveryDetail, DeliveryTry, DeliveryView, NewWebhook, WebhookEdit, WebhookView};
