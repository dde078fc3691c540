//! The command line's import: a folder or an archive of this machine, at once.

use std::path::Path;

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::files::{archive_limits, candidates, split_manifest, walk, without_common_folder};
use super::manifest;
use super::rows::{ImportLine, Terms, carry_out, foresee};
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::documents::Converter;
use crate::entities::{ImportOutcome, user};
use crate::error::{Error, Result};
use crate::ids::UserId;
use crate::library::metadata::Metadata;
use crate::library::upload::incoming_dir;

/// What to import and how.
#[derive(Clone, Copy, Debug)]
pub struct FileImport<'a> {
    /// A folder or a ZIP archive.
    pub source: &'a Path,
    /// A manifest that is not in the top folder.
    pub manifest: Option<&'a Path>,
    /// Stands before every path, so that two folders with the same names do not meet.
    pub prefix: &'a str,
    /// The e-mail address of whoever looks after what the manifest names no owner of.
    pub owner: Option<&'a str>,
    /// Say what would happen and write nothing.
    pub dry_run: bool,
}

/// How many files had which outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportTotals {
    /// New assets.
    pub created: usize,
    /// Further versions.
    pub new_versions: usize,
    /// Known as they are.
    pub unchanged: usize,
    /// Not taken in.
    pub refused: usize,
}

impl ImportTotals {
    fn count(&mut self, outcome: ImportOutcome) {
        *match outcome {
            ImportOutcome::Created => &mut self.created,
            ImportOutcome::NewVersion => &mut self.new_versions,
            ImportOutcome::Unchanged => &mut self.unchanged,
            ImportOutcome::Refused => &mut self.refused,
        } += 1;
    }
}

/// Imports files, telling `say` of each.
pub async fn import_files(
    (config, db, blobs, clock, converter): (&Config, &Db, &Blobs, &Clock, &Converter),
    import: FileImport<'_>,
    mut say: impl FnMut(&ImportLine),
) -> Result<ImportTotals> {
    let unpacked = tempfile::Builder::new()
        .prefix("import-")
        .tempdir_in(incoming_dir(config)?)?;
    let entries = if import.source.is_dir() {
        walk(import.source)?
    } else {
        let limits = archive_limits(config);
        let entries = converter
            .unpack(import.source, unpacked.path(), limits)
            .await
            .map_err(|failure| Error::field("path", failure.message()))?;
        without_common_folder(entries)
    };
    let (listed, files) = split_manifest(entries)?;
    let listed = match import.manifest {
        None => listed,
        Some(path) => {
            let name = path.to_string_lossy();
            Some(manifest::parse(&name, &std::fs::read(path)?)?)
        }
    };
    let terms = Terms {
        prefix: import.prefix.trim_matches('/').to_owned(),
        defaults: Metadata::default(),
        owner: find_owner(db, import.owner).await?,
        // Whoever has the command line has every right.
        four_eyes: false,
        // Not that of showing what nobody has seen where others have it in hand.
        versions_wait: config.four_eyes,
        file_limit: config.upload_limit,
    };
    let mut totals = ImportTotals::default();
    for candidate in candidates(listed, files) {
        let line = if import.dry_run {
            foresee(db, &terms, &candidate).await?
        } else {
            carry_out(db, blobs, clock.now(), &terms, &candidate, async |_, _| {
                Ok(())
            })
            .await?
        };
        totals.count(line.outcome);
        say(&line);
    }
    Ok(totals)
}

async fn find_owner(db: &Db, email: Option<&str>) -> Result<Option<UserId>> {
    let Some(email) = email else {
        return Ok(None);
    };
    let found = user::Entity::find()
        .filter(user::Column::Email.eq(email.trim().to_lowercase()))
        .one(db.read())
        .await?;
    match found {
        Some(user) => Ok(Some(user.id)),
        None => Err(Error::field("owner", format!("There is no user {email}."))),
    }
}
