//! Where indexes lie: each in a folder of its own, and a file that names the one that counts.
//!
//! A new one is built beside the old and counts once the file names it; a crash in between leaves a folder that nobody
//! names, by which the next start sees that a build was not finished.
//!
//! Invariant: one process at a time writes here; it holds [`Lock`].

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::schema::VERSION;
use super::writer::Refusal;

/// The file that names the folder that counts.
const CURRENT: &str = "current";
/// The file that the writing process holds.
const LOCK: &str = "lock";

/// The right to write in a folder of indexes.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    /// Takes it, if nobody has it.
    pub(super) fn take(dir: &Path) -> Result<Self, Refusal> {
        fs::create_dir_all(dir)?;
        let path = dir.join(LOCK);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { path, _file: file }),
            Err(TryLockError::WouldBlock) => Err(Refusal::Locked),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Whether its file is still there; somebody may have deleted the folder.
    pub(super) fn stands(&self) -> bool {
        self.path.exists()
    }
}

/// The folder that counts, if there is one that this program can read.
pub(super) fn current(dir: &Path) -> Option<PathBuf> {
    let name = fs::read_to_string(dir.join(CURRENT)).ok()?;
    let name = name.trim();
    number(name)?;
    Some(dir.join(name))
}

/// A folder for a new index.
pub(super) fn fresh(dir: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(dir)?;
    let last = names(dir).iter().filter_map(|name| number(name)).max();
    let folder = dir.join(format!("v{VERSION}-{}", last.map_or(1, |last| last + 1)));
    fs::create_dir(&folder)?;
    Ok(folder)
}

/// Makes `folder` the one that counts and removes all others.
pub(super) fn point(dir: &Path, folder: &Path) -> io::Result<()> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let draft = dir.join("current.new");
    let mut file = File::create(&draft)?;
    file.write_all(name.as_bytes())?;
    file.sync_all()?;
    fs::rename(&draft, dir.join(CURRENT))?;
    File::open(dir)?.sync_all()?;
    remove_others(dir, &[folder])
}

/// Removes every folder but these.
pub(super) fn remove_others(dir: &Path, keep: &[&Path]) -> io::Result<()> {
    for name in names(dir) {
        let path = dir.join(name);
        if !keep.contains(&path.as_path()) {
            fs::remove_dir_all(path)?;
        }
    }
    Ok(())
}

/// Whether a build was begun and not finished.
pub(super) fn unfinished(dir: &Path) -> bool {
    let current = current(dir);
    names(dir)
        .iter()
        .any(|name| Some(dir.join(name)) != current)
}

/// The files of an index that never change once written, with when they were and how long they are.
#[derive(Debug, Default)]
pub(super) struct Fingerprint(BTreeMap<String, (Option<SystemTime>, u64)>);

impl Fingerprint {
    /// Looks again. `false` if a file that was known is another now, or the index is gone; files that went are old
    /// segments.
    pub(super) fn holds(&mut self, folder: &Path) -> bool {
        if !folder.join("meta.json").exists() {
            return false;
        }
        let Ok(entries) = fs::read_dir(folder) else {
            return false;
        };
        let mut found = BTreeMap::new();
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            // What tantivy itself writes again.
            if name.starts_with('.')
                || name == "meta.json"
                || Path::new(&name)
                    .extension()
                    .is_some_and(|ending| ending == "lock")
            {
                continue;
            }
            let Ok(meta) = entry.metadata() else { continue };
            found.insert(name, (meta.modified().ok(), meta.len()));
        }
        let same = self.0.iter().all(|(name, was)| {
            // A file that grows is still being written.
            found.get(name).is_none_or(|is| is == was || is.1 > was.1)
        });
        self.0 = found;
        same
    }
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// The number of a folder of this program's schema.
fn number(name: &str) -> Option<u64> {
    let rest = name.strip_prefix('v')?;
    let (version, number) = rest.split_once('-')?;
    (version.parse() == Ok(VERSION)).then_some(())?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_counts_once_it_is_named_and_the_others_go() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("v1")).unwrap();
        let first = fresh(dir.path()).unwrap();
        assert_eq!(current(dir.path()), None);
        assert!(unfinished(dir.path()));
        point(dir.path(), &first).unwrap();
        assert_eq!(current(dir.path()), Some(first.clone()));
        assert!(!unfinished(dir.path()));
        let second = fresh(dir.path()).unwrap();
        assert!(unfinished(dir.path()), "a crash now would be seen");
        point(dir.path(), &second).unwrap();
        assert_eq!(current(dir.path()), Some(second));
        assert!(!first.exists());
    }

    #[test]
    fn a_file_that_was_written_to_is_noticed_but_not_one_that_grows_or_goes() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.store");
        fs::write(dir.path().join("meta.json"), "{}").unwrap();
        fs::write(&file, "abc").unwrap();
        let mut print = Fingerprint::default();
        assert!(print.holds(dir.path()));
        fs::write(&file, "abcd").unwrap();
        assert!(print.holds(dir.path()));
        std::thread::sleep(std::time::Duration::from_millis(20));
        fs::write(&file, "abcx").unwrap();
        assert!(!print.holds(dir.path()));
        fs::remove_file(&file).unwrap();
        assert!(print.holds(dir.path()));
        fs::remove_file(dir.path().join("meta.json")).unwrap();
        assert!(!print.holds(dir.path()));
    }

    #[test]
    fn one_at_a_time_may_write() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::take(dir.path()).unwrap();
        assert!(matches!(Lock::take(dir.path()), Err(Refusal::Locked)));
        drop(lock);
        assert!(Lock::take(dir.path()).is_ok());
    }
}
