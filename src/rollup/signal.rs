//! One event as the fold sees it, and the shape of its `data`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::entities::event;
use crate::ids::AssetId;

/// What an event may carry in `data`. The client's part is a claim; the server's part was seen by the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignalData {
    /// What the browser says about itself and its user.
    #[serde(flatten)]
    pub client: ClientFacts,
    /// What the request showed; overwritten by the server, whatever the client sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<ServerFacts>,
}

/// The browser's claims. Counts are of the whole visit so far, so that a report sent twice or late does no harm.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientFacts {
    /// `navigator.webdriver`.
    #[serde(skip_serializing_if = "is_default")]
    pub webdriver: bool,
    /// Trusted inputs so far: pointer, key, touch, wheel.
    #[serde(skip_serializing_if = "is_default")]
    pub inputs: u32,
    /// Inputs so far that scripts made (`isTrusted` is false).
    #[serde(skip_serializing_if = "is_default")]
    pub untrusted: u32,
}

/// What the server saw when the page was asked for, or when its script first spoke.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServerFacts {
    /// What the browser calls itself.
    pub user_agent: String,
    /// The truncated address.
    pub network: String,
    /// The random name in the browser's cookie.
    pub browser_id: String,
    /// Asked with HEAD.
    #[serde(skip_serializing_if = "is_default")]
    pub head: bool,
    /// Asked ahead of time (`Sec-Purpose: prefetch`).
    #[serde(skip_serializing_if = "is_default")]
    pub prefetch: bool,
    /// Its user is not to be known.
    #[serde(skip_serializing_if = "is_default")]
    pub unnamed: bool,
    /// How many pages of each asset the pitch offered.
    pub offered: BTreeMap<AssetId, i32>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// An event with its `data` read.
#[derive(Clone, Debug)]
pub struct Signal<'a> {
    /// The row.
    pub event: &'a event::Model,
    /// Its data; what cannot be read counts as not said.
    pub data: SignalData,
}

impl<'a> Signal<'a> {
    /// Reads a row.
    pub fn of(event: &'a event::Model) -> Self {
        let data = match &event.data {
            Value::Object(object) if !object.is_empty() => {
                SignalData::deserialize(&event.data).unwrap_or_default()
            }
            _ => SignalData::default(),
        };
        Self { event, data }
    }
}
