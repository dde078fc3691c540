//! Receiving an upload: the multipart body goes to a temporary file as it comes in, never into memory.
//!
//! It says nothing about what the file is; `store.rs` looks at that.

use std::path::{Path, PathBuf};

use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use actix_web::http::header;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt as _;
use tempfile::TempPath;
use tokio::io::AsyncWriteExt as _;
use unicode_normalization::UnicodeNormalization as _;

use super::metadata::Metadata;
use super::uploads::PREFIX;
use crate::config::Config;
use crate::error::{Code, Error, Result};

/// Most bytes of the `metadata` part.
pub(super) const METADATA_LIMIT: usize = 64 * 1024;
/// How much of a body that is too large is still read, and thrown away, so that its sender is there to hear why.
const READ_ON: u64 = 1024 * 1024 * 1024;
const LONGEST_NAME: usize = 200;
/// Nothing comes in or is converted for so long.
const LEFTOVER_AGE: TimeDelta = TimeDelta::hours(12);

/// A multipart body, received whole.
pub(super) struct Upload {
    /// The file.
    pub(super) file: IncomingFile,
    /// What was said about it, checked.
    pub(super) metadata: Metadata,
}

/// A file on its way in. It is gone when this value is dropped.
pub(super) struct IncomingFile {
    /// Where it lies for now.
    pub(super) path: TempPath,
    /// As its sender calls it, without folders.
    pub(super) name: String,
}

/// Where files lie while they come in or are converted.
pub(super) fn incoming_dir(config: &Config) -> Result<PathBuf> {
    let dir = config.data_dir.join("incoming");
    std::fs::create_dir_all(&dir)?;
    Ok(dir)
}

/// Removes what a crash has left behind there.
pub fn remove_leftovers(config: &Config, now: DateTime<Utc>) -> Result<()> {
    for entry in std::fs::read_dir(incoming_dir(config)?)? {
        let entry = entry?;
        // Uploads in pieces have a life and a sweep of their own.
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        let changed = DateTime::<Utc>::from(entry.metadata()?.modified()?);
        if now - changed < LEFTOVER_AGE {
            continue;
        }
        if entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        } else {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Receives the parts `file`, which is one, and, where there, `metadata`.
pub(super) async fn receive(
    request: &HttpRequest,
    mut body: Multipart,
    config: &Config,
) -> Result<Upload> {
    let limit = config.upload_limit;
    if announced_length(request).is_some_and(|length| length > limit.saturating_add(READ_ON)) {
        return Err(too_large(limit));
    }
    let dir = incoming_dir(config)?;
    let mut file = None;
    let mut metadata = Metadata::default();
    let mut change_note = None;
    while let Some(mut field) = body.try_next().await.map_err(malformed)? {
        match field.name() {
            Some("file") if file.is_some() => {
                read_on(&mut field).await;
                return Err(Error::field(
                    "file",
                    "There is more than one file in this form. Send each in a form of its own.",
                ));
            }
            Some("file") => {
                let name = file_name(&field)?;
                match receive_file(&mut field, &dir, limit).await? {
                    Some(path) => file = Some(IncomingFile { path, name }),
                    None => {
                        read_on(&mut field).await;
                        return Err(too_large(limit));
                    }
                }
            }
            Some("change_note") => change_note = Some(receive_text(&mut field).await?),
            Some("metadata") => metadata = Metadata::from_json(&receive_text(&mut field).await?)?,
            _ => while next_chunk(&mut field).await?.is_some() {},
        }
    }
    let file = file.ok_or_else(|| {
        Error::field(
            "file",
            "Send the file as the part \"file\" of a multipart form.",
        )
    })?;
    if let Some(note) = change_note {
        metadata.change_note = Some(String::from_utf8_lossy(&note).into_owned());
    }
    let metadata = metadata.checked()?;
    Ok(Upload { file, metadata })
}

/// Writes a part to a file; `None` when it is larger than `limit`.
async fn receive_file(field: &mut Field, dir: &Path, limit: u64) -> Result<Option<TempPath>> {
    let (file, path) = tempfile::Builder::new()
        .prefix("upload-")
        .tempfile_in(dir)?
        .into_parts();
    let mut file = tokio::io::BufWriter::with_capacity(256 * 1024, tokio::fs::File::from_std(file));
    let mut length = 0_u64;
    while let Some(chunk) = next_chunk(field).await? {
        length += chunk.len() as u64;
        if length > limit {
            return Ok(None);
        }
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    Ok(Some(path))
}

async fn receive_text(field: &mut Field) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    while let Some(chunk) = next_chunk(field).await? {
        text.extend_from_slice(&chunk);
        if text.len() > METADATA_LIMIT {
            return Err(Error::field(
                "metadata",
                format!("The metadata may have {METADATA_LIMIT} bytes at the most."),
            ));
        }
    }
    Ok(text)
}

/// Many senders look for an answer only when they have sent everything.
async fn read_on(field: &mut Field) {
    let mut left = READ_ON;
    while let Ok(Some(chunk)) = next_chunk(field).await {
        let Some(rest) = left.checked_sub(chunk.len() as u64) else {
            return;
        };
        left = rest;
    }
}

async fn next_chunk(field: &mut Field) -> Result<Option<Bytes>> {
    field.try_next().await.map_err(malformed)
}

fn announced_length(request: &HttpRequest) -> Option<u64> {
    let value = request.headers().get(header::CONTENT_LENGTH)?;
    value.to_str().ok()?.parse().ok()
}

/// The name of the part's file.
fn file_name(field: &Field) -> Result<String> {
    let given = field
        .content_disposition()
        .and_then(|disposition| disposition.get_filename())
        .unwrap_or_default();
    clean_name(given).ok_or_else(|| Error::field("file", "The file needs a name."))
}

/// A name without folders (some browsers send them) and without anything invisible, if anything is left of it. Accents
/// are part of their letters, where macOS takes them apart, so that a name is found as people type it.
pub(super) fn clean_name(given: &str) -> Option<String> {
    let name: String = given
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .nfc()
        .take(LONGEST_NAME)
        .collect();
    match name.trim() {
        "" => None,
        name => Some(name.to_owned()),
    }
}

/// Why a file of more than `limit` bytes is refused.
pub(super) fn too_large(limit: u64) -> Error {
    let megabytes = limit / (1024 * 1024);
    Error::new(
        Code::TooLarge,
        format!(
            "This file is larger than the {megabytes} MB that are accepted. Make it smaller or split it."
        ),
    )
}

fn malformed(error: actix_multipart::MultipartError) -> Error {
    Error::new(
        Code::Malformed,
        format!("The multipart form could not be read: {error}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_folders_nothing_invisible_and_whole_letters() {
        for (given, kept) in [
            ("C:\\decks\\plan.pdf", Some("plan.pdf")),
            ("../../etc/plan\u{0}\n.pdf", Some("plan.pdf")),
            ("Pre\u{301}sentation.pdf", Some("Pr\u{e9}sentation.pdf")),
            ("folder/", None),
            (" \t", None),
        ] {
            assert_eq!(clean_name(given).as_deref(), kept);
        }
        let long = clean_name(&"e\u{301}".repeat(900)).unwrap();
        assert_eq!(long, "\u{e9}".repeat(LONGEST_NAME));
    }
}
