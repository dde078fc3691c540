//! The coalescer: many requests' reports, one transaction.
//!
//! Reports wait in a bounded queue; one task takes what is there, at the latest 5 ms after the first, and commits it
//! together. Whoever handed in a report is answered after the commit. A full queue answers "busy", and the browser
//! keeps its events.
//!
//! Invariant: what was answered with a receipt is on disk; on shutdown the queue is drained first.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::commit::{Committed, commit};
use super::links::Links;
use super::live::Live;
use super::report::{Candidate, Place, Receipt, Report};
use super::seen::Seen;
use super::steps::count;
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::EventKind;
use crate::error::{Code, Error, Result};
use crate::ids::{AssetId, EventId, LinkId, QuestionId, VisitId};
use crate::pitches::{Layout, LayoutItem};
use crate::rollup::{ServerFacts, SignalData};

/// How long the first report of a batch waits for others.
const FLUSH_AFTER: Duration = Duration::from_millis(5);

/// How many events make a batch full.
const FULL_BATCH: usize = 500;

/// How many reports may wait: some seconds of work, so that a queue that grows is noticed by its senders.
const QUEUE: usize = 4_096;

/// Where signals are handed in. Cheap to clone.
#[derive(Clone)]
pub struct Ingest {
    queue: mpsc::Sender<Message>,
    pub(super) links: Links,
    clock: Clock,
}

impl std::fmt::Debug for Ingest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ingest({} places free)", self.queue.capacity())
    }
}

/// A page that was asked for.
#[derive(Debug)]
pub struct Fetch<'a> {
    /// The visit that began with it.
    pub visit: VisitId,
    /// The link.
    pub link: LinkId,
    /// What the pitch showed.
    pub layout: &'a Layout,
    /// Who asked.
    pub seen: Seen,
    /// Asked with HEAD.
    pub head: bool,
    /// Asked ahead of time: `Sec-Purpose` or `Purpose` say prefetch.
    pub prefetch: bool,
}

/// Something a visitor did that the server itself saw.
#[derive(Debug)]
pub struct ServerAct<'a> {
    /// The visit.
    pub visit: VisitId,
    /// The link.
    pub link: LinkId,
    /// What was done.
    pub act: Act<'a>,
}

/// What a visitor can do beyond reading.
#[derive(Debug)]
pub enum Act<'a> {
    /// Downloaded the original of an item.
    Downloaded(&'a LayoutItem),
    /// Made a link for a colleague: the child link. Told twice, it counts once.
    Shared(LinkId),
    /// Asked a question, about a page that the item shows or about the whole. Told twice, it counts once.
    Asked {
        /// The question.
        question: QuestionId,
        /// The item and the page.
        about: Option<(&'a LayoutItem, i32)>,
    },
}

enum Message {
    Report(Report, Option<oneshot::Sender<Result<Receipt>>>),
    Stop(oneshot::Sender<()>),
}

impl Ingest {
    /// Starts the coalescer on the current runtime.
    pub fn start(db: Db, clock: Clock, live: Live) -> Self {
        let (queue, inbox) = mpsc::channel(QUEUE);
        let links = Links::new(db.clone(), clock.clone());
        let coalescer = Coalescer {
            inbox,
            db,
            links: links.clone(),
            live,
        };
        tokio::spawn(coalescer.run());
        Self {
            queue,
            links,
            clock,
        }
    }

    /// Notes that a page was asked for. Waits for nothing: a page is served even when the queue is full; what is
    /// lost then is counted.
    pub fn note_fetched(&self, fetch: Fetch<'_>) {
        let now = self.clock.now();
        let data = SignalData {
            server: Some(ServerFacts {
                head: fetch.head,
                prefetch: fetch.prefetch,
                ..server_facts(fetch.seen, fetch.layout)
            }),
            ..SignalData::default()
        };
        let report = Report {
            visit: fetch.visit,
            link: fetch.link,
            received_at: now,
            events: vec![Candidate {
                // A visit is asked for once; its own id makes the event's, so that a repetition is a duplicate.
                id: EventId(fetch.visit.0),
                kind: EventKind::Fetched,
                occurred_at: now,
                place: None,
                active_ms: 0,
                data: json!(data),
            }],
        };
        if self.queue.try_send(Message::Report(report, None)).is_err() {
            count("queue", "fetch_lost", 1);
        }
    }

    /// Counts the load of a page that is not noted: so many of one link at once are no readers.
    pub fn leave_out_fetch() {
        count("queue", "fetch_flood", 1);
    }

    /// Makes durable what a visitor did.
    pub async fn record(&self, act: ServerAct<'_>) -> Result<()> {
        let now = self.clock.now();
        let (id, kind, place) = match act.act {
            Act::Downloaded(item) => {
                let place = Place {
                    item: item.item_id,
                    asset: item.asset_id,
                    version: item.version_id,
                    page: None,
                };
                (EventId::new(now), EventKind::Downloaded, Some(place))
            }
            Act::Shared(child) => (EventId(child.0), EventKind::Shared, None),
            Act::Asked { question, about } => {
                let place = about.map(|(item, page)| Place {
                    item: item.item_id,
                    asset: item.asset_id,
                    version: item.version_id,
                    page: Some(page),
                });
                (EventId(question.0), EventKind::Asked, place)
            }
        };
        let report = Report {
            visit: act.visit,
            link: act.link,
            received_at: now,
            events: vec![Candidate {
                id,
                kind,
                occurred_at: now,
                place,
                active_ms: 0,
                data: Value::Object(serde_json::Map::new()),
            }],
        };
        self.submit(report).await.map(|_| ())
    }

    /// Hands in a report and waits until it is on disk.
    pub async fn submit(&self, report: Report) -> Result<Receipt> {
        let events = report.events.len();
        let (reply, answer) = oneshot::channel();
        match self.queue.try_send(Message::Report(report, Some(reply))) {
            Ok(()) => answer.await.map_err(|_| stopping())?,
            Err(TrySendError::Full(_)) => {
                count("queue", "full", events);
                Err(Error::new(
                    Code::Busy,
                    "Too many reports at once; keep yours and send it again.",
                )
                .retry_after(1))
            }
            Err(TrySendError::Closed(_)) => {
                count("queue", "stopping", events);
                Err(stopping())
            }
        }
    }

    /// Stops taking reports and returns when those taken are on disk.
    pub async fn close(&self) {
        let (reply, done) = oneshot::channel();
        if self.queue.send(Message::Stop(reply)).await.is_ok() {
            // The task may have ended before it could answer; then there is nothing left to wait for.
            let _ = done.await;
        }
    }
}

/// What the server saw of a browser and offered to it.
pub(super) fn server_facts(seen: Seen, layout: &Layout) -> ServerFacts {
    let mut offered: BTreeMap<AssetId, i32> = BTreeMap::new();
    for item in &layout.items {
        let pages = i32::try_from(item.pages.len()).unwrap_or(i32::MAX);
        *offered.entry(item.asset_id).or_default() += pages;
    }
    ServerFacts {
        user_agent: seen.user_agent,
        network: seen.network,
        browser_id: seen.browser_id,
        unnamed: seen.unnamed,
        offered,
        ..ServerFacts::default()
    }
}

fn stopping() -> Error {
    Error::new(
        Code::Busy,
        "The server is stopping; keep your events and send them again.",
    )
    .retry_after(2)
}

struct Coalescer {
    inbox: mpsc::Receiver<Message>,
    db: Db,
    links: Links,
    live: Live,
}

/// Reports that are committed together, each with whoever waits for it.
#[derive(Default)]
struct Batch {
    reports: Vec<Report>,
    replies: Vec<Option<oneshot::Sender<Result<Receipt>>>>,
    events: usize,
}

impl Coalescer {
    async fn run(mut self) {
        let mut stopped = Vec::new();
        while let Some(message) = self.inbox.recv().await {
            let mut batch = Batch::default();
            self.take(message, &mut batch, &mut stopped);
            self.fill(&mut batch, &mut stopped).await;
            self.commit(batch).await;
        }
        for reply in stopped {
            let _ = reply.send(());
        }
    }

    /// Puts a message where it belongs. After "stop" nothing new comes in, and what is in the queue is drained.
    fn take(
        &mut self,
        message: Message,
        batch: &mut Batch,
        stopped: &mut Vec<oneshot::Sender<()>>,
    ) {
        match message {
            Message::Report(report, reply) => {
                batch.events += report.events.len();
                batch.reports.push(report);
                batch.replies.push(reply);
            }
            Message::Stop(reply) => {
                self.inbox.close();
                stopped.push(reply);
            }
        }
    }

    async fn fill(&mut self, batch: &mut Batch, stopped: &mut Vec<oneshot::Sender<()>>) {
        let deadline = Instant::now() + FLUSH_AFTER;
        while batch.events < FULL_BATCH {
            let Ok(Some(message)) = timeout_at(deadline, self.inbox.recv()).await else {
                return;
            };
            self.take(message, batch, stopped);
        }
    }

    async fn commit(&self, batch: Batch) {
        if batch.reports.is_empty() {
            return;
        }
        let begin = Instant::now();
        let outcome = commit(&self.db, &self.links, &batch.reports).await;
        metrics::histogram!("lastmile_ingest_commit_seconds").record(begin.elapsed());
        metrics::histogram!("lastmile_ingest_batch_events").record(count_as_f64(batch.events));
        match outcome {
            Ok(committed) => self.answer(batch.replies, committed),
            Err(error) if batch.reports.len() == 1 => {
                Self::refuse(batch, &error);
            }
            // One report that cannot be kept must not take the others with it.
            Err(_) => {
                for (report, reply) in batch.reports.into_iter().zip(batch.replies) {
                    let single = Batch {
                        events: report.events.len(),
                        reports: vec![report],
                        replies: vec![reply],
                    };
                    match commit(&self.db, &self.links, &single.reports).await {
                        Ok(committed) => self.answer(single.replies, committed),
                        Err(error) => Self::refuse(single, &error),
                    }
                }
            }
        }
    }

    fn answer(&self, replies: Vec<Option<oneshot::Sender<Result<Receipt>>>>, committed: Committed) {
        for (reply, receipt) in replies.into_iter().zip(&committed.receipts) {
            count("append", "new", receipt.accepted);
            count("append", "duplicate", receipt.duplicate);
            if let Some(reply) = reply {
                // Nobody may be waiting any more: the browser went away. The events are kept all the same.
                let _ = reply.send(Ok(*receipt));
            }
        }
        self.live.publish(&committed);
    }

    fn refuse(batch: Batch, error: &Error) {
        tracing::error!(%error, events = batch.events, "a batch of events could not be kept");
        count("append", "failed", batch.events);
        for reply in batch.replies.into_iter().flatten() {
            let _ = reply.send(Err(Error::new(
                Code::Busy,
                "The events could not be kept now; send them again.",
            )
            .retry_after(2)));
        }
    }
}

fn count_as_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
