//! Where the bytes of uploads lie on this node, and who is writing to them.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::config::Config;
use crate::error::Result;
use crate::ids::UploadId;
use crate::library::upload::incoming_dir;

/// What the file of an upload is called: this and its id.
pub(in crate::library) const PREFIX: &str = "tus-";
/// How long the one who asks where to go on waits for a sender that is still there.
const PATIENCE: Duration = Duration::from_secs(3);

/// The uploads of this node. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Uploads {
    dir: PathBuf,
    node: Arc<str>,
    writing: Arc<Mutex<HashMap<UploadId, Arc<Notify>>>>,
}

/// The right to write to an upload; it ends when this value is dropped.
pub(super) struct Held {
    uploads: Uploads,
    id: UploadId,
    /// Told when somebody else wants to go on with the upload.
    pub(super) enough: Arc<Notify>,
}

impl Uploads {
    /// The uploads in the data directory.
    pub fn open(config: &Config) -> Result<Self> {
        Ok(Self {
            dir: incoming_dir(config)?,
            node: node_name(&config.data_dir)?.into(),
            writing: Arc::default(),
        })
    }

    /// What this node calls itself in the rows of its uploads.
    pub(super) fn node(&self) -> &str {
        &self.node
    }

    /// Where uploads lie.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where the bytes of an upload lie.
    pub(super) fn path(&self, id: UploadId) -> PathBuf {
        self.dir.join(format!("{PREFIX}{id}"))
    }

    /// The right to write to an upload, unless somebody has it.
    pub(super) fn hold(&self, id: UploadId) -> Option<Held> {
        let mut writing = self.writing();
        if writing.contains_key(&id) {
            return None;
        }
        let enough = Arc::new(Notify::new());
        writing.insert(id, Arc::clone(&enough));
        Some(Held {
            uploads: self.clone(),
            id,
            enough,
        })
    }

    /// Ends a request that is still sending. Whoever asks where to go on has lost that connection, even if the
    /// network has not told us yet.
    pub(super) async fn interrupt(&self, id: UploadId) {
        let waiting = async {
            loop {
                let Some(enough) = self.writing().get(&id).cloned() else {
                    return;
                };
                enough.notify_one();
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let _ = tokio::time::timeout(PATIENCE, waiting).await;
    }

    fn writing(&self) -> MutexGuard<'_, HashMap<UploadId, Arc<Notify>>> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.uploads.writing().remove(&self.id);
    }
}

/// The node's name: made once, kept in its data directory.
fn node_name(data_dir: &Path) -> Result<String> {
    let path = data_dir.join("node-name");
    let mut new = tempfile::NamedTempFile::new_in(data_dir)?;
    write!(new, "{}", uuid::Uuid::new_v4().simple())?;
    new.as_file().sync_all()?;
    // Whichever process comes first names the node.
    if let Err(error) = new.persist_noclobber(&path)
        && error.error.kind() != std::io::ErrorKind::AlreadyExists
    {
        return Err(error.error.into());
    }
    Ok(std::fs::read_to_string(path)?)
}
