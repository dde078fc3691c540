//! The files of an import: found in a folder, or taken out of an archive, and matched with the manifest.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization as _;

use super::manifest::{self, Listed, Said};
use crate::config::Config;
use crate::documents::{ArchiveEntry, ArchiveLimits, SAME_PATH, is_clutter};
use crate::error::{Error, Result};

/// More files than that are not one import.
const MOST_FILES: usize = 20_000;

/// A file that is to come in.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Its path, with `/` between folders.
    pub(super) file: String,
    /// Where it lies and what is said of it, or why it cannot come in.
    pub(super) ready: Result<(PathBuf, Said), String>,
}

/// How much an archive may hold under this configuration.
pub(super) fn archive_limits(config: &Config) -> ArchiveLimits {
    ArchiveLimits {
        file_bytes: config.upload_limit,
        total_bytes: config.import_limit,
    }
}

/// The files under a folder, by their paths, in order. What cannot be read and what is no file is among them with the
/// reason; links are not followed.
pub(super) fn walk(folder: &Path) -> Result<Vec<ArchiveEntry>> {
    let mut entries = Vec::new();
    // Without the folder itself there is nothing to import.
    let mut folders = vec![(std::fs::read_dir(folder)?, String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in folder {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if is_clutter(&path) {
                continue;
            }
            let kind = entry.file_type()?;
            let file = if kind.is_dir() {
                match std::fs::read_dir(entry.path()) {
                    Ok(folder) => {
                        folders.push((folder, format!("{path}/")));
                        continue;
                    }
                    Err(error) => Err(format!("This folder cannot be read: {error}.")),
                }
            } else if kind.is_symlink() {
                Err("It is a link to another file.".to_owned())
            } else if kind.is_file() {
                Ok(entry.path())
            } else {
                Err("It is no file.".to_owned())
            };
            entries.push(ArchiveEntry { path, file });
            if entries.len() > MOST_FILES {
                return Err(Error::field(
                    "path",
                    format!("There are more than {MOST_FILES} files; import folder by folder."),
                ));
            }
        }
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(entries)
}

/// An archive often holds one folder that holds everything; that folder is no part of the paths.
pub(super) fn without_common_folder(entries: Vec<ArchiveEntry>) -> Vec<ArchiveEntry> {
    let mut tops = entries.iter().map(|entry| entry.path.split_once('/'));
    let first = tops.next().flatten().map(|(top, _)| top.to_owned());
    let Some(top) = first.filter(|first| tops.all(|top| top.is_some_and(|(top, _)| top == first)))
    else {
        return entries;
    };
    entries
        .into_iter()
        .map(|entry| ArchiveEntry {
            path: entry
                .path
                .get(top.len() + 1..)
                .unwrap_or(&entry.path)
                .to_owned(),
            file: entry.file,
        })
        .collect()
}

/// The manifest in the top folder, if there is one, and the files without it.
pub(super) fn split_manifest(
    entries: Vec<ArchiveEntry>,
) -> Result<(Option<Vec<Listed>>, Vec<ArchiveEntry>)> {
    let is_manifest =
        |entry: &ArchiveEntry| manifest::NAMES.contains(&entry.path.to_lowercase().as_str());
    let (mut manifests, files): (Vec<_>, Vec<_>) = entries.into_iter().partition(is_manifest);
    manifests.sort_by(|a, b| b.path.cmp(&a.path));
    let Some(ArchiveEntry { path, file }) = manifests.into_iter().next() else {
        return Ok((None, files));
    };
    // Without its words everything would come in, as if there were none.
    let file = file
        .map_err(|why| Error::field("manifest", format!("The manifest cannot be read. {why}")))?;
    let listed = manifest::parse(&path, &std::fs::read(file)?)?;
    Ok((Some(listed), files))
}

/// Brings files and manifest together. What the manifest does not name does not come in; without one, everything does.
pub(super) fn candidates(
    listed: Option<Vec<Listed>>,
    entries: Vec<ArchiveEntry>,
) -> Vec<Candidate> {
    let entries = without_repetitions(entries);
    let Some(listed) = listed else {
        return entries
            .into_iter()
            .map(|entry| Candidate {
                file: entry.path,
                ready: entry.file.map(|path| (path, Said::default())),
            })
            .collect();
    };
    let mut files: HashMap<String, ArchiveEntry> = HashMap::new();
    let mut others = Vec::new();
    let names: HashSet<String> = listed.iter().map(|row| row.file.clone()).collect();
    for entry in entries {
        if names.contains(&entry.path) && !files.contains_key(&entry.path) {
            files.insert(entry.path.clone(), entry);
            continue;
        }
        let unnamed = "The manifest does not name it.".to_owned();
        others.push(Candidate {
            ready: Err(entry.file.err().unwrap_or(unnamed)),
            file: entry.path,
        });
    }
    listed
        .into_iter()
        .map(|row| {
            let ready = match (files.remove(&row.file), row.said) {
                (_, Err(why)) => Err(why),
                (None, _) => Err("The manifest names it, but it is not there.".to_owned()),
                (Some(entry), Ok(said)) => entry.file.map(|path| (path, said)),
            };
            Candidate {
                file: row.file,
                ready,
            }
        })
        .chain(others)
        .collect()
}

/// Two files of one path would be one asset: the second stays outside, and says so. It is the same path however its
/// accents are written; macOS takes them off their letters, and a manifest is often written elsewhere.
fn without_repetitions(entries: Vec<ArchiveEntry>) -> Vec<ArchiveEntry> {
    let mut seen = HashSet::new();
    entries
        .into_iter()
        .map(|entry| {
            let path: String = entry.path.nfc().collect();
            let is_first = seen.insert(path.clone());
            let file = match entry.file {
                Ok(_) if !is_first => Err(SAME_PATH.to_owned()),
                file => file,
            };
            ArchiveEntry { path, file }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str) -> ArchiveEntry {
        ArchiveEntry {
            path: path.to_owned(),
            file: Ok(PathBuf::from("/tmp/x")),
        }
    }

    #[test]
    fn a_folder_around_everything_is_taken_off() {
        let paths = |entries: &[&str]| -> Vec<String> {
            let entries = entries.iter().map(|path| entry(path)).collect();
            let entries = without_common_folder(entries);
            entries.into_iter().map(|entry| entry.path).collect()
        };
        assert_eq!(paths(&["all/a.pdf", "all/b/c.pdf"]), ["a.pdf", "b/c.pdf"]);
        assert_eq!(paths(&["all/a.pdf", "b.pdf"]), ["all/a.pdf", "b.pdf"]);
        assert_eq!(paths(&["a.pdf"]), ["a.pdf"]);
    }

    #[test]
    fn files_and_manifest_are_matched_by_path() {
        let listed = manifest::parse("m.csv", b"file,title\na.pdf,A\ngone.pdf,G\n").unwrap();
        let rows = candidates(Some(listed), vec![entry("a.pdf"), entry("b.pdf")]);
        let ready: Vec<_> = rows
            .iter()
            .map(|row| (row.file.as_str(), row.ready.is_ok()))
            .collect();
        assert_eq!(
            ready,
            [("a.pdf", true), ("gone.pdf", false), ("b.pdf", false)]
        );
    }

    #[test]
    fn the_second_file_of_a_path_is_refused_with_and_without_a_manifest() {
        let entries = || vec![entry("a.pdf"), entry("b.pdf"), entry("a.pdf")];
        let listed = manifest::parse("m.csv", b"file\na.pdf\nb.pdf\n").unwrap();
        for listed in [None, Some(listed)] {
            let rows = candidates(listed, entries());
            let ready: Vec<_> = rows
                .iter()
                .map(|row| (row.file.as_str(), row.ready.is_ok()))
                .collect();
            assert_eq!(ready, [("a.pdf", true), ("b.pdf", true), ("a.pdf", false)]);
            let why = rows[2].ready.as_ref().unwrap_err();
            assert!(why.contains("very path"), "{why}");
        }
    }

    #[test]
    fn a_path_is_the_same_however_its_accents_are_written() {
        let (composed, taken_apart) = ("Pr\u{e9}sentation.pdf", "Pre\u{301}sentation.pdf");
        for (said, there) in [(composed, taken_apart), (taken_apart, composed)] {
            let listed = manifest::parse("m.csv", format!("file\n{said}\n").as_bytes()).unwrap();
            let rows = candidates(Some(listed), vec![entry(there)]);
            assert!(rows.len() == 1 && rows[0].ready.is_ok(), "{rows:?}");
            assert_eq!(rows[0].file, composed);
        }
        let both = candidates(None, vec![entry(composed), entry(taken_apart)]);
        assert!(both[0].ready.is_ok() && both[1].ready.is_err(), "{both:?}");
    }

    #[test]
    fn links_and_folders_that_cannot_be_read_are_told_and_stop_nothing() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("a.md"), "# A").unwrap();
        std::os::unix::fs::symlink(at("a.md"), at("link.md")).unwrap();
        std::fs::create_dir(at("closed")).unwrap();
        std::fs::write(at("closed/b.md"), "# B").unwrap();
        std::fs::set_permissions(at("closed"), std::fs::Permissions::from_mode(0o000)).unwrap();
        let entries = walk(folder.path()).unwrap();
        std::fs::set_permissions(at("closed"), std::fs::Permissions::from_mode(0o700)).unwrap();
        let told = |path: &str| {
            let entry = entries.iter().find(|entry| entry.path == path);
            entry.map(|entry| entry.file.clone().map_err(|why| why.len() > 10))
        };
        assert_eq!(told("a.md"), Some(Ok(at("a.md"))));
        assert_eq!(told("link.md"), Some(Err(true)));
        // Whoever may read everything reads that folder too.
        assert!(told("closed") == Some(Err(true)) || told("closed/b.md").is_some());
    }
}
