//! One HTTP/1.1 connection that is kept open: just enough of a client to cost the machine little beside the server
//! that it measures.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The largest head or body that is read.
const LARGEST: usize = 4 * 1024 * 1024;

/// A connection, opened when it is needed and again after it broke.
#[derive(Debug)]
pub(super) struct Connection {
    address: String,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Broken {
    /// The request never left: the server was not there.
    Unsent,
    /// It may have arrived.
    Unanswered,
}

impl Connection {
    pub(super) fn new(address: String) -> Self {
        Self {
            address,
            stream: None,
            buffer: Vec::new(),
        }
    }

    /// Sends a whole request and reads the answer to it.
    pub(super) async fn send(&mut self, request: &[u8]) -> Result<Answer, Broken> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => connect(&self.address).await.map_err(|_| Broken::Unsent)?,
        };
        stream
            .write_all(request)
            .await
            .map_err(|_| Broken::Unanswered)?;
        let (answer, keep) = self
            .read_answer(&mut stream)
            .await
            .map_err(|_| Broken::Unanswered)?;
        if keep {
            self.stream = Some(stream);
        }
        Ok(answer)
    }

    /// Sends a request and does not wait for the end of the answer, which may have none.
    pub(super) async fn begin(&mut self, request: &[u8]) -> Result<(), Broken> {
        let mut stream = connect(&self.address).await.map_err(|_| Broken::Unsent)?;
        stream
            .write_all(request)
            .await
            .map_err(|_| Broken::Unanswered)?;
        self.buffer.clear();
        self.read_more(&mut stream)
            .await
            .map_err(|_| Broken::Unanswered)?;
        self.stream = Some(stream);
        Ok(())
    }

    async fn read_answer(&mut self, stream: &mut TcpStream) -> io::Result<(Answer, bool)> {
        self.buffer.clear();
        let head_end = loop {
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                break at + 4;
            }
            self.read_more(stream).await?;
        };
        let head = Head::parse(self.buffer.get(..head_end).unwrap_or_default())?;
        let body = match head.length {
            Some(length) => {
                while self.buffer.len() < head_end + length {
                    self.read_more(stream).await?;
                }
                self.buffer
                    .get(head_end..head_end + length)
                    .unwrap_or_default()
                    .to_vec()
            }
            None => self.read_chunks(stream, head_end).await?,
        };
        let answer = Answer {
            status: head.status,
            body,
        };
        Ok((answer, head.keep_alive))
    }

    /// Reads a body in chunks: each is its length in hex, a line end, the bytes, a line end; the last has length 0.
    async fn read_chunks(&mut self, stream: &mut TcpStream, mut at: usize) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let rest = self.buffer.get(at..).unwrap_or_default();
            let Some(line_end) = find(rest, b"\r\n") else {
                self.read_more(stream).await?;
                continue;
            };
            let line = rest.get(..line_end).unwrap_or_default();
            let size = std::str::from_utf8(line)
                .ok()
                .and_then(|text| usize::from_str_radix(text.trim(), 16).ok())
                .filter(|size| *size <= LARGEST)
                .ok_or_else(|| io::Error::other("a chunk without a length"))?;
            let begin = at + line_end + 2;
            while self.buffer.len() < begin + size + 2 {
                self.read_more(stream).await?;
            }
            body.extend_from_slice(self.buffer.get(begin..begin + size).unwrap_or_default());
            at = begin + size + 2;
            if size == 0 {
                return Ok(body);
            }
        }
    }

    async fn read_more(&mut self, stream: &mut TcpStream) -> io::Result<()> {
        let read = stream.read_buf(&mut self.buffer).await?;
        if read == 0 || self.buffer.len() > LARGEST {
            return Err(io::Error::other("the answer broke off"));
        }
        Ok(())
    }
}

struct Head {
    status: u16,
    /// Absent: in chunks.
    length: Option<usize>,
    keep_alive: bool,
}

impl Head {
    fn parse(bytes: &[u8]) -> io::Result<Self> {
        let broken = || io::Error::other("not an HTTP answer");
        let text = std::str::from_utf8(bytes).map_err(|_| broken())?;
        let mut lines = text.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1))
            .and_then(|code| code.parse().ok())
            .ok_or_else(broken)?;
        let mut head = Self {
            status,
            length: None,
            keep_alive: true,
        };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                head.length = Some(
                    value
                        .parse()
                        .ok()
                        .filter(|length| *length <= LARGEST)
                        .ok_or_else(broken)?,
                );
            } else if name.eq_ignore_ascii_case("connection") {
                head.keep_alive = !value.eq_ignore_ascii_case("close");
            }
        }
        Ok(head)
    }
}

async fn connect(address: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}
