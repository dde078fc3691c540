//! The coalescer: many requests' reports, one transaction.
//!
//! Reports wait in a bounded queue; one task takes what is there, at the latest 5 ms after the first, and commits it
//! together. Whoever handed in a report is answered after the commit. A full queue answers "busy", and the browser
//! keeps its events.
//!
//! Invariant: what was answered with a receipt is on disk; on shutdown the queue is drained first.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::burst::Bursts;
use super::commit::{Committed, commit};
use super::flood::Flood;
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

/// A batch is not waited with when nothing came for this long: whoever would send waits for an answer.
const LULL: Duration = Duration::from_millis(1);

/// How many events make a batch full.
const FULL_BATCH: usize = 500;

/// What is waiting already goes along up to this many events: one sync of the disk for all.
const LARGEST_BATCH: usize = 2_000;

/// How many reports may wait: some seconds of work, so that a queue that grows is noticed by its senders.
const QUEUE: usize = 4_096;

/// Where signals are handed in. Cheap to clone.
#[derive(Clone)]
pub struct Ingest {
    queue: mpsc::Sender<Message>,
    pub(super) links: Links,
    pub(super) flood: Flood,
    bursts: Bursts,
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
    /// What is known of whoever asked from before.
    pub before: Before,
}

/// What is known of a browser from before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// The visit that it is still in: it was here within the last half hour.
    pub going_on: Option<VisitId>,
    /// It was here before.
    pub returned: bool,
    /// On another day, too.
    pub another_day: bool,
    /// The address that its user has proved with a code.
    pub verified: Option<String>,
}

/// Something a visitor did that the server itself saw.
#[derive(Debug)]
pub struct ServerAct<'a> {
    /// The visit.
    pub visit: VisitId,
    /// The link.
    pub link: LinkId,
    /// Who did it; only whether they are to be known is kept of it.
    pub seen: &'a Seen,
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
    /// A next step was ticked off.
    StepTicked,
    /// Asked a question, about a page that the item shows or about the whole. Told twice, it counts once.
    Asked {
        /// The question.
        question: QuestionId,
        /// The item and the page.
        about: Option<(&'a LayoutItem, i32)>,
    },
    /// Proved an address with the code that was sent to it.
    Verified(String),
    /// Followed the link that people cannot see.
    Trapped,
    /// Drew the page without running its script.
    Drawn,
}

enum Message {
    Report(Report, Option<oneshot::Sender<Result<Receipt>>>),
    Stop(oneshot::Sender<()>),
}

impl Ingest {
    /// Starts the coalescer on the current runtime.
    ///
    /// `link_rate` is how many reports a second one link may send; 0 allows any number.
    pub fn start(db: Db, clock: Clock, live: Live, link_rate: u32) -> Self {
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
            flood: Flood::new(link_rate),
            bursts: Bursts::default(),
            clock,
        }
    }

    /// What is known of a browser on a link from before, by the name in its cookie.
    pub async fn before(&self, link: LinkId, browser_id: &str) -> Result<Before> {
        self.links.before(link, browser_id).await
    }

    /// Notes that a page was asked for. Waits for nothing: a page is served even when the queue is full; what is
    /// lost then is counted.
    pub fn note_fetched(&self, fetch: Fetch<'_>) {
        let now = self.clock.now();
        let burst = self.bursts.note(&fetch.seen, fetch.link, fetch.visit);
        let before = fetch.before;
        let facts = ServerFacts {
            head: fetch.head,
            prefetch: fetch.prefetch,
            no_language: fetch.seen.no_language,
            burst: burst.links,
            returned: before.returned,
            another_day: before.another_day,
            verified: before.verified,
            ..server_facts(fetch.seen, fetch.layout)
        };
        // A visit begins once; its own id makes the event's, so that a repetition is a duplicate.
        let id = match before.going_on {
            Some(_) => EventId::new(now),
            None => EventId(fetch.visit.0),
        };
        self.note(fetch.visit, fetch.link, server_event(id, now, facts));
        for (visit, link) in burst.earlier {
            let facts = ServerFacts {
                burst: burst.links,
                ..ServerFacts::default()
            };
            self.note(visit, link, server_event(once(visit, "burst"), now, facts));
        }
    }

    /// Hands in an event of the server's that nobody waits for.
    fn note(&self, visit: VisitId, link: LinkId, event: Candidate) {
        let report = Report {
            visit,
            link,
            received_at: event.occurred_at,
            events: vec![event],
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
        let plain = |id, kind, place| Candidate {
            id,
            kind,
            occurred_at: now,
            place,
            active_ms: 0,
            data: SignalData::default(),
        };
        let mut event = match act.act {
            Act::Downloaded(item) => {
                let place = Place {
                    item: item.item_id,
                    asset: item.asset_id,
                    version: item.version_id,
                    page: None,
                };
                plain(EventId::new(now), EventKind::Downloaded, Some(place))
            }
            Act::Shared(child) => plain(EventId(child.0), EventKind::Shared, None),
            Act::Verified(address) => {
                let id = once(act.visit, &address);
                let facts = ServerFacts {
                    verified: Some(address),
                    ..ServerFacts::default()
                };
                server_event(id, now, facts)
            }
            Act::Trapped => {
                let facts = ServerFacts {
                    trap: true,
                    ..ServerFacts::default()
                };
                server_event(once(act.visit, "trap"), now, facts)
            }
            Act::Drawn => {
                let facts = ServerFacts {
                    drawn: true,
                    ..ServerFacts::default()
                };
                server_event(once(act.visit, "drawn"), now, facts)
            }
            Act::StepTicked => plain(EventId::new(now), EventKind::StepTicked, None),
            Act::Asked { question, about } => {
                let place = about.map(|(item, page)| Place {
                    item: item.item_id,
                    asset: item.asset_id,
                    version: item.version_id,
                    page: Some(page),
                });
                plain(EventId(question.0), EventKind::Asked, place)
            }
        };
        take_name_away(&mut event, act.seen);
        let report = Report {
            visit: act.visit,
            link: act.link,
            received_at: now,
            events: vec![event],
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
        data_centre: seen.data_centre,
        unnamed: seen.unnamed,
        nameless: seen.nameless,
        offered,
        ..ServerFacts::default()
    }
}

/// Whatever tells of somebody who is not to be known says so, and makes its visit one without a name.
pub(super) fn take_name_away(event: &mut Candidate, seen: &Seen) {
    if seen.unnamed {
        let server = event.data.server.get_or_insert_default();
        server.take_name_away(seen.nameless);
    }
}

/// An event by which the server says what it saw.
fn server_event(id: EventId, now: DateTime<Utc>, facts: ServerFacts) -> Candidate {
    Candidate {
        id,
        kind: EventKind::Fetched,
        occurred_at: now,
        place: None,
        active_ms: 0,
        data: SignalData {
            server: Some(Box::new(facts)),
            ..SignalData::default()
        },
    }
}

/// The id of what is said of a visit once, however often it happens.
fn once(visit: VisitId, what: &str) -> EventId {
    let mut hash = blake3::Hasher::new();
    hash.update(visit.0.as_bytes()).update(what.as_bytes());
    let mut bytes = [0; 16];
    hash.finalize_xof().fill(&mut bytes);
    EventId(uuid::Builder::from_random_bytes(bytes).into_uuid())
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
        while batch.events < LARGEST_BATCH {
            if let Ok(message) = self.inbox.try_recv() {
                self.take(message, batch, stopped);
                continue;
            }
            if batch.events >= FULL_BATCH {
                return;
            }
            let until = deadline.min(Instant::now() + LULL);
            let Ok(Some(message)) = timeout_at(until, self.inbox.recv()).await else {
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
