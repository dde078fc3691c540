//! One visitor after another: load the page, look at some of its pages, report.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;
use url::Url;

use super::connection::{Answer, Broken, Connection};
use super::ledger::{Ledger, State};
use super::summary::Summary;
use super::{Mode, Options};
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::ids::EventId;

/// How long a visitor waits before it tries a server again that did not answer or was busy.
const PATIENCE: Duration = Duration::from_millis(50);

/// What visitors call themselves.
const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// What all visitors share.
pub(super) struct Target {
    address: String,
    events_per_beacon: usize,
    beacons_per_visit: usize,
    mode: Mode,
    accept_encoding: String,
    ledger: Option<Ledger>,
    clock: Clock,
}

impl Target {
    pub(super) fn new(options: &Options, ledger: Option<Ledger>, clock: Clock) -> Result<Self> {
        Ok(Self {
            address: address(&options.url)?,
            events_per_beacon: options.events_per_beacon.clamp(1, 200),
            beacons_per_visit: options.beacons_per_visit.max(1),
            mode: options.mode,
            accept_encoding: match options.accept_encoding.as_str() {
                "" => String::new(),
                packed => format!("Accept-Encoding: {packed}\r\n"),
            },
            ledger,
            clock,
        })
    }

    /// Writes out what is still to be written.
    pub(super) fn finish(&self) -> Result<()> {
        self.ledger.as_ref().map_or(Ok(()), Ledger::flush)
    }
}

pub(super) fn address(url: &Url) -> Result<String> {
    let host = url.host_str().filter(|_| url.scheme() == "http");
    match (host, url.port_or_known_default()) {
        (Some(host), Some(port)) => Ok(format!("{host}:{port}")),
        _ => Err(Error::field(
            "url",
            "Give an address such as http://127.0.0.1:8080.",
        )),
    }
}

/// What a page says of itself to its script.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    visit: String,
    /// Items with their pages.
    places: Vec<(String, i32)>,
}

impl Page {
    /// Finds what the tracker reads.
    fn parse(html: &str) -> Option<Self> {
        let visit = attribute(html, "name=\"visit\" value=\"")?.to_owned();
        let mut places = Vec::new();
        for section in html.split("data-i=\"").skip(1) {
            let (item, rest) = section.split_once('"')?;
            for figure in rest.split("data-n=\"").skip(1) {
                let number = figure.split('"').next()?.parse().ok()?;
                places.push((item.to_owned(), number));
            }
        }
        Some(Self { visit, places })
    }
}

fn attribute<'a>(html: &'a str, name: &str) -> Option<&'a str> {
    html.split_once(name)?.1.split('"').next()
}

/// A visitor with a connection.
pub(super) struct Prospect {
    target: Arc<Target>,
    link: String,
    path: String,
    connection: Connection,
    request: String,
    summary: Summary,
}

impl Prospect {
    pub(super) fn new(target: Arc<Target>, link: String) -> Self {
        Self {
            connection: Connection::new(target.address.clone()),
            target,
            path: format!("/p/{link}"),
            link,
            request: String::new(),
            summary: Summary::default(),
        }
    }

    /// Visits, and visits again, until the time is over.
    pub(super) async fn keep_visiting(mut self, until: Instant) -> Result<Summary> {
        while Instant::now() < until {
            let Some(body) = self.load_page().await else {
                tokio::time::sleep(PATIENCE).await;
                continue;
            };
            if self.target.mode == Mode::Events {
                match std::str::from_utf8(&body).ok().and_then(Page::parse) {
                    Some(page) if !page.places.is_empty() => self.read(&page, until).await?,
                    _ => tokio::time::sleep(PATIENCE).await,
                }
            }
        }
        Ok(self.summary)
    }

    async fn load_page(&mut self) -> Option<Vec<u8>> {
        self.request.clear();
        let path = match self.target.mode {
            Mode::Plain => "/healthz",
            Mode::Events | Mode::Pages | Mode::Idle | Mode::Bare => self.path.as_str(),
        };
        // Writing to a string cannot fail.
        let _ = write!(
            self.request,
            "GET {path} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {AGENT}\r\nAccept: text/html\r\n{}\r\n",
            self.target.address, self.target.accept_encoding
        );
        let begin = Instant::now();
        let answer = self.connection.send(self.request.as_bytes()).await;
        match answer {
            Ok(Answer { status: 200, body }) => {
                self.summary.page(begin.elapsed());
                Some(body)
            }
            Ok(answer) => {
                self.summary.refused(answer.status, 0);
                None
            }
            Err(_) => {
                self.summary.broken(0);
                None
            }
        }
    }

    /// One visit: beacons of events, the first of which says that the page opened.
    async fn read(&mut self, page: &Page, until: Instant) -> Result<()> {
        let mut places = page.places.iter().cycle();
        let mut last = Instant::now();
        let events_per_beacon =
            f64::from(u32::try_from(self.target.events_per_beacon).unwrap_or(u32::MAX));
        for number in 0..self.target.beacons_per_visit {
            if Instant::now() >= until {
                break;
            }
            let active_ms = last.elapsed().as_secs_f64() * 1_000.0 / events_per_beacon;
            last = Instant::now();
            let events: Vec<Value> = (0..self.target.events_per_beacon)
                .zip(&mut places)
                .map(|(at, (item, page))| {
                    let id = EventId::new(self.target.clock.now());
                    let data = json!({ "inputs": number * 2 + at });
                    if number == 0 && at == 0 {
                        return json!({ "id": id, "kind": "opened", "ago_ms": 0, "data": data });
                    }
                    json!({
                        "id": id, "kind": "page_viewed", "item": item, "page": page,
                        "active_ms": active_ms.floor(), "ago_ms": 0, "data": data,
                    })
                })
                .collect();
            self.report(
                &json!({ "visit": page.visit, "events": events }),
                events.len(),
            )
            .await?;
        }
        Ok(())
    }

    async fn report(&mut self, beacon: &Value, events: usize) -> Result<()> {
        let body = beacon.to_string();
        self.request.clear();
        let _ = write!(
            self.request,
            "POST /p/{}/events HTTP/1.1\r\nHost: {}\r\nUser-Agent: {AGENT}\r\n\
             Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}",
            self.link,
            self.target.address,
            body.len()
        );
        let begin = Instant::now();
        let state = match self.connection.send(self.request.as_bytes()).await {
            Ok(Answer { status: 200, body }) => {
                let receipt: Receipt = serde_json::from_slice(&body).unwrap_or_default();
                self.summary.acknowledged(begin.elapsed(), receipt.accepted);
                if receipt.accepted == events {
                    State::Acknowledged
                } else {
                    self.summary
                        .refused(200, events - receipt.accepted.min(events));
                    State::Refused
                }
            }
            Ok(answer) => {
                self.summary.refused(answer.status, events);
                tokio::time::sleep(PATIENCE).await;
                State::Refused
            }
            Err(broken) => {
                self.summary.broken(events);
                tokio::time::sleep(PATIENCE).await;
                match broken {
                    Broken::Unsent => State::Unsent,
                    Broken::Unanswered => State::Unknown,
                }
            }
        };
        match &self.target.ledger {
            Some(ledger) => ledger.note(&self.link, state, beacon),
            None => Ok(()),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
struct Receipt {
    accepted: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_tells_visit_items_and_pages() {
        let html = r#"<body><section data-i="one"><figure data-n="1"></figure><figure
            data-n="2"></figure></section><section data-i="two"><figure id="p3" data-n="7"></figure></section><input
            name="visit" value="abc">"#;
        let places = vec![
            ("one".to_owned(), 1),
            ("one".to_owned(), 2),
            ("two".to_owned(), 7),
        ];
        let visit = "abc".to_owned();
        assert_eq!(Page::parse(html), Some(Page { visit, places }));
        assert_eq!(Page::parse("<body>"), None);
    }
}
