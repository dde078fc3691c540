//! One event as the fold sees it, and the shape of its `data`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::entities::event;
use crate::ids::{AssetId, VisitId};

/// How many stretches of one video are remembered.
const MOST_STRETCHES: usize = 50;

/// What an event may carry in `data`. The client's part is a claim; the server's part was seen by the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignalData {
    /// What the browser says about itself and its user.
    #[serde(flatten)]
    pub client: ClientFacts,
    /// What the request showed; overwritten by the server, whatever the client sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<Box<ServerFacts>>,
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
    /// Which inputs there were: 1 pointer moved, 2 pressed, 4 key, 8 touch, 16 wheel.
    #[serde(skip_serializing_if = "is_default")]
    pub kinds: u32,
    /// Moves of the pointer so far.
    #[serde(skip_serializing_if = "is_default")]
    pub moves: u32,
    /// Of these, those that changed direction.
    #[serde(skip_serializing_if = "is_default")]
    pub bends: u32,
    /// Pauses so far between one act (input or scrolling) and the next.
    #[serde(skip_serializing_if = "is_default")]
    pub gaps: u32,
    /// How much these pauses differ: their standard deviation in percent of their mean.
    #[serde(skip_serializing_if = "is_default")]
    pub spread: u32,
    /// Moves of the focus, and presses without a pointer: how assistive technology gets about.
    #[serde(skip_serializing_if = "is_default")]
    pub assisted: u32,
    /// Stretches of a video that were watched, `[from, to]` in seconds, of `video_played`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub watched: Vec<(u32, u32)>,
}

/// What the server saw when the page was asked for, or when its script first spoke.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent observations, each true or not"
)]
pub struct ServerFacts {
    /// What the browser calls itself.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub user_agent: String,
    /// The truncated address.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub network: String,
    /// The random name in the browser's cookie.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub browser_id: String,
    /// Asked with HEAD.
    #[serde(skip_serializing_if = "is_default")]
    pub head: bool,
    /// Asked ahead of time (`Sec-Purpose: prefetch`).
    #[serde(skip_serializing_if = "is_default")]
    pub prefetch: bool,
    /// The page was asked for without naming a language, which browsers always do.
    #[serde(skip_serializing_if = "is_default")]
    pub no_language: bool,
    /// The address is one of a data centre.
    #[serde(skip_serializing_if = "is_default")]
    pub data_centre: bool,
    /// Followed the link that people cannot see.
    #[serde(skip_serializing_if = "is_default")]
    pub trap: bool,
    /// Drew the page without running its script.
    #[serde(skip_serializing_if = "is_default")]
    pub drawn: bool,
    /// How many links the same program asked for from the same network within half a minute.
    #[serde(skip_serializing_if = "is_default")]
    pub burst: u32,
    /// The same browser was here before.
    #[serde(skip_serializing_if = "is_default")]
    pub returned: bool,
    /// On another day, too.
    #[serde(skip_serializing_if = "is_default")]
    pub another_day: bool,
    /// The address that a code sent to it has proved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<String>,
    /// The visit that this one continues after a silence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continues: Option<VisitId>,
    /// Its user is not to be known.
    #[serde(skip_serializing_if = "is_default")]
    pub unnamed: bool,
    /// They chose so on the page of the link.
    #[serde(skip_serializing_if = "is_default")]
    pub nameless: bool,
    /// How many pages of each asset the pitch offered.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub offered: BTreeMap<AssetId, i32>,
}

impl ServerFacts {
    /// Leaves nothing that could tell whose it is; `nameless` says that they chose so on the page of the link.
    pub fn take_name_away(&mut self, nameless: bool) {
        self.unnamed = true;
        self.nameless |= nameless;
        self.verified = None;
        self.network.clear();
        self.browser_id.clear();
    }
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
    pub data: Cow<'a, SignalData>,
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
        let data = Cow::Owned(data);
        Self { event, data }
    }
}

/// The union of stretches, in order, whatever order they come in.
pub(super) fn union(stretches: impl IntoIterator<Item = (u32, u32)>) -> Vec<(u32, u32)> {
    let mut sorted: Vec<(u32, u32)> = stretches
        .into_iter()
        .filter(|(from, to)| from < to)
        .collect();
    sorted.sort_unstable();
    let mut joined: Vec<(u32, u32)> = Vec::with_capacity(sorted.len());
    for (from, to) in sorted {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

impl ClientFacts {
    /// Claims of a size that is believable; what is absurd is cut.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        const DAY: u32 = 24 * 60 * 60;
        self.watched.truncate(MOST_STRETCHES);
        for stretch in &mut self.watched {
            *stretch = (stretch.0.min(DAY), stretch.1.min(DAY));
        }
        self.watched = union(std::mem::take(&mut self.watched));
        self.spread = self.spread.min(1_000);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_are_joined_where_they_touch() {
        assert_eq!(
            union([(5, 9), (0, 3), (3, 4), (8, 12), (7, 7)]),
            [(0, 4), (5, 12)]
        );
    }

    #[test]
    fn data_reads_back_as_it_was_written() {
        let data = SignalData {
            client: ClientFacts {
                inputs: 3,
                watched: vec![(0, 5)],
                ..ClientFacts::default()
            },
            server: Some(Box::new(ServerFacts {
                trap: true,
                ..ServerFacts::default()
            })),
        };
        let json = serde_json::to_value(&data).unwrap();
        assert_eq!(SignalData::deserialize(&json).unwrap(), data);
    }
}
