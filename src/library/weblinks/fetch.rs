//! One fetch: bounded in time, size and redirects, and kept only if it is something that has pages.

use std::path::PathBuf;
use std::time::Duration;

use encoding_rs::{Encoding, UTF_8};
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use tempfile::TempPath;
use tokio::io::AsyncWriteExt as _;
use url::Url;

use crate::config::Config;
use crate::documents::{Format, sniff};
use crate::error::{Code, Error, Result};
use crate::library::upload::incoming_dir;
use crate::outside::{PublicNames, Refused, check_url};

const WHOLE: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_secs(10);
const REDIRECTS: usize = 5;
/// A page of the web that is larger is none to show.
const LARGEST: u64 = 32 * 1024 * 1024;
const LONGEST_NAME: usize = 80;
/// Sites may tell us apart, and turn us away.
const AGENT: &str = concat!(
    "Lastmile/",
    env!("CARGO_PKG_VERSION"),
    " (snapshot of one page on a person's request)"
);

/// Fetches from the public web. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Fetcher {
    client: Client,
    dir: PathBuf,
    limit: u64,
    allow_private: bool,
}

/// What was found at an address.
pub(super) struct Snapshot {
    /// Gone when this is dropped.
    pub(super) path: TempPath,
    /// A name for it, made of the address and of what it is.
    pub(super) name: String,
}

impl Fetcher {
    /// A fetcher under this configuration.
    pub fn new(config: &Config) -> Result<Self> {
        let allow_private = config.fetch_private_addresses;
        let redirects = Policy::custom(move |attempt| {
            if attempt.previous().len() > REDIRECTS {
                return attempt.error(Refused(
                    "The address leads from one to the next without end.",
                ));
            }
            match check_url(attempt.url(), allow_private) {
                Ok(()) => attempt.follow(),
                Err(refused) => attempt.error(refused),
            }
        });
        let client = Client::builder()
            .user_agent(AGENT)
            .dns_resolver(std::sync::Arc::new(PublicNames { allow_private }))
            // A proxy would connect in our place, to wherever it likes.
            .no_proxy()
            .redirect(redirects)
            .referer(false)
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .timeout(WHOLE)
            .pool_max_idle_per_host(0)
            .build()
            .map_err(Error::internal)?;
        Ok(Self {
            client,
            dir: incoming_dir(config)?,
            limit: config.upload_limit.min(LARGEST),
            allow_private,
        })
    }

    /// The address, if it may be fetched at all.
    pub(super) fn address(&self, text: &str) -> Result<Url> {
        let url = Url::parse(text.trim()).map_err(|_| {
            Error::field(
                "url",
                "Give a whole address, such as https://example.com/page.",
            )
        })?;
        check_url(&url, self.allow_private).map_err(|refused| Error::field("url", refused.0))?;
        Ok(url)
    }

    /// Fetches what is at `url` now.
    pub(super) async fn fetch(&self, url: &Url) -> Result<Snapshot> {
        let response = self.client.get(url.clone()).send().await.map_err(why)?;
        let status = response.status();
        if !status.is_success() {
            return Err(unfetchable(format!(
                "The site answered with status {status}."
            )));
        }
        let (is_html, charset) = media_type(&response);
        let path = self.save(response, charset.filter(|_| is_html)).await?;
        let hint = if is_html { "page.html" } else { "page" };
        let sniffed = path.to_path_buf();
        let format = tokio::task::spawn_blocking(move || sniff(&sniffed, hint))
            .await
            .map_err(Error::internal)?
            .map_err(|failure| unfetchable(failure.message()))?;
        if !is_kept(format) {
            return Err(unfetchable(format!(
                "There is a {} at this address. Web pages, PDF files and pictures can be linked; download it and upload it as a file.",
                format.label()
            )));
        }
        Ok(Snapshot {
            path,
            name: name_of(url, format),
        })
    }

    /// Writes the body to a file, in UTF-8 where the reply alone says in which encoding it is.
    async fn save(
        &self,
        mut response: Response,
        charset: Option<&'static Encoding>,
    ) -> Result<TempPath> {
        let (file, path) = tempfile::Builder::new()
            .prefix("fetch-")
            .tempfile_in(&self.dir)?
            .into_parts();
        let mut file = tokio::fs::File::from_std(file);
        let mut decoder = charset
            .filter(|charset| *charset != UTF_8)
            .map(Encoding::new_decoder);
        if decoder.is_some() {
            // The mark says to whoever reads the file that what it says of itself is no longer true.
            file.write_all(b"\xef\xbb\xbf").await?;
        }
        let mut length = 0;
        while let Some(chunk) = response.chunk().await.map_err(why)? {
            length += chunk.len() as u64;
            if length > self.limit {
                return Err(unfetchable(format!(
                    "There is more than the {} MB that are fetched.",
                    self.limit / (1024 * 1024)
                )));
            }
            match &mut decoder {
                None => file.write_all(&chunk).await?,
                Some(decoder) => {
                    let room = decoder.max_utf8_buffer_length(chunk.len()).unwrap_or(0);
                    let mut text = String::with_capacity(room);
                    let _ = decoder.decode_to_string(&chunk, &mut text, false);
                    file.write_all(text.as_bytes()).await?;
                }
            }
        }
        file.flush().await?;
        Ok(path)
    }
}

/// Whether the reply calls itself HTML, and its encoding.
fn media_type(response: &Response) -> (bool, Option<&'static Encoding>) {
    let value = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let is_html = value.starts_with("text/html") || value.starts_with("application/xhtml+xml");
    let charset = value
        .split(';')
        .find_map(|part| part.trim().strip_prefix("charset="))
        .and_then(|label| Encoding::for_label(label.trim_matches('"').as_bytes()));
    (is_html, charset)
}

fn is_kept(format: Format) -> bool {
    matches!(
        format,
        Format::Html
            | Format::Pdf
            | Format::Png
            | Format::Jpeg
            | Format::Webp
            | Format::Gif
            | Format::Svg
    )
}

/// `https://www.example.com/products/pump?x=1` as a file's name: `example.com pump.html`.
fn name_of(url: &Url, format: Format) -> String {
    let host = url.host_str().unwrap_or("page");
    let host = host.strip_prefix("www.").unwrap_or(host);
    let last = url
        .path_segments()
        .into_iter()
        .flatten()
        .rfind(|part| !part.is_empty())
        .unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let name: String = format!("{host} {stem}")
        .trim()
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') {
                c
            } else {
                '-'
            }
        })
        .take(LONGEST_NAME)
        .collect();
    format!("{name}.{}", format.extension())
}

/// What went wrong, in words for the person who asked.
fn why(error: reqwest::Error) -> Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(inner) = cause {
        if let Some(refused) = inner.downcast_ref::<Refused>() {
            return unfetchable(refused.0);
        }
        cause = inner.source();
    }
    let sentence = if error.is_timeout() {
        "The site did not answer in time."
    } else if error.is_connect() {
        "The site could not be reached. Check the address."
    } else {
        "The connection to the site broke off."
    };
    Error {
        cause: Some(Box::new(error)),
        ..unfetchable(sentence)
    }
}

fn unfetchable(detail: impl Into<String>) -> Error {
    Error::new(Code::Unfetchable, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_is_named_after_its_address() {
        let name = |url: &str| name_of(&url.parse().unwrap(), Format::Html);
        assert_eq!(
            name("https://www.example.com/products/pump.php?x=1"),
            "example.com pump.html"
        );
        assert_eq!(name("https://example.com/"), "example.com.html");
        assert_eq!(
            name("http://[2001:4860::1]/%2e%2e%2fetc"),
            "-2001-4860--1- -2e-2e-2fetc.html"
        );
    }
}
