//! A look at what children use, from outside.
//!
//! A child limits itself before it reads a file (`sandbox`), but a limit on address space says little about a program
//! such as LibreOffice, and one that a child sets binds no more than the child. So the server looks several times a
//! second at the memory and the CPU time of the child and of all that it has started, and ends them at the limit. The
//! same look is the measurement that reports and tests use.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::{Failure, FailureCode};

/// How often to look.
const PERIOD: Duration = Duration::from_millis(50);
/// The most processes of one child that are looked at.
const MAX_PROCESSES: usize = 64;
/// In what `/proc` counts CPU time, on every Linux that runs this program.
const MILLISECONDS_PER_TICK: u64 = 10;

/// The most that any child of a converter has used so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// How many children were started.
    pub children: u64,
    /// The largest resident memory of a child with all that it had started.
    pub memory_bytes: u64,
    /// The longest CPU time of a child with all that it had started.
    pub cpu: Duration,
    /// The longest life of a child by the clock on the wall, which says much about what else the machine does.
    pub life: Duration,
}

/// Where the looks at all children of a converter come together.
#[derive(Debug, Default)]
pub(super) struct Meter {
    children: AtomicU64,
    memory_bytes: AtomicU64,
    cpu_ms: AtomicU64,
    life_ms: AtomicU64,
}

impl Meter {
    pub(super) fn usage(&self) -> Usage {
        Usage {
            children: self.children.load(Ordering::Relaxed),
            memory_bytes: self.memory_bytes.load(Ordering::Relaxed),
            cpu: Duration::from_millis(self.cpu_ms.load(Ordering::Relaxed)),
            life: Duration::from_millis(self.life_ms.load(Ordering::Relaxed)),
        }
    }

    fn take(&self, seen: &Seen) {
        self.memory_bytes
            .fetch_max(seen.resident.max(seen.highest), Ordering::Relaxed);
        self.cpu_ms.fetch_max(seen.cpu_ms, Ordering::Relaxed);
    }
}

/// What a child may use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowance {
    /// Resident memory.
    pub(super) memory_bytes: u64,
    /// CPU time.
    pub(super) cpu: Duration,
}

/// A child under watch, until this value is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    verdict: Arc<OnceLock<Failure>>,
    task: JoinHandle<()>,
    begun: Instant,
    meter: Arc<Meter>,
}

impl Watch {
    /// Starts to look at a child, which leads the process group of its own number.
    pub(super) fn start(child: Pid, allowance: Allowance, meter: Arc<Meter>) -> Self {
        meter.children.fetch_add(1, Ordering::Relaxed);
        let verdict = Arc::new(OnceLock::new());
        let told = Arc::clone(&verdict);
        let seen_by = Arc::clone(&meter);
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(PERIOD).await;
                let seen = look_at(child.as_raw_nonzero().get());
                seen_by.take(&seen);
                if let Some(failure) = judge(&seen, allowance) {
                    let _ = told.set(failure);
                    let _ = kill_process_group(child, Signal::KILL);
                    return;
                }
            }
        });
        Self {
            verdict,
            task,
            begun: Instant::now(),
            meter,
        }
    }

    /// Why the child was ended by the watch, if it was.
    pub(super) fn verdict(&self) -> Option<Failure> {
        self.verdict.get().cloned()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
        let life = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.meter.life_ms.fetch_max(life, Ordering::Relaxed);
    }
}

/// What a child and all that it has started use.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    /// Resident now, all together.
    resident: u64,
    /// The most that one of them ever had resident.
    highest: u64,
    cpu_ms: u64,
}

fn judge(seen: &Seen, allowance: Allowance) -> Option<Failure> {
    if seen.resident > allowance.memory_bytes {
        return Some(Failure::new(
            FailureCode::OutOfMemory,
            format!(
                "the converter had {} MiB resident, {} are allowed",
                seen.resident >> 20,
                allowance.memory_bytes >> 20
            ),
        ));
    }
    let cpu = Duration::from_millis(seen.cpu_ms);
    (cpu > allowance.cpu).then(|| {
        Failure::new(
            FailureCode::TimedOut,
            format!(
                "the converter used {cpu:?} of CPU time, {:?} are allowed",
                allowance.cpu
            ),
        )
    })
}

fn look_at(child: i32) -> Seen {
    let mut seen = Seen::default();
    let mut known = BTreeSet::from([child]);
    let mut open = vec![child];
    while let Some(process) = open.pop() {
        if let Ok(status) = std::fs::read_to_string(format!("/proc/{process}/status")) {
            seen.resident += kibibytes(&status, "VmRSS:") << 10;
            seen.highest = seen.highest.max(kibibytes(&status, "VmHWM:") << 10);
        }
        if let Ok(stat) = std::fs::read_to_string(format!("/proc/{process}/stat")) {
            seen.cpu_ms += ticks(&stat) * MILLISECONDS_PER_TICK;
        }
        for started in started_by(process) {
            if known.len() < MAX_PROCESSES && known.insert(started) {
                open.push(started);
            }
        }
    }
    seen
}

/// The processes that a process has started; the kernel lists them by the thread that did.
fn started_by(process: i32) -> Vec<i32> {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{process}/task")) else {
        return Vec::new();
    };
    threads
        .flatten()
        .filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|number| number.parse().ok())
                .collect::<Vec<i32>>()
        })
        .collect()
}

fn kibibytes(status: &str, name: &str) -> u64 {
    status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

/// User and system time. The name of the program comes before them in brackets and may hold anything.
fn ticks(stat: &str) -> u64 {
    let Some((_, fields)) = stat.rsplit_once(") ") else {
        return 0;
    };
    fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_and_what_it_started_are_seen() {
        let mut child = std::process::Command::new("sleep")
            .arg("30")
            .spawn()
            .unwrap();
        let own = i32::try_from(std::process::id()).unwrap();
        assert!(started_by(own).contains(&i32::try_from(child.id()).unwrap()));
        let seen = look_at(own);
        assert!(
            seen.resident > 1 << 20 && seen.highest > 1 << 20,
            "{seen:?}"
        );
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn fields_are_found_behind_any_name() {
        let stat = "7 (a) b (c)) S 1 7 7 0 -1 4194560 1 0 0 0 250 50 0 0 20";
        assert_eq!(ticks(stat), 300);
        assert_eq!(
            kibibytes("VmPeak:\t9 kB\nVmRSS:\t  2048 kB\n", "VmRSS:"),
            2_048
        );
    }

    #[test]
    fn the_limit_that_was_broken_is_named() {
        let allowance = Allowance {
            memory_bytes: 100 << 20,
            cpu: Duration::from_secs(1),
        };
        let seen = |resident, cpu_ms| Seen {
            resident,
            highest: resident,
            cpu_ms,
        };
        assert!(judge(&seen(100 << 20, 1_000), allowance).is_none());
        let memory = judge(&seen(101 << 20, 0), allowance).unwrap();
        assert_eq!(memory.code, FailureCode::OutOfMemory);
        let time = judge(&seen(0, 1_010), allowance).unwrap();
        assert_eq!(time.code, FailureCode::TimedOut);
    }
}
