//! Writing the bytes of a request behind those that are there.
//!
//! Invariant: an offset is written to the row only after the bytes before it were brought to disk. What a crash leaves
//! behind the row's offset is cut off when the next request goes on.

use std::io::SeekFrom;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures::{Stream, StreamExt as _};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _, BufWriter};

use super::place::{Held, Uploads};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::upload;
use crate::error::{Code, Error, Result};

/// How long an upload waits for its sender since it was last heard of.
pub(super) const LIFE: TimeDelta = TimeDelta::hours(24);
/// After so many bytes the offset moves on, also in the middle of a request.
const SYNC_EVERY: u64 = 8 * 1024 * 1024;
/// How long a sender may be silent before its request counts as lost.
const SILENCE: Duration = Duration::from_secs(30);
const BUFFER: usize = 256 * 1024;

/// Where an upload stands and until when it is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    pub(super) offset: i64,
    pub(super) expires_at: DateTime<Utc>,
}

/// Writes `body` behind what is there of `row`, until the body or the sender ends.
pub(super) async fn append<S, E>(
    uploads: &Uploads,
    held: Held,
    db: &Db,
    clock: &Clock,
    row: &upload::Model,
    mut body: S,
) -> Result<Position>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let mut writer = Writer::open(uploads, db, clock, row).await?;
    let outcome = loop {
        let next = tokio::select! {
            next = tokio::time::timeout(SILENCE, body.next()) => next,
            () = held.enough.notified() => break Err(lost()),
        };
        match next {
            Ok(Some(Ok(chunk))) => {
                if chunk.len() as u64 > writer.room() {
                    break Err(Error::new(
                        Code::Malformed,
                        "There are more bytes than were announced when the upload was begun.",
                    ));
                }
                writer.write(&chunk).await?;
            }
            Ok(None) => break Ok(()),
            Ok(Some(Err(_))) | Err(_) => break Err(lost()),
        }
    };
    // What came before a connection was lost is kept: the sender asks for the offset and goes on there.
    let position = writer.settle().await?;
    outcome.map(|()| position)
}

struct Writer<'a> {
    file: BufWriter<tokio::fs::File>,
    db: &'a Db,
    clock: &'a Clock,
    row: &'a upload::Model,
    written: u64,
    total: u64,
    synced: u64,
}

impl<'a> Writer<'a> {
    async fn open(
        uploads: &Uploads,
        db: &'a Db,
        clock: &'a Clock,
        row: &'a upload::Model,
    ) -> Result<Self> {
        let offset = u64::try_from(row.received).map_err(Error::internal)?;
        let mut file = tokio::fs::OpenOptions::new()
            .write(true)
            .open(uploads.path(row.id))
            .await?;
        file.set_len(offset).await?;
        file.seek(SeekFrom::Start(offset)).await?;
        Ok(Self {
            file: BufWriter::with_capacity(BUFFER, file),
            db,
            clock,
            row,
            written: offset,
            total: u64::try_from(row.byte_size).map_err(Error::internal)?,
            synced: offset,
        })
    }

    fn room(&self) -> u64 {
        self.total.saturating_sub(self.written)
    }

    async fn write(&mut self, chunk: &[u8]) -> Result<()> {
        self.file.write_all(chunk).await?;
        self.written += chunk.len() as u64;
        if self.written - self.synced >= SYNC_EVERY {
            self.settle().await?;
        }
        Ok(())
    }

    /// Brings everything to disk and then says so in the row.
    async fn settle(&mut self) -> Result<Position> {
        self.file.flush().await?;
        self.file.get_ref().sync_data().await?;
        self.synced = self.written;
        let position = Position {
            offset: i64::try_from(self.written).map_err(Error::internal)?,
            expires_at: self.clock.now() + LIFE,
        };
        let tx = self.db.begin().await?;
        upload::ActiveModel {
            id: Set(self.row.id),
            received: Set(position.offset),
            expires_at: Set(position.expires_at),
            ..Default::default()
        }
        .update(&tx)
        .await?;
        tx.commit().await?;
        Ok(position)
    }
}

fn lost() -> Error {
    Error::new(
        Code::Malformed,
        "The connection was lost before the whole request had come. Ask for the offset and go on there.",
    )
}
