//! A report: what one request tells about one visit, ready to be appended.

use actix_web::web::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::entities::EventKind;
use crate::error::{Code, Error, Result};
use crate::ids::{AssetId, EventId, LinkId, PitchItemId, VersionId, VisitId};
use crate::rollup::{ClientFacts, SignalData};

/// How many events one request may carry.
const MOST_EVENTS: usize = 200;

/// Events of one visit that passed every step but the last ones, which need the visit's row.
#[derive(Clone, Debug)]
pub struct Report {
    /// The visit.
    pub visit: VisitId,
    /// Its link.
    pub link: LinkId,
    /// When the request came.
    pub received_at: DateTime<Utc>,
    /// The events.
    pub events: Vec<Candidate>,
}

/// An event to append.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Made on the viewer's device.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
    /// When, by the server's clock.
    pub occurred_at: DateTime<Utc>,
    /// Where in the pitch.
    pub place: Option<Place>,
    /// Active milliseconds as claimed.
    pub active_ms: i64,
    /// What it says beyond that.
    pub data: SignalData,
}

/// An item of the pitch and a page of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The item.
    pub item: PitchItemId,
    /// Its asset.
    pub asset: AssetId,
    /// The version shown.
    pub version: VersionId,
    /// The page, where one is meant.
    pub page: Option<i32>,
}

/// What became of a report, after it is on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Events appended.
    pub accepted: usize,
    /// Events that were there already.
    pub duplicate: usize,
}

/// The body of a beacon.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct Beacon {
    /// The visit token of the page.
    pub visit: String,
    /// What happened, in any order.
    pub events: Vec<BeaconEvent>,
}

/// One event of a beacon.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct BeaconEvent {
    /// A UUID made on the device; the same event sent again has the same.
    pub id: String,
    /// `opened`, `page_viewed`, `zoomed`, `video_played`, `link_clicked`, `completed` or `returned`.
    pub kind: String,
    /// The item of the pitch.
    #[serde(default)]
    pub item: Option<String>,
    /// The page of its asset.
    #[serde(default)]
    pub page: Option<i32>,
    /// Milliseconds since the last report of this page in which it was visible, focused and its user not idle.
    #[serde(default)]
    pub active_ms: Option<f64>,
    /// How many milliseconds ago it happened.
    #[serde(default)]
    pub ago_ms: f64,
    /// `{webdriver?, inputs?, untrusted?, kinds?, moves?, bends?, gaps?, spread?, assisted?}`, of the whole visit so
    /// far, and of a video `{watched?: [[from, to], ...]}` in seconds.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub data: Option<Claims>,
}

/// What a browser says of itself; nonsense is known as such, so that it drops its event and not the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claims {
    /// As it should be.
    Read(ClientFacts),
    /// Something else.
    Unreadable,
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Only what the fold knows is kept: a browser cannot store anything else here.
        let value = serde_json::Value::deserialize(deserializer)?;
        Ok(ClientFacts::deserialize(value).map_or(Self::Unreadable, Self::Read))
    }
}

/// A beacon whose events are all as they should be: read without a detour.
#[derive(Deserialize)]
struct Sound {
    visit: String,
    events: Vec<SoundEvent>,
}

#[derive(Deserialize)]
struct SoundEvent {
    id: String,
    kind: String,
    #[serde(default)]
    item: Option<String>,
    #[serde(default)]
    page: Option<i32>,
    #[serde(default)]
    active_ms: Option<f64>,
    #[serde(default)]
    ago_ms: f64,
    #[serde(default)]
    data: Option<ClientFacts>,
}

impl From<Sound> for Beacon {
    fn from(sound: Sound) -> Self {
        let events = sound.events.into_iter().map(|event| BeaconEvent {
            id: event.id,
            kind: event.kind,
            item: event.item,
            page: event.page,
            active_ms: event.active_ms,
            ago_ms: event.ago_ms,
            data: event.data.map(Claims::Read),
        });
        Self {
            visit: sound.visit,
            events: events.collect(),
        }
    }
}

/// The answer to a beacon.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct BeaconReply {
    /// Events now on disk.
    pub accepted: usize,
    /// Events that were there already.
    pub duplicate: usize,
    /// Events that are not kept, each with the reason; sending them again is of no use.
    pub dropped: Vec<Dropped>,
}

/// An event that is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Dropped {
    /// As it was sent.
    pub id: String,
    /// Why.
    pub reason: &'static str,
}

impl Beacon {
    /// Reads a body, whatever media type it claims: `sendBeacon` says `text/plain`.
    pub(super) fn read(body: &Bytes) -> Result<Self> {
        let beacon: Self = match serde_json::from_slice::<Sound>(body) {
            Ok(sound) => sound.into(),
            Err(_) => serde_json::from_slice(body).map_err(|error| {
                Error::new(
                    Code::Malformed,
                    format!("The report is not as expected: {error}"),
                )
            })?,
        };
        if beacon.events.len() > MOST_EVENTS {
            return Err(Error::new(
                Code::TooLarge,
                format!("A report may have {MOST_EVENTS} events at the most."),
            ));
        }
        Ok(beacon)
    }
}
