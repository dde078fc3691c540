//! Children that make pages, side by side and one after another.
//!
//! Worker `w` of `n` makes the pages `w`, `w + n` and so on, so that pages come in order however many work. A worker is a
//! line of children: one that has worked long enough hands back, and one that dies is followed by another behind the page
//! at which it died.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{Case, Collector};
use crate::documents::process::Heard;
use crate::documents::protocol::{Message, PageSource, PageText, Task};
use crate::documents::{Failure, FailureCode};

/// A file with more bad pages than this is a bad file.
const MAX_BAD_PAGES: u32 = 20;

/// What a worker tells.
pub(super) enum Told {
    /// How many pages there are, and what the document calls itself.
    Counted(u32, Option<String>),
    /// A page is complete: what its image looks like, or why it only says that there is none.
    Page(PageText, Result<u64, FailureCode>),
    /// How long it plays.
    Lasts(Duration),
    /// Something was left out.
    Warning(String),
}

impl Case {
    /// Makes all pages of a source and hands them to the collector.
    pub(super) async fn make_pages(
        &self,
        source: PageSource,
        workers: u32,
        collector: &mut Collector,
    ) -> Result<(), Failure> {
        let workers = workers.max(1);
        let (tell, mut told) = mpsc::channel(16);
        let mut running = JoinSet::new();
        let start = |running: &mut JoinSet<_>, first: u32| {
            let worker = Worker {
                case: self.clone(),
                source: source.clone(),
                next: first,
                step: workers,
                total: None,
                bad: 0,
                first_failure: None,
                tell: tell.clone(),
            };
            running.spawn(worker.work());
        };
        start(&mut running, 1);
        loop {
            // Everything that was told comes before the end of the one who told it.
            tokio::select! {
                biased;
                Some(told) = told.recv() => {
                    let counted = match &told {
                        Told::Counted(total, _) if !collector.has_count() => Some(*total),
                        _ => None,
                    };
                    collector.take(told).await?;
                    for first in 2..=counted.unwrap_or(0).min(workers) {
                        start(&mut running, first);
                    }
                }
                ended = running.join_next() => match ended {
                    Some(Ok(result)) => result?,
                    Some(Err(error)) => return Err(Failure::internal(error.to_string())),
                    None => return collector.check_complete(),
                },
            }
        }
    }
}

struct Worker {
    case: Case,
    source: PageSource,
    next: u32,
    step: u32,
    total: Option<u32>,
    bad: u32,
    first_failure: Option<Failure>,
    tell: mpsc::Sender<Told>,
}

/// How one life of a child ended.
enum End {
    /// All pages are made.
    Done,
    /// Go on with the page that is next.
    Again,
    /// It died, perhaps after it had read a page.
    Died(Failure, Option<PageText>),
}

impl Worker {
    async fn work(mut self) -> Result<(), Failure> {
        loop {
            match self.one_life().await? {
                End::Done => return Ok(()),
                End::Again => {}
                End::Died(failure, page) => {
                    // Before the pages are counted it is the file that is bad, not a page.
                    let Some(total) = self.total else {
                        return Err(failure);
                    };
                    self.bad += 1;
                    let is_hopeless = total == 1
                        || self.bad > MAX_BAD_PAGES
                        || failure.code == FailureCode::Internal;
                    let first = self.first_failure.get_or_insert(failure.clone()).clone();
                    if is_hopeless || tokio::time::Instant::now() >= self.case.deadline {
                        return Err(first);
                    }
                    self.replace_bad_page(failure.code, page).await?;
                }
            }
            if self.total.is_some_and(|total| self.next > total) {
                return Ok(());
            }
        }
    }

    async fn one_life(&mut self) -> Result<End, Failure> {
        let limits = &self.case.options.limits;
        let silence = limits.silence;
        let task = Task::Pages {
            source: self.source.clone(),
            first: self.next,
            step: self.step,
        };
        let mut child = self
            .case
            .start(task, &self.case.input, &self.case.folder)
            .await?;
        let mut read: Option<PageText> = None;
        loop {
            match child.listen(silence, self.case.deadline).await {
                Heard::Message(message) => match message {
                    Message::Counted { total, title } => {
                        self.total = Some(total);
                        self.tell(Told::Counted(total, title)).await?;
                    }
                    Message::Read(page) if page.number == self.next => read = Some(page),
                    Message::Drawn(number, likeness) if number == self.next => {
                        let page = read
                            .take()
                            .ok_or_else(|| nonsense("a page was drawn before it was read"))?;
                        self.tell(Told::Page(page, Ok(likeness))).await?;
                        self.next = number + self.step;
                    }
                    Message::Lasts(milliseconds) => {
                        let duration = Duration::from_millis(milliseconds);
                        self.tell(Told::Lasts(duration)).await?;
                    }
                    Message::Warning(warning) => self.tell(Told::Warning(warning)).await?,
                    Message::HandBack(next) if next == self.next && read.is_none() => {
                        return Ok(End::Again);
                    }
                    Message::Done => return Ok(End::Done),
                    Message::Failed(failure) if self.total.is_none() => return Err(failure),
                    Message::Failed(failure) => return Ok(End::Died(failure, read)),
                    Message::Ready(_) | Message::Recognised(_) => {}
                    Message::Read(_)
                    | Message::Drawn(..)
                    | Message::Unpacked(_)
                    | Message::HandBack(_) => {
                        return Err(nonsense("pages came out of order"));
                    }
                },
                Heard::Ended(failure) => {
                    let failure = failure.unwrap_or_else(|| nonsense("the converter fell silent"));
                    return Ok(End::Died(failure, read));
                }
            }
        }
    }

    /// Puts a card in the place of a page at which a child died.
    async fn replace_bad_page(
        &mut self,
        code: FailureCode,
        page: Option<PageText>,
    ) -> Result<(), Failure> {
        let page = page.unwrap_or_else(|| PageText {
            number: self.next,
            ..PageText::default()
        });
        let notice = Task::Notice {
            number: page.number,
            title: page.title.clone(),
            text: page.text.clone(),
        };
        self.case
            .run(notice, &self.case.input, &self.case.folder)
            .await?;
        self.tell(Told::Warning(format!(
            "The picture of page {} could not be made ({code}).",
            page.number
        )))
        .await?;
        self.next = page.number + self.step;
        self.tell(Told::Page(page, Err(code))).await
    }

    async fn tell(&self, what: Told) -> Result<(), Failure> {
        self.tell
            .send(what)
            .await
            .map_err(|error| Failure::internal(format!("the conversion was given up: {error}")))
    }
}

fn nonsense(detail: &str) -> Failure {
    Failure::new(FailureCode::Crashed, detail)
}
