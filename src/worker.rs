//! The background of a node: the workers of jobs, the follower of the change log, the recommender, and what is done by
//! the clock.
//!
//! Assembly only; what is done stands in the features.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::error::Result;
use crate::index::Follower;
use crate::jobs::{Wake, Worker};
use crate::library::{self, BulkEdits, Comparisons, Conversions, Imports, Pdfs};
use crate::webhooks::Deliverer;
use crate::{engagement, http, mail, pitches, search, webhooks};

/// How often what is due by the clock is done.
const HOUSEKEEPING: Duration = Duration::from_mins(1);
/// How many errands run at once.
const ERRANDS: usize = 1;
/// How many messages to webhooks are on their way at once: a slow receiver keeps nobody else waiting.
const DELIVERIES: usize = 4;
/// How long work in hand may still take when the node stops; what is not done then, another worker does.
const PATIENCE: Duration = Duration::from_secs(10);

/// The background, running.
#[derive(Debug)]
pub struct Background {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Background {
    /// Starts everything that `app` does by itself.
    pub fn start(app: &App) -> Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let lanes = app.config.conversion_workers;
        let follower = Follower::new(app.index.clone(), app.db.clone());
        let tasks = vec![
            tokio::spawn(follower.run(stopped.clone())),
            tokio::spawn(worker(app)?.run(lanes, stopped.clone())),
            tokio::spawn(app.recommender.clone().run(stopped.clone())),
            tokio::spawn(errands(app).run(ERRANDS, stopped.clone())),
            tokio::spawn(deliveries(app)?.run(DELIVERIES, stopped.clone())),
            tokio::spawn(app.signaler.clone().run(stopped.clone())),
            tokio::spawn(keep_house(app.clone(), stopped)),
        ];
        Ok(Self { stop, tasks })
    }

    /// Stops, letting work in hand end if it is quick.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        for mut task in std::mem::take(&mut self.tasks) {
            if tokio::time::timeout(PATIENCE, &mut task).await.is_err() {
                task.abort();
            }
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// A worker for what is quickly done and must not wait behind conversions. It looks for work by itself: the wake-up
/// would reach only one of two workers.
pub fn errands(app: &App) -> Worker {
    let (db, clock) = (app.db.clone(), app.clock.clone());
    let last_look: mail::LastLook = Arc::new(move |mail| {
        let (db, now) = (db.clone(), clock.now());
        Box::pin(async move { pitches::refusal_of(db.read(), now, &mail).await })
    });
    let send = app.mailer.clone().handler(
        app.db.clone(),
        app.clock.clone(),
        app.keys.clone(),
        last_look,
    );
    let bulk_edits = BulkEdits::new(
        app.config.clone(),
        app.db.clone(),
        app.clock.clone(),
        app.index.clone(),
    );
    let follow = engagement::version_changed(app.db.clone(), app.clock.clone());
    Worker::new(app.db.clone(), app.clock.clone(), Wake::default())
        .register(mail::SEND, send)
        .register(library::BULK_EDIT, bulk_edits.handler())
        .register(library::VERSION_CHANGED, follow)
}

/// A worker that delivers messages to webhooks and chat channels.
pub fn deliveries(app: &App) -> Result<Worker> {
    let (db, clock) = (app.db.clone(), app.clock.clone());
    let deliverer = Deliverer::new(&app.config, db.clone(), clock.clone(), app.keys.clone())?;
    Ok(Worker::new(db, clock, Wake::default()).register(webhooks::DELIVER, deliverer.handler()))
}

/// A worker that converts; the command line drains the queue with it.
pub fn worker(app: &App) -> Result<Worker> {
    let conversions = Conversions::new(
        &app.config,
        app.db.clone(),
        app.blobs.clone(),
        app.clock.clone(),
        app.converter.clone(),
        app.index.clone(),
    )?;
    let worker = Worker::new(app.db.clone(), app.clock.clone(), app.wake.clone());
    let imports = Imports::new(
        &app.config,
        (app.db.clone(), app.blobs.clone(), app.clock.clone()),
        app.converter.clone(),
        app.wake.clone(),
        app.index.clone(),
    );
    let pdfs = Pdfs::new(
        &app.config,
        app.db.clone(),
        app.blobs.clone(),
        app.clock.clone(),
        app.converter.clone(),
    )?;
    let comparisons = Comparisons::new(app.db.clone(), app.clock.clone());
    Ok(worker
        .register(library::CONVERT, conversions.handler())
        .register(library::MAKE_PDF, pdfs.handler())
        .register(library::COMPARE, comparisons.handler())
        .register(library::IMPORT, imports.handler()))
}

/// What is due by the clock and not by anybody's act.
async fn keep_house(app: App, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let now = app.clock.now();
        match library::expire_due_assets(&app.db, now).await {
            Ok(0) => {}
            Ok(count) => {
                tracing::info!(count, "assets have expired");
                app.index.wake();
            }
            Err(error) => tracing::error!(%error, "could not expire assets"),
        }
        match library::remind_owners(&app.db, &app.config, now).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "owners were reminded"),
            Err(error) => tracing::error!(%error, "could not remind owners"),
        }
        match pitches::tell_of_stale_content(&app.db, &app.config, now).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "owners of pitches were told of stale content"),
            Err(error) => tracing::error!(%error, "could not tell of stale content"),
        }
        if let Err(error) = library::remove_leftovers(&app.config, now) {
            tracing::error!(%error, "could not remove what is left of former uploads");
        }
        match search::tell_searchers(&app.db, &app.index, &app.config, now).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(
                count,
                "people were told of what they had looked for in vain"
            ),
            Err(error) => tracing::error!(%error, "could not tell those who searched in vain"),
        }
        let days = i64::from(app.config.search_retention_days);
        if days > 0 {
            let then = now - TimeDelta::days(days);
            if let Err(error) = search::forget_searches(&app.db, then).await {
                tracing::error!(%error, "could not forget old searches");
            }
        }
        match library::enqueue_missing_comparisons(&app.db, now).await {
            Ok(0) => {}
            Ok(count) => {
                tracing::info!(count, "assets are to be compared with the others");
                app.wake.wake();
            }
            Err(error) => tracing::error!(%error, "could not ask for comparisons"),
        }
        if let Err(error) = http::limits::sweep_attempts(&app.db, now).await {
            tracing::error!(%error, "could not forget old attempts");
        }
        match library::sweep_uploads(&app.db, &app.uploads, now).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "uploads that nobody came back for are gone"),
            Err(error) => tracing::error!(%error, "could not sweep uploads"),
        }
        tokio::select! {
            () = tokio::time::sleep(HOUSEKEEPING) => {}
            _ = stop.changed() => {}
        }
    }
}
