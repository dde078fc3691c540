//! Taking an archive apart, seen from the server: a child does it, and every word of it is checked.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{Converter, absolute};
use crate::documents::archive::{
    ArchiveEntry, ArchiveLimits, Omission, Unpacked, clean_path, unpacked_path,
};
use crate::documents::budget::Urgency;
use crate::documents::limits::MAX_ZIP_ENTRIES;
use crate::documents::process::{Child, Heard};
use crate::documents::protocol::{Job, Message, Task};
use crate::documents::{Failure, FailureCode};

/// What the directory of the largest archive needs, and room.
const MEMORY: u64 = 256 << 20;
const CPU: Duration = Duration::from_mins(5);
const WALL: Duration = Duration::from_mins(10);
/// A large file is written without a word.
const SILENCE: Duration = Duration::from_mins(2);

impl Converter {
    /// Takes an archive apart, with its files in an empty folder of the caller. Dropping the future ends the child.
    pub async fn unpack(
        &self,
        input: &Path,
        folder: &Path,
        limits: ArchiveLimits,
    ) -> Result<Vec<ArchiveEntry>, Failure> {
        let folder = absolute(folder)?;
        let job = Job {
            input: absolute(input)?,
            folder: folder.clone(),
            stem: String::new(),
            memory_bytes: MEMORY,
            address_bytes: 4 * MEMORY,
            cpu_seconds: CPU.as_secs(),
            life_ms: 0,
            task: Task::Unpack(limits),
        };
        let memory = self.budget.reserve(MEMORY, Urgency::Bulk).await?;
        let meter = Arc::clone(&self.meter);
        let mut child = Child::start(&self.options.executable, &job, memory, meter).await?;
        let deadline = Instant::now() + WALL;
        let mut entries = Vec::new();
        let (mut last, mut total) = (0, 0);
        loop {
            match child.listen(SILENCE, deadline).await {
                Heard::Message(Message::Unpacked(said)) if entries.len() < MAX_ZIP_ENTRIES => {
                    let entry = believe(said, &folder, limits, &mut last, &mut total)?;
                    entries.push(entry);
                }
                Heard::Message(Message::Ready(_)) => {}
                Heard::Message(Message::Done) => return Ok(entries),
                Heard::Message(Message::Failed(failure)) => return Err(failure),
                Heard::Message(_) => return Err(nonsense("it said something else than files")),
                Heard::Ended(failure) => {
                    return Err(failure.unwrap_or_else(|| nonsense("it fell silent")));
                }
            }
        }
    }
}

/// Checks what a child says of a file: its number, its name, and that there is a plain file of that size.
fn believe(
    said: Unpacked,
    folder: &Path,
    limits: ArchiveLimits,
    last: &mut u32,
    total: &mut u64,
) -> Result<ArchiveEntry, Failure> {
    let Some(path) = clean_path(&said.path) else {
        let shown = said.path.chars().filter(|c| !c.is_control()).collect();
        return Ok(ArchiveEntry {
            path: shown,
            file: Err(Omission::Name.message().to_owned()),
        });
    };
    let file = match said.file {
        Err(omission) => Err(omission.message().to_owned()),
        Ok((number, size)) => {
            *total += size;
            let file = unpacked_path(folder, number);
            let found = std::fs::symlink_metadata(&file)
                .map_err(|error| nonsense(&format!("{}: {error}", file.display())))?;
            let sound = number > *last
                && found.is_file()
                && found.len() == size
                && size <= limits.file_bytes
                && *total <= limits.total_bytes;
            if !sound {
                return Err(nonsense("a file is not as it was said to be"));
            }
            *last = number;
            Ok(file)
        }
    };
    Ok(ArchiveEntry { path, file })
}

fn nonsense(detail: &str) -> Failure {
    Failure::new(FailureCode::Crashed, format!("while unpacking: {detail}"))
}
