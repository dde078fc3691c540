//! What was sent and what was answered, one JSON line each, for a test to check against the database.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What became of an event, as far as the sender knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// The server said that it is on disk.
    Acknowledged,
    /// The server said that it did not take it.
    Refused,
    /// No answer came; it may be there.
    Unknown,
    /// It never left.
    Unsent,
}

#[derive(Serialize)]
struct Line<'a> {
    state: State,
    link: &'a str,
    /// The whole beacon, so that it can be sent again.
    beacon: &'a serde_json::Value,
}

/// The file.
#[derive(Debug)]
pub(super) struct Ledger(Mutex<BufWriter<File>>);

impl Ledger {
    pub(super) fn create(path: &Path) -> Result<Self> {
        Ok(Self(Mutex::new(BufWriter::new(File::create(path)?))))
    }

    /// Notes what became of a beacon's events.
    pub(super) fn note(&self, link: &str, state: State, beacon: &serde_json::Value) -> Result<()> {
        let entry = Line {
            state,
            link,
            beacon,
        };
        let mut text = serde_json::to_string(&entry).map_err(Error::internal)?;
        text.push('\n');
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(file.write_all(text.as_bytes())?)
    }

    pub(super) fn flush(&self) -> Result<()> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(file.flush()?)
    }
}
