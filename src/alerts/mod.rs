//! Who hears of a signal, by which way and when: bell, mail and chat, in bundles and outside of quiet hours.
//!
//! ```text
//! new signals -> plan.rs (whom, which channel) -> bell at once, alert_items for the rest, all in the caller's transaction
//! alert_items that are due -> deliver.rs -> one mail or chat message for each bundle
//! signals that are none    -> recall.rs: out of what is not out yet; plan.rs: who was told hears of it
//! ```
//!
//! It makes no signal (`signals` does) and sends nothing itself (`mail` and `webhooks` do).
//!
//! Invariants: one signal reaches one user once by each channel; what is not so does not go out, however long it
//! waited; at most one mail to a user about an opportunity in an hour; in quiet hours nothing goes out, and at their end
//! everything held goes out as one bundle.

mod channel;
mod deliver;
mod plan;
mod quiet;
mod recall;
mod settings;
mod settings_routes;
mod text;
mod watch;

pub use deliver::deliver_due;
pub use plan::{Concern, drop_untold, heard, plan, stand_again, take_back};
pub use quiet::QuietHours;
pub use recall::{erase_told, recall};
pub use settings::{AlertSettings, SignalChannels};
pub use settings_routes::{
    __path_get_alert_settings, __path_get_team_alert_settings, __path_put_alert_settings,
    __path_put_team_alert_settings, __path_reset_alert_settings, AlertSettingsView,
    get_alert_settings, get_team_alert_settings, put_alert_settings, put_team_alert_settings,
    reset_alert_settings,
};
pub use watch::{__path_get_watch, __path_put_watch, WatchView, get_watch, put_watch};
