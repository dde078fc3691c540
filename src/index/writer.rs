//! The one writer of a node's index. Everything here blocks; the follower calls it off the async threads.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tantivy::IndexWriter;
use tantivy::indexer::UserOperation;
use tantivy::schema::TantivyDocument;

use super::compile::Matching;
use super::entries::{Entry, asset_term};
use super::handle::Opened;
use crate::ids::AssetId;

/// Memory for documents that are not on disk yet.
const MEMORY: usize = 64 * 1024 * 1024;

/// Holds an index for writing.
pub(super) struct Writer {
    opened: Arc<Opened>,
    inner: IndexWriter,
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
    /// Opens the index in `folder` for writing.
    pub(super) fn open(folder: &Path, matching: Matching) -> Result<Self, Refusal> {
        Self::new(Opened::open(folder, matching)?)
    }

    /// Begins an index in `folder`, which is empty.
    pub(super) fn create(folder: &Path, matching: Matching) -> Result<Self, Refusal> {
        Self::new(Opened::create(folder, matching)?)
    }

    fn new(opened: Opened) -> Result<Self, Refusal> {
        Ok(Self {
            inner: opened.index().writer_with_num_threads(1, MEMORY)?,
            opened: Arc::new(opened),
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

    /// Puts the present documents of these assets in the place of the former ones.
    pub(super) fn replace(&self, assets: &[AssetId], entries: &[Entry]) -> tantivy::Result<()> {
        let fields = self.opened.fields();
        let depth = self.opened.matching().depth;
        for id in assets {
            let mut batch: Vec<UserOperation<TantivyDocument>> =
                vec![UserOperation::Delete(asset_term(fields.asset, *id))];
            for entry in entries.iter().filter(|entry| entry.asset.id == *id) {
                let documents = entry.documents(fields, depth);
                batch.extend(documents.into_iter().map(UserOperation::Add));
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

/// Whether every file of the index is as it was written.
pub(super) fn is_sound(opened: &Opened) -> bool {
    match opened.index().validate_checksum() {
        Ok(damaged) if damaged.is_empty() => true,
        Ok(damaged) => {
            tracing::warn!(?damaged, "files of the index are damaged");
            false
        }
        Err(error) => {
            tracing::warn!(%error, "the index cannot be checked");
            false
        }
    }
}
