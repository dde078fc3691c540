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
    pub(crate) visit_token: String,
    url: String,
    agent: String,
    from: Option<String>,
    browser: Option<String>,
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
            from: None,
            browser: None,
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

    /// The same visit from this address.
    pub(crate) fn at_address(mut self, address: &str) -> Self {
        self.from = Some(address.to_owned());
        self
    }

    /// The same visit by the browser that is named so in its cookie.
    pub(crate) fn in_browser(mut self, name: &str) -> Self {
        self.browser = Some(name.to_owned());
        self
    }

    /// Sends a beacon.
    pub(crate) async fn report(&self, events: &[Value]) -> Reply {
        let beacon = json!({ "visit": self.visit_token, "events": events });
        self.send(beacon.to_string()).await
    }

    /// Sends whatever is given as a beacon's body.
    pub(crate) async fn send(&self, body: String) -> Reply {
        let mut request = self
            .client
            .post(&self.url)
            .header("user-agent", &self.agent)
            .header("content-type", "text/plain")
            .body(body);
        if let Some(address) = &self.from {
            request = request.header("x-forwarded-for", address);
        }
        if let Some(name) = &self.browser {
            request = request.header("cookie", format!("lastmile_browser={name}"));
        }
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
