//! From which numbers on something counts: named signals, scores, alerts.

use serde::{Deserialize, Serialize};

/// When a named signal is one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignalConfig {
    /// How many seconds after its beginning a visit is believed: scanners give themselves away by then.
    pub stall_secs: u32,
    /// After how many hours of silence a visit is a return.
    pub return_after_hours: u32,
    /// Which share of the pages makes "read to the end", 0 to 1.
    pub completion: f64,
    /// How many pages somebody must have seen before a price that was not looked at was skipped.
    pub price_pages: u32,
    /// Words that name a price, in small letters. A page with one in its title is a price page; in its text there
    /// must be amounts of money as well.
    pub price_words: Vec<String>,
    /// How many amounts of money make a page with such a word in its text a price page.
    pub price_amounts: u32,
    /// What happened longer ago than this many hours is shown, but alarms nobody.
    pub fresh_hours: u32,
}

impl Default for SignalConfig {
    fn default() -> Self {
        let words = "price prices pricing fees tariff tariffs quote quotation preis preise preisliste angebot \
                     prix tarif tarifs devis precio precios prezzo prezzi prijs prijzen pris priser";
        Self {
            stall_secs: 10,
            return_after_hours: 48,
            completion: 0.8,
            price_pages: 2,
            price_words: words.split_whitespace().map(str::to_owned).collect(),
            price_amounts: 3,
            fresh_hours: 24,
        }
    }
}

/// What a score is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScoreConfig {
    /// After how many days a read is worth half.
    pub half_life_days: f64,
    /// For a read.
    pub read: f64,
    /// Times the logarithm of one and the active minutes.
    pub minutes: f64,
    /// Times the share of the pages that was seen.
    pub completion: f64,
    /// For every time it was shared.
    pub shared: f64,
    /// For every question asked.
    pub asked: f64,
    /// For every person who has read, in an opportunity's score.
    pub reader: f64,
    /// For every needed role that has read, in an opportunity's score.
    pub role: f64,
    /// The roles that a decision needs.
    pub needed_roles: Vec<String>,
    /// From which score on an opportunity is sales-ready.
    pub ready: f64,
    /// From which score on a contact is.
    pub contact_ready: f64,
}

impl Default for ScoreConfig {
    fn default() -> Self {
        Self {
            half_life_days: 14.0,
            read: 1.0,
            minutes: 1.0,
            completion: 2.0,
            shared: 3.0,
            asked: 2.0,
            reader: 1.0,
            role: 1.0,
            needed_roles: ["champion", "economic_buyer", "technical_buyer"]
                .map(str::to_owned)
                .to_vec(),
            ready: 12.0,
            contact_ready: 8.0,
        }
    }
}

/// How alerts go out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlertConfig {
    /// How many seconds the first signal of a bundle waits for others.
    pub bundle_secs: u32,
    /// How many seconds lie between two mails to one user about one opportunity.
    pub mail_every_secs: u32,
    /// How many seconds lie between two chat messages about one opportunity.
    pub chat_every_secs: u32,
}

impl Default for AlertConfig {
    fn default() -> Self {
        Self {
            bundle_secs: 60,
            mail_every_secs: 3_600,
            chat_every_secs: 600,
        }
    }
}
