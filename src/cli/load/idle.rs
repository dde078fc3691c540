//! Many connections on which nothing happens: open streams, and what new requests meet beside them.

use std::time::Duration;

use tokio::time::Instant;

use super::connection::Connection;
use super::summary::Summary;
use crate::error::{Error, Result};

/// How often somebody new comes.
const EVERY: Duration = Duration::from_millis(50);

/// Opens streams on `clients` connections, keeps them, and asks for a page beside them.
pub(super) async fn run(
    address: &str,
    bearer: &str,
    path: &str,
    clients: usize,
    seconds: u64,
) -> Result<Summary> {
    let request = format!(
        "GET /api/v1/stream HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {bearer}\r\n\
         Accept: text/event-stream\r\n\r\n"
    );
    let mut streams = Vec::with_capacity(clients);
    for _ in 0..clients {
        let mut stream = Connection::new(address.to_owned());
        stream.begin(request.as_bytes()).await.map_err(|_| {
            Error::internal(format!(
                "only {} connections could be opened",
                streams.len()
            ))
        })?;
        streams.push(stream);
    }
    let page = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut summary = Summary::default();
    while Instant::now() < until {
        let begin = Instant::now();
        match Connection::new(address.to_owned())
            .send(page.as_bytes())
            .await
        {
            Ok(answer) if answer.status == 200 => summary.page(begin.elapsed()),
            Ok(answer) => summary.refused(answer.status, 0),
            Err(_) => summary.broken(0),
        }
        tokio::time::sleep(EVERY).await;
    }
    drop(streams);
    Ok(summary)
}
