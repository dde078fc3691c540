//! Archives of many files, taken apart.
//!
//! An archive is foreign: it is opened in a child only (`unpack`), which writes each file under a number, never under the
//! name that the archive gives it, and says the names. What a name may look like is decided here too ([`clean_path`]);
//! the server asks again, because a child is not believed.
//!
//! It does not look into the files. An archive inside an archive is refused, so that there is one depth to bound.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zip::ZipArchive;
use zip::read::Config;
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

use super::child::say;
use super::limits::MAX_ZIP_ENTRIES;
use super::protocol::Message;
use super::{Failure, FailureCode};

/// Why a file of an archive does not come in beside another of the same path.
pub const SAME_PATH: &str = "Another file has this very path, and only one of them can come in.";
const LONGEST_PATH: usize = 400;
/// What belongs to a system or a program and to no library.
const CLUTTER: [&str; 3] = ["thumbs.db", "desktop.ini", "icon\r"];
const ARCHIVES: [&str; 12] = [
    "zip", "7z", "rar", "tar", "gz", "tgz", "bz2", "xz", "zst", "jar", "iso", "cab",
];

/// How much an archive may hold.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct ArchiveLimits {
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Bytes of all files.
    pub total_bytes: u64,
}

/// A file of an archive.
#[derive(Debug, Clone)]
pub struct ArchiveEntry {
    /// Where it stands in the archive, with `/` between folders.
    pub path: String,
    /// Where it lies now, or why it was left out, as a sentence for people.
    pub file: Result<PathBuf, String>,
}

/// What a child says of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Unpacked {
    /// The path in the archive.
    pub(super) path: String,
    /// Under which number it lies in the folder, and how many bytes it has; or why it was left out.
    pub(super) file: Result<(u32, u64), Omission>,
}

/// Why a file of an archive was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Omission {
    Name,
    Archive,
    Link,
    Encrypted,
    TooLarge,
    Damaged,
    Repeated,
}

impl Omission {
    /// A sentence for people.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Name => "Its path leads out of the archive or cannot be used as a name.",
            Self::Archive => "It is an archive inside the archive. Unpack it and add its files.",
            Self::Link => "It is a link to another file.",
            Self::Encrypted => "It is protected by a password.",
            Self::TooLarge => "It is larger than files may be here.",
            Self::Damaged => "It cannot be unpacked; the archive is damaged here.",
            Self::Repeated => SAME_PATH,
        }
    }
}

/// Where a file of the archive lies in the folder.
pub(super) fn unpacked_path(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("file-{number:05}"))
}

/// Whether a path is nobody's collateral: folders' settings, hidden files, locks of open documents.
pub fn is_clutter(path: &str) -> bool {
    path.split(['/', '\\']).any(|part| {
        let lower = part.to_lowercase();
        part == "__MACOSX"
            || part.starts_with('.') && part != "." && part != ".."
            || part.starts_with("~$")
            || CLUTTER.contains(&lower.as_str())
    })
}

/// The path as we keep it, if it stays inside the archive and has only names that can be shown.
pub(super) fn clean_path(path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    let has_drive = path.get(1..2) == Some(":");
    let is_bad = |part: &str| part.is_empty() || matches!(part, "." | "..");
    let wrong = path.is_empty()
        || path.len() > LONGEST_PATH
        || has_drive
        || path.chars().any(char::is_control)
        || path.split('/').any(is_bad);
    (!wrong).then_some(path)
}

fn is_archive_name(path: &str) -> bool {
    let ending = path
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|ending| ARCHIVES.contains(&ending.as_str()))
}

/// Takes an archive apart; runs in the child.
pub(super) fn unpack(input: &Path, folder: &Path, limits: ArchiveLimits) -> Result<(), Failure> {
    let file = File::open(input)
        .map_err(|error| Failure::internal(format!("the file could not be read: {error}")))?;
    let mut archive = ZipArchive::new(BufReader::new(file))
        .map_err(|error| Failure::damaged(format!("the ZIP archive cannot be read: {error}")))?;
    if archive.len() > MAX_ZIP_ENTRIES {
        let detail = format!("{} entries, {MAX_ZIP_ENTRIES} are accepted", archive.len());
        return Err(Failure::new(FailureCode::ZipBomb, detail));
    }
    let mut number = 0;
    let mut left = limits.total_bytes;
    for index in 0..archive.len() {
        let named = archive
            .name_for_index(index)
            .and_then(|name| name.ok().map(std::borrow::Cow::into_owned))
            .unwrap_or_else(|| format!("file {}", index + 1));
        let (path, file) = match archive.by_index(index) {
            Ok(entry) => {
                let path = named;
                if entry.is_dir() || is_clutter(&path) {
                    continue;
                }
                let omission = if clean_path(&path).is_none() {
                    Some(Omission::Name)
                } else if entry.is_symlink() {
                    Some(Omission::Link)
                } else if is_archive_name(&path) {
                    Some(Omission::Archive)
                } else {
                    None
                };
                let file = match omission {
                    Some(omission) => Err(omission),
                    None => {
                        number += 1;
                        let target = unpacked_path(folder, number);
                        let size = write_file(entry, &target, limits.file_bytes, &mut left)?;
                        size.map(|size| (number, size))
                    }
                };
                (path, file)
            }
            Err(error) => {
                let omission = match error {
                    ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
                        Omission::Encrypted
                    }
                    _ => Omission::Damaged,
                };
                (named, Err(omission))
            }
        };
        say_of(path, file)?;
    }
    if archive.has_duplicate_names() {
        for path in repeated_names(input)? {
            if !is_clutter(&path) && !path.ends_with('/') {
                say_of(path, Err(Omission::Repeated))?;
            }
        }
    }
    Ok(())
}

fn say_of(path: String, file: Result<(u32, u64), Omission>) -> Result<(), Failure> {
    let path = path.chars().take(LONGEST_PATH).collect();
    say(&Message::Unpacked(Unpacked { path, file }))
}

/// The names that the archive's directory has once more than once, each as often: what we read by name is the last of them.
fn repeated_names(input: &Path) -> Result<Vec<String>, Failure> {
    let damaged = |error: ZipError| Failure::damaged(format!("the ZIP directory: {error}"));
    let file = File::open(input)
        .map_err(|error| Failure::internal(format!("the file could not be read: {error}")))?;
    let mut archive =
        ZipIterable::try_new(BufReader::new(file), Config::default()).map_err(damaged)?;
    if archive.len() > MAX_ZIP_ENTRIES {
        let detail = format!("{} entries, {MAX_ZIP_ENTRIES} are accepted", archive.len());
        return Err(Failure::new(FailureCode::ZipBomb, detail));
    }
    let mut seen = HashSet::new();
    let mut repeated = Vec::new();
    for entry in archive.files().map_err(damaged)? {
        let name = entry
            .map_err(damaged)?
            .name()
            .map_err(damaged)?
            .into_owned();
        if !seen.insert(name.clone()) {
            repeated.push(name);
        }
    }
    Ok(repeated)
}

/// Writes a file and counts its bytes; what the archive claims about sizes is not asked.
fn write_file(
    mut entry: impl Read,
    target: &Path,
    limit: u64,
    left: &mut u64,
) -> Result<Result<u64, Omission>, Failure> {
    let full = |error: std::io::Error| Failure::internal(format!("could not be written: {error}"));
    let mut file = File::create(target).map_err(full)?;
    let mut buffer = vec![0; 256 << 10];
    let mut size = 0;
    loop {
        let Ok(read) = entry.read(&mut buffer) else {
            return Ok(Err(Omission::Damaged));
        };
        let Some(chunk) = buffer.get(..read).filter(|chunk| !chunk.is_empty()) else {
            return Ok(Ok(size));
        };
        size += chunk.len() as u64;
        *left = left.checked_sub(chunk.len() as u64).ok_or_else(|| {
            Failure::new(
                FailureCode::ZipBomb,
                "the archive unpacks to more than is accepted",
            )
        })?;
        if size > limit {
            // What was written of it is given back to the disk.
            file.set_len(0).map_err(full)?;
            return Ok(Err(Omission::TooLarge));
        }
        file.write_all(chunk).map_err(full)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_that_stay_inside_are_kept() {
        for path in ["a.pdf", "decks/2026/a b.pptx", "öl/x.md", "a..b/c.txt"] {
            assert_eq!(clean_path(path).as_deref(), Some(path));
        }
        assert_eq!(clean_path("decks\\a.pptx").as_deref(), Some("decks/a.pptx"));
        for path in [
            "",
            "/etc/passwd",
            "../a.pdf",
            "a/../../b.pdf",
            "a//b.pdf",
            "./a.pdf",
            "C:\\a.pdf",
            "c:a.pdf",
            "..\\a.pdf",
            "a\0.pdf",
            "a\nb.pdf",
        ] {
            assert_eq!(clean_path(path), None, "{path:?}");
        }
    }

    #[test]
    fn what_systems_leave_behind_is_clutter() {
        for path in [
            "__MACOSX/a.pdf",
            "x/.DS_Store",
            "Thumbs.db",
            ".git/config",
            "decks/~$plan.docx",
        ] {
            assert!(is_clutter(path), "{path}");
        }
        for path in ["a.pdf", "../a.pdf", "x/y.z.pdf"] {
            assert!(!is_clutter(path), "{path}");
        }
    }

    #[test]
    fn archives_inside_are_told_by_their_names() {
        assert!(is_archive_name("more/Decks.ZIP"));
        assert!(is_archive_name("a.tar.gz"));
        assert!(!is_archive_name("zip"));
        assert!(!is_archive_name("a.pptx"));
    }
}
