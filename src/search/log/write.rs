//! The task that writes what was searched: what comes within half a second goes into one transaction.

use std::collections::HashMap;
use std::time::Duration;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, IntoActiveModel as _};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use crate::db::{Db, retry};
use crate::entities::{search, search_click};
use crate::error::Result;
use crate::ids::SearchId;

/// How long the first entry of a batch waits for others: most letters of a word come in that time.
const WRITE_AFTER: Duration = Duration::from_millis(500);
/// How many entries make a batch full.
const FULL_BATCH: usize = 200;

/// What the recorder is told.
#[derive(Debug)]
pub(super) enum Message {
    Search(Box<search::Model>),
    Click(search_click::ActiveModel),
    Stop(oneshot::Sender<()>),
}

/// Writes what comes through the queue.
#[derive(Debug)]
pub(super) struct Recorder {
    inbox: mpsc::Receiver<Message>,
    db: Db,
}

#[derive(Debug, Default)]
struct Batch {
    /// The last state of each search.
    searches: HashMap<SearchId, search::Model>,
    clicks: Vec<search_click::ActiveModel>,
    stop: Option<oneshot::Sender<()>>,
}

impl Recorder {
    pub(super) fn new(inbox: mpsc::Receiver<Message>, db: Db) -> Self {
        Self { inbox, db }
    }

    /// Runs until it is told to stop or nobody can tell it anything any more.
    pub(super) async fn run(mut self) {
        while let Some(first) = self.inbox.recv().await {
            let mut batch = Batch::default();
            batch.take(first);
            let due = Instant::now() + WRITE_AFTER;
            while batch.is_open() {
                match timeout_at(due, self.inbox.recv()).await {
                    Ok(Some(message)) => batch.take(message),
                    Ok(None) | Err(_) => break,
                }
            }
            if let Err(error) = retry(|| write(&self.db, &batch)).await {
                metrics::counter!("lastmile_searches_not_recorded_total")
                    .increment(batch.len() as u64);
                tracing::error!(%error, "searches could not be recorded");
            }
            if let Some(stop) = batch.stop.take() {
                let _ = stop.send(());
                return;
            }
        }
    }
}

impl Batch {
    fn take(&mut self, message: Message) {
        match message {
            Message::Search(row) => {
                self.searches.insert(row.id, *row);
            }
            Message::Click(row) => self.clicks.push(row),
            Message::Stop(done) => self.stop = Some(done),
        }
    }

    fn len(&self) -> usize {
        self.searches.len() + self.clicks.len()
    }

    fn is_open(&self) -> bool {
        self.stop.is_none() && self.len() < FULL_BATCH
    }
}

async fn write(db: &Db, batch: &Batch) -> Result<()> {
    if batch.len() == 0 {
        return Ok(());
    }
    let tx = db.begin().await?;
    if !batch.searches.is_empty() {
        let rows = batch.searches.values().cloned();
        let rows = rows.map(|row| row.into_active_model().reset_all());
        let typed_on = OnConflict::column(search::Column::Id)
            .update_columns([
                search::Column::Query,
                search::Column::Words,
                search::Column::Filters,
                search::Column::AssetCount,
                search::Column::PageCount,
                search::Column::Results,
                search::Column::UpdatedAt,
            ])
            .to_owned();
        search::Entity::insert_many(rows)
            .on_conflict(typed_on)
            .exec(&tx)
            .await?;
    }
    if !batch.clicks.is_empty() {
        search_click::Entity::insert_many(batch.clicks.iter().cloned())
            .exec(&tx)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}
