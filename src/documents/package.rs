//! ZIP packages of office documents, read with suspicion.
//!
//! A package is gone through once before anything is believed: the number of entries, the true unpacked size of each
//! and of all, encryption, and markup that defines entities. What its directory claims about sizes is not trusted.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use super::limits::{MAX_PACKAGE_BYTES, MAX_PART_BYTES, MAX_ZIP_ENTRIES};
use super::xml::{self, Step};
use super::{Failure, FailureCode, Format, titles};

/// A package that passed inspection.
pub(super) struct Package {
    archive: ZipArchive<BufReader<File>>,
}

/// What a part of a package points to: identifier to part name.
pub(super) type Relations = BTreeMap<String, Relation>;

/// One pointer from part to part.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    /// The last word of its type, such as `slide` or `chart`.
    pub(super) kind: String,
    /// The name of the part it points to.
    pub(super) target: String,
}

impl Package {
    /// Opens a package and goes through all of it.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let file = File::open(path)
            .map_err(|error| Failure::internal(format!("the file could not be read: {error}")))?;
        let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| refusal(&error))?;
        let mut package = Self { archive };
        package.inspect()?;
        Ok(package)
    }

    /// The text of a part, or nothing if there is no such part.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Failure> {
        let entry = match self.archive.by_name(name) {
            Ok(entry) => entry,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(refusal(&error)),
        };
        let mut bytes = Vec::new();
        entry
            .take(MAX_PART_BYTES)
            .read_to_end(&mut bytes)
            .map_err(|error| Failure::damaged(format!("{name}: {error}")))?;
        Ok(Some(super::encoding::decode(&bytes).into_owned()))
    }

    /// The text of a part that must be there.
    pub(super) fn required(&mut self, name: &str) -> Result<String, Failure> {
        self.text(name)?
            .ok_or_else(|| Failure::damaged(format!("the part {name} is missing")))
    }

    /// What a part points to.
    pub(super) fn relations(&mut self, part: &str) -> Result<Relations, Failure> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let path = if folder.is_empty() {
            format!("_rels/{name}.rels")
        } else {
            format!("{folder}/_rels/{name}.rels")
        };
        let mut relations = Relations::new();
        let Some(text) = self.text(&path)? else {
            return Ok(relations);
        };
        xml::walk(&text, |step, _| {
            if let Step::Open(element) = step {
                let external = element
                    .attribute("TargetMode")
                    .is_some_and(|mode| mode == "External");
                let (id, kind, target) = (
                    element.attribute("Id"),
                    element.attribute("Type"),
                    element.attribute("Target"),
                );
                if let (false, Some(id), Some(kind), Some(target)) = (external, id, kind, target) {
                    let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                    relations.insert(
                        id,
                        Relation {
                            kind,
                            target: resolve(folder, &target),
                        },
                    );
                }
            }
            Ok(())
        })?;
        Ok(relations)
    }

    /// What kind of document this package says it is, and its main part.
    pub(super) fn recognise(&mut self) -> Result<(Format, String), Failure> {
        if let Some(kind) = self.text("mimetype")? {
            let format = match kind.trim().trim_end_matches("-template") {
                "application/vnd.oasis.opendocument.presentation" => Some(Format::Odp),
                "application/vnd.oasis.opendocument.text" => Some(Format::Odt),
                "application/vnd.oasis.opendocument.spreadsheet" => Some(Format::Ods),
                _ => None,
            };
            let format = format.ok_or_else(|| {
                Failure::new(FailureCode::Unsupported, format!("a package of {kind}"))
            })?;
            return Ok((format, "content.xml".to_owned()));
        }
        let relations = self.relations("")?;
        let main = relations
            .values()
            .find(|relation| relation.kind == "officeDocument")
            .map(|main| main.target.clone());
        let Some(main) = main else {
            return Err(Failure::new(
                FailureCode::Unsupported,
                "a ZIP archive without an office document in it",
            ));
        };
        match root_of(&self.required(&main)?)?.as_deref() {
            Some("presentation") => Ok((Format::Pptx, main)),
            Some("document") => Ok((Format::Docx, main)),
            Some("workbook") => Ok((Format::Xlsx, main)),
            other => Err(Failure::new(
                FailureCode::Unsupported,
                format!(
                    "the main part {main} is a {}",
                    other.unwrap_or("part that is not XML")
                ),
            )),
        }
    }

    /// The title in the document's properties, if it has one worth showing.
    pub(super) fn title(&mut self) -> Result<Option<String>, Failure> {
        for part in ["docProps/core.xml", "meta.xml"] {
            if let Some(text) = self.text(part)? {
                let mut title = String::new();
                xml::walk(&text, |step, around| {
                    if let (Step::Text(text), Some("title")) =
                        (step, around.last().map(String::as_str))
                    {
                        title.push_str(text);
                    }
                    Ok(())
                })?;
                return Ok(titles::worth_showing(&title));
            }
        }
        Ok(None)
    }

    fn inspect(&mut self) -> Result<(), Failure> {
        if self.archive.len() > MAX_ZIP_ENTRIES {
            let detail = format!(
                "{} entries, {MAX_ZIP_ENTRIES} are accepted",
                self.archive.len()
            );
            return Err(Failure::new(FailureCode::ZipBomb, detail));
        }
        let mut total = 0;
        for index in 0..self.archive.len() {
            let entry = self
                .archive
                .by_index(index)
                .map_err(|error| refusal(&error))?;
            let name = entry
                .name()
                .map(std::borrow::Cow::into_owned)
                .map_err(|error| refusal(&error))?;
            total += unpacked_size(entry, &name)?;
            if total > MAX_PACKAGE_BYTES {
                let detail = format!(
                    "the parts unpack to more than {} MB",
                    MAX_PACKAGE_BYTES >> 20
                );
                return Err(Failure::new(FailureCode::ZipBomb, detail));
            }
        }
        match self.text("META-INF/manifest.xml")? {
            Some(manifest) if manifest.contains("encryption-data") => Err(Failure::new(
                FailureCode::Encrypted,
                "the OpenDocument package is encrypted",
            )),
            _ => Ok(()),
        }
    }
}

/// Unpacks an entry without keeping it, to learn its true size, and looks for entities in its beginning.
fn unpacked_size(mut entry: impl Read, name: &str) -> Result<u64, Failure> {
    let fault = |error: std::io::Error| Failure::damaged(format!("{name}: {error}"));
    let mut beginning = Vec::new();
    (&mut entry)
        .take(4 << 10)
        .read_to_end(&mut beginning)
        .map_err(fault)?;
    let is_markup = [".xml", ".rels", ".vml"]
        .iter()
        .any(|ending| name.ends_with(ending));
    if is_markup && super::encoding::decode(&beginning).contains("<!ENTITY") {
        return Err(Failure::new(
            FailureCode::MarkupBomb,
            format!("{name} defines entities"),
        ));
    }
    let rest =
        std::io::copy(&mut entry.take(MAX_PART_BYTES), &mut std::io::sink()).map_err(fault)?;
    let size = rest + beginning.len() as u64;
    if size > MAX_PART_BYTES {
        return Err(Failure::new(
            FailureCode::ZipBomb,
            format!("{name} unpacks to more than {} MB", MAX_PART_BYTES >> 20),
        ));
    }
    Ok(size)
}

fn refusal(error: &ZipError) -> Failure {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Failure::new(
            FailureCode::Encrypted,
            "the ZIP archive asks for a password",
        ),
        other => Failure::damaged(format!("the ZIP archive cannot be read: {other}")),
    }
}

/// A target is relative to the folder of the part that names it, unless it starts at the top.
fn resolve(folder: &str, target: &str) -> String {
    let full = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("{folder}/{target}"),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in full.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

fn root_of(text: &str) -> Result<Option<String>, Failure> {
    let mut root = None;
    xml::walk_while(text, |step, _| {
        if let (None, Step::Open(element)) = (&root, step) {
            root = Some(element.name().to_owned());
        }
        Ok(root.is_none())
    })?;
    Ok(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved_against_their_folder() {
        assert_eq!(
            resolve("ppt/slides", "../charts/chart1.xml"),
            "ppt/charts/chart1.xml"
        );
        assert_eq!(resolve("ppt", "/word/document.xml"), "word/document.xml");
        assert_eq!(resolve("", "ppt/presentation.xml"), "ppt/presentation.xml");
        assert_eq!(resolve("", "../../etc/passwd"), "etc/passwd");
    }
}
