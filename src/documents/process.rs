//! One life of a child process, seen from the server.
//!
//! A `Child` is started from the server's own executable, is given its job, is listened to line by line, and is gone,
//! with everything it started, when this value is dropped. Whatever ends it is turned into a named [`Failure`].

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, timeout_at};

use super::budget::Reservation;
use super::limits::MAX_LINE_BYTES;
use super::protocol::{Job, Message};
use super::watch::{Allowance, Meter, Watch};
use super::{Failure, FailureCode};

/// The hidden subcommand of the executable that makes it a child.
pub const SUBCOMMAND: &str = "convert";

/// How much of what a child says on its standard error is kept, to tell why it died.
const KEPT_STDERR_BYTES: usize = 16 << 10;

/// A running child.
pub(super) struct Child {
    process: tokio::process::Child,
    group: Option<Pid>,
    lines: BufReader<ChildStdout>,
    stderr: Arc<Mutex<Vec<u8>>>,
    watch: Option<Watch>,
    _memory: Reservation,
    // Held open for as long as the child is wanted: its end tells the child to stop.
    _stdin: ChildStdin,
}

/// What came next from a child.
pub(super) enum Heard {
    /// A line.
    Message(Message),
    /// The end, and why if it was not a good one.
    Ended(Option<Failure>),
}

impl Child {
    /// Starts a child on a job, within the memory that was reserved for it.
    pub(super) async fn start(
        executable: &Path,
        job: &Job,
        memory: Reservation,
        meter: Arc<Meter>,
    ) -> Result<Self, Failure> {
        let mut process = Command::new(executable)
            .arg(SUBCOMMAND)
            .env_clear()
            .env("LANG", "C.UTF-8")
            // Addresses are limited in there: the allocator must not set a gibibyte of them aside.
            .env("MIMALLOC_ARENA_RESERVE", "32MiB")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                Failure::internal(format!("the converter could not be started: {error}"))
            })?;
        let group = process
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        let (Some(mut stdin), Some(stdout), Some(stderr)) = (
            process.stdin.take(),
            process.stdout.take(),
            process.stderr.take(),
        ) else {
            return Err(Failure::internal(
                "the converter was started without its pipes",
            ));
        };
        let allowance = Allowance {
            memory_bytes: memory.bytes(),
            // The kernel ends the child itself at its limit; the watch sees to what the child has started.
            cpu: Duration::from_secs(job.cpu_seconds + 1),
        };
        let watch = group.map(|child| Watch::start(child, allowance, meter));
        let kept = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(keep_beginning(stderr, Arc::clone(&kept)));
        let mut line =
            serde_json::to_vec(job).map_err(|error| Failure::internal(error.to_string()))?;
        line.push(b'\n');
        // A child that died at once shows in what is heard from it, not here.
        let _ = stdin.write_all(&line).await;
        Ok(Self {
            process,
            group,
            lines: BufReader::new(stdout),
            stderr: kept,
            watch,
            _memory: memory,
            _stdin: stdin,
        })
    }

    /// Waits for the next line, or for the end, but not beyond the deadline and not longer than the allowed silence.
    pub(super) async fn listen(&mut self, silence: Duration, deadline: Instant) -> Heard {
        let limit = deadline.min(Instant::now() + silence);
        let Ok(line) = timeout_at(limit, read_line(&mut self.lines)).await else {
            return Heard::Ended(Some(Failure::new(
                FailureCode::TimedOut,
                "the converter was stopped for taking too long",
            )));
        };
        match line {
            Ok(Some(line)) => match serde_json::from_slice(&line) {
                Ok(message) => Heard::Message(message),
                Err(error) => Heard::Ended(Some(Failure::new(
                    FailureCode::Crashed,
                    format!("the converter said something that makes no sense: {error}"),
                ))),
            },
            Ok(None) => Heard::Ended(self.why_it_ended(limit).await),
            Err(failure) => Heard::Ended(Some(failure)),
        }
    }

    async fn why_it_ended(&mut self, limit: Instant) -> Option<Failure> {
        // Only an ended child closes its output. What it may have left behind is killed before the child is reaped,
        // while the number of the group can belong to nobody else.
        self.kill_all();
        let Ok(Ok(status)) = timeout_at(limit, self.process.wait()).await else {
            return Some(Failure::new(
                FailureCode::TimedOut,
                "the converter did not end",
            ));
        };
        if let Some(failure) = self.watch.as_ref().and_then(Watch::verdict) {
            return Some(failure);
        }
        if status.success() {
            return None;
        }
        let said = self
            .stderr
            .lock()
            .map(|kept| String::from_utf8_lossy(&kept).into_owned())
            .unwrap_or_default();
        Some(explain(status, &said))
    }

    fn kill_all(&mut self) {
        if let Some(group) = self.group.take() {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill_all();
    }
}

async fn read_line(lines: &mut BufReader<ChildStdout>) -> Result<Option<Vec<u8>>, Failure> {
    let mut line = Vec::new();
    let limit = u64::try_from(MAX_LINE_BYTES).unwrap_or(u64::MAX);
    let read = lines.take(limit).read_until(b'\n', &mut line).await;
    match read {
        Ok(0) => Ok(None),
        Ok(_) if line.ends_with(b"\n") => Ok(Some(line)),
        Ok(count) if count >= MAX_LINE_BYTES => Err(Failure::new(
            FailureCode::Crashed,
            "the converter wrote a line without an end",
        )),
        // Cut off in the middle of a line: the child died while writing.
        Ok(_) => Ok(None),
        Err(error) => Err(Failure::internal(format!(
            "the converter could not be heard: {error}"
        ))),
    }
}

async fn keep_beginning(mut from: impl tokio::io::AsyncRead + Unpin, kept: Arc<Mutex<Vec<u8>>>) {
    let mut buffer = [0_u8; 4096];
    // Read to the end even when enough is kept, or the child would block on a full pipe.
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        if let (Ok(mut kept), Some(new)) = (kept.lock(), buffer.get(..count)) {
            let room = KEPT_STDERR_BYTES.saturating_sub(kept.len());
            kept.extend(new.iter().take(room));
        }
    }
}

fn explain(status: std::process::ExitStatus, said: &str) -> Failure {
    let last = said
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default()
        .trim();
    let out_of_memory = said.contains("memory allocation of") || said.contains("capacity overflow");
    match status.signal() {
        _ if out_of_memory => Failure::new(FailureCode::OutOfMemory, last),
        Some(libc::SIGXCPU) => {
            Failure::new(FailureCode::TimedOut, "the converter used up its CPU time")
        }
        Some(libc::SIGKILL) => Failure::new(
            FailureCode::OutOfMemory,
            "the converter was killed by the system",
        ),
        Some(libc::SIGXFSZ) => Failure::new(
            FailureCode::TooLarge,
            "the converter wrote a file beyond its limit",
        ),
        Some(signal) => Failure::new(FailureCode::Crashed, format!("signal {signal}: {last}")),
        None => Failure::new(
            FailureCode::Crashed,
            format!("exit code {:?}: {last}", status.code()),
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::process::ExitStatus;

    use super::*;

    #[test]
    fn the_way_a_child_ends_is_named() {
        let code = |raw, said| explain(ExitStatus::from_raw(raw), said).code;
        assert_eq!(code(libc::SIGXCPU, ""), FailureCode::TimedOut);
        assert_eq!(code(libc::SIGSEGV, ""), FailureCode::Crashed);
        assert_eq!(
            code(libc::SIGABRT, "memory allocation of 12 bytes failed"),
            FailureCode::OutOfMemory
        );
        assert_eq!(
            code(101 << 8, "thread 'main' panicked"),
            FailureCode::Crashed
        );
    }
}
