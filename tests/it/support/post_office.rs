//! A mail server that listens on a port of its own and keeps what it gets: the peer of the program's SMTP client.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Delivered {
    pub(crate) recipients: Vec<String>,
    /// Head and body, as they were sent.
    pub(crate) source: String,
}

/// The server; it stops with the test.
pub(crate) struct PostOffice {
    address: SocketAddr,
    delivered: Arc<Mutex<Vec<Delivered>>>,
}

impl PostOffice {
    /// A server that answers RCPT with 451 (come back later) that many times, and refuses everybody at `gone.example`.
    pub(crate) async fn open(mut busy: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let delivered = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&delivered);
        actix_web::rt::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // One caller after the other: the program keeps its connection open and uses it again.
                let _ = talk(stream, &mut busy, &kept).await;
            }
        });
        Self { address, delivered }
    }

    /// Where to reach it.
    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// What came in, once there are this many.
    pub(crate) async fn delivered(&self, count: usize) -> Vec<Delivered> {
        for _ in 0..200 {
            let so_far = self.delivered.lock().unwrap().clone();
            if so_far.len() >= count {
                return so_far;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!(
            "{count} mails never came: {:?}",
            self.delivered.lock().unwrap()
        );
    }
}

async fn talk(
    stream: TcpStream,
    busy: &mut usize,
    kept: &Mutex<Vec<Delivered>>,
) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut recipients = Vec::new();
    write.write_all(b"220 post office\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let command = line.to_uppercase();
        let answer: &[u8] = if command.starts_with("EHLO") {
            b"250-post office\r\n250 8BITMIME\r\n"
        } else if command.starts_with("RCPT") && *busy > 0 {
            *busy -= 1;
            b"451 come back later\r\n"
        } else if command.starts_with("RCPT") && command.contains("GONE.EXAMPLE") {
            b"550 no such mailbox\r\n"
        } else if command.starts_with("RCPT") {
            recipients.push(line[8..].to_owned());
            b"250 ok\r\n"
        } else if command == "DATA" {
            write.write_all(b"354 go on\r\n").await?;
            let mut source = String::new();
            while let Some(line) = lines.next_line().await? {
                if line == "." {
                    break;
                }
                source.push_str(&line);
                source.push('\n');
            }
            kept.lock().unwrap().push(Delivered {
                recipients: std::mem::take(&mut recipients),
                source,
            });
            b"250 taken\r\n"
        } else if command == "QUIT" {
            write.write_all(b"221 bye\r\n").await?;
            return Ok(());
        } else {
            b"250 ok\r\n"
        };
        write.write_all(answer).await?;
    }
    Ok(())
}
