//! The one writer of a node's index. Everything here blocks; the follower calls it off the async threads.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tantivy::IndexWriter;
use tantivy::indexer::UserOperation;
use tantivy::schema::TantivyDocument;

use super::entries::{Entry, asset_term};
use super::handle::Opened;
use crate::ids::AssetId;

/// Memory for documents that are not on disk yet.
const MEMORY: usize = 64 * 1024 * 1024;

/// Holds the index for writing, and the lock that keeps other processes from it.
pub(super) struct Writer {
    opened: Arc<Opened>,
    inner: IndexWriter,
    _lock: File,
}

/// Why an index cannot be written to.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// Another process writes.
    #[error("another process is writing to the index")]
    Locked,
    /// The index or its disk is broken.
    #[error(transparent)]
    Broken(#[from] tantivy::TantivyError),
    /// The folder cannot be used.
    #[error("the folder of the index cannot be used: {0}")]
    Folder(#[from] std::io::Error),
}

/// What a commit says of itself. One without it was made while the index was being built.
#[derive(Serialize, Deserialize)]
struct Payload {
    seq: i64,
}

impl Writer {
    /// Opens the index in `dir` for writing. One that is missing, damaged or of another version, and any if `anew`
    /// is set, is begun afresh.
    pub(super) fn open(dir: &Path, anew: bool) -> Result<Self, Refusal> {
        std::fs::create_dir_all(dir)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(dir.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Refusal::Locked),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let found = if anew { None } else { sound_index(dir) };
        let opened = match found {
            Some(opened) => opened,
            None => Opened::create(dir)?,
        };
        Ok(Self {
            inner: opened.index().writer_with_num_threads(1, MEMORY)?,
            opened: Arc::new(opened),
            _lock: lock,
        })
    }

    /// The index, for reading.
    pub(super) fn opened(&self) -> Arc<Opened> {
        Arc::clone(&self.opened)
    }

    /// The change up to which the index is complete; `None` if it is not.
    pub(super) fn committed_seq(&self) -> tantivy::Result<Option<i64>> {
        let payload = self.opened.index().load_metas()?.payload;
        Ok(payload
            .and_then(|text| serde_json::from_str::<Payload>(&text).ok())
            .map(|payload| payload.seq))
    }

    /// Takes everything out.
    pub(super) fn clear(&self) -> tantivy::Result<()> {
        self.inner.delete_all_documents()?;
        Ok(())
    }

    /// Puts the present documents of these assets in the place of the former ones.
    pub(super) fn replace(&self, assets: &[AssetId], entries: &[Entry]) -> tantivy::Result<()> {
        let fields = self.opened.fields();
        for id in assets {
            let mut batch: Vec<UserOperation<TantivyDocument>> =
                vec![UserOperation::Delete(asset_term(fields.asset, *id))];
            for entry in entries.iter().filter(|entry| entry.asset.id == *id) {
                batch.extend(entry.documents(fields).into_iter().map(UserOperation::Add));
            }
            // One batch lies together in one segment.
            self.inner.run(batch)?;
        }
        Ok(())
    }

    /// Makes everything so far durable and visible. `seq` says that the index is complete up to it.
    pub(super) fn commit(&mut self, seq: Option<i64>) -> tantivy::Result<()> {
        let mut commit = self.inner.prepare_commit()?;
        if let Some(seq) = seq {
            commit.set_payload(&serde_json::to_string(&Payload { seq })?);
        }
        commit.commit()?;
        self.opened.reload()
    }
}

/// The index in `dir`, if it is there and every file of it is as it was written.
fn sound_index(dir: &Path) -> Option<Opened> {
    let checked = Opened::open(dir).and_then(|opened| {
        let damaged = opened.index().validate_checksum()?;
        Ok((opened, damaged))
    });
    match checked {
        Ok((opened, damaged)) if damaged.is_empty() => Some(opened),
        Ok((_, damaged)) => {
            tracing::warn!(?damaged, "the index is damaged and will be built anew");
            None
        }
        Err(error) => {
            tracing::info!(%error, "there is no index that can be used; it will be built anew");
            None
        }
    }
}
