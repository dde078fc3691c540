//! What the server's process used meanwhile, as Linux tells it, and how often it brought events to disk.

use super::connection::Connection;

/// The server at one moment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Used {
    /// Seconds on a processor, of all threads.
    cpu: f64,
    /// Batches of events committed; each is one sync of the disk.
    commits: f64,
    /// Resident memory in megabytes.
    resident: f64,
}

impl Used {
    /// Asks the kernel about `pid`, and the server about its commits.
    pub(super) async fn now(pid: u32, address: &str, bearer: Option<&str>) -> Self {
        Self {
            cpu: cpu(pid).unwrap_or_default(),
            resident: resident(pid).unwrap_or_default(),
            commits: match bearer {
                Some(bearer) => commits(address, bearer).await.unwrap_or_default(),
                None => 0.0,
            },
        }
    }

    /// The figures since `before`, for a person.
    pub(super) fn since(self, before: Self, events: f64) -> String {
        let cpu = (self.cpu - before.cpu).max(f64::MIN_POSITIVE);
        let commits = self.commits - before.commits;
        let each = if commits > 0.0 {
            format!("{:.0} events for each sync, ", events / commits)
        } else {
            String::new()
        };
        format!(
            "server               {cpu:.1} s of CPU, {:.0} events per CPU second, {each}{:.0} MB resident, {:.0} before",
            events / cpu,
            self.resident,
            before.resident
        )
    }
}

/// Seconds on a processor: fields 14 and 15 of the kernel's line, in hundredths.
fn cpu(pid: u32) -> Option<f64> {
    let line = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = line.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / 100.0)
}

fn resident(pid: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1_024.0)
}

async fn commits(address: &str, bearer: &str) -> Option<f64> {
    let request = format!(
        "GET /metrics HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {bearer}\r\n\r\n"
    );
    let answer = Connection::new(address.to_owned())
        .send(request.as_bytes())
        .await
        .ok()?;
    let text = String::from_utf8(answer.body).ok()?;
    let line = text
        .lines()
        .find(|line| line.starts_with("lastmile_ingest_commit_seconds_count"))?;
    line.rsplit(' ').next()?.parse().ok()
}
