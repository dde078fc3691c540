//! A browser with a prospect's page open, reporting on its visit.

use lastmile::app::App;
use lastmile::engagement::begin_visit;
use lastmile::ids::{EventId, VisitId};
use serde_json::{Value, json};

use crate::fixtures::{SentItem, SentPitch};
use crate::support::Reply;

/// A browser with a visit of a link.
#[derive(Clone)]
pub(crate) struct Tab {
    pub(crate) visit: VisitId,
    visit_token: String,
    url: String,
    agent: String,
    client: reqwest::Client,
}

impl Tab {
    /// A visit that began so many seconds ago: as much active time can be reported.
    pub(crate) fn open(app: &App, base: &str, sent: &SentPitch, seconds_ago: i64) -> Self {
        let then = app.clock.now() - chrono::TimeDelta::seconds(seconds_ago);
        let start = begin_visit(&app.keys, sent.link, then);
        Self {
            visit: start.visit,
            visit_token: start.token,
            url: format!("{base}/p/{}/events", sent.token),
            agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
                .to_owned(),
            client: reqwest::Client::new(),
        }
    }

    /// The same visit, reporting to another node.
    pub(crate) fn at_node(mut self, base: &str, sent: &SentPitch) -> Self {
        self.url = format!("{base}/p/{}/events", sent.token);
        self
    }

    /// The same visit by something that calls itself otherwise.
    pub(crate) fn calling_itself(mut self, agent: &str) -> Self {
        agent.clone_into(&mut self.agent);
        self
    }

    /// Sends a beacon.
    pub(crate) async fn report(&self, events: &[Value]) -> Reply {
        let beacon = json!({ "visit": self.visit_token, "events": events });
        let request = self
            .client
            .post(&self.url)
            .header("user-agent", &self.agent)
            .header("content-type", "text/plain")
            .body(beacon.to_string());
        Reply::read(request.send().await.unwrap()).await
    }
}

/// The page ran, and its user moved.
pub(crate) fn opened(inputs: u32) -> Value {
    let id = EventId(uuid::Uuid::new_v4());
    json!({ "id": id, "kind": "opened", "ago_ms": 0, "data": { "inputs": inputs } })
}

/// A page was in view.
pub(crate) fn viewed(item: &SentItem, page: i32, active_ms: i64) -> Value {
    let id = EventId(uuid::Uuid::new_v4());
    json!({
        "id": id, "kind": "page_viewed", "item": item.item, "page": page,
        "active_ms": active_ms, "ago_ms": 0,
    })
}
