//! The collateral that comes with the program: every file of it becomes pages that can be seen, found and named.

use std::path::{Path, PathBuf};

use lastmile::documents::{ConverterOptions, Format};

use crate::support::{convert_file, options};

/// What is no collateral: the CRM's exports, the costs, captions, and what makes all of it.
fn is_other(path: &Path) -> bool {
    let folders = ["crm", "make"];
    let inside = path.components().any(|part| {
        let part = part.as_os_str().to_string_lossy();
        folders.contains(&part.as_ref())
    });
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let top = path.components().count() == 1;
    inside || top || ending == "vtt"
}

fn samples() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("content-samples");
    let (mut files, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !is_other(path.strip_prefix(&root).unwrap()) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

#[tokio::test]
async fn every_sample_becomes_pages_with_a_picture_a_title_and_its_words() {
    // As an installation converts, with the programs that this machine has.
    let programs = ConverterOptions::default();
    let files = samples();
    assert!(files.len() > 60, "{} files", files.len());
    let mut wrong = Vec::new();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let options = ConverterOptions {
            soffice: programs.soffice.clone(),
            ffmpeg: programs.ffmpeg.clone(),
            ..options()
        };
        let converted = match convert_file(options, &path, &name).await {
            Ok(converted) => converted,
            Err(failure) => {
                wrong.push(format!("{name}: {failure}"));
                continue;
            }
        };
        // Photographs and films have no words; that every page has its three pictures was looked at already.
        let has_words = !matches!(
            converted.conversion.format,
            Format::Png | Format::Jpeg | Format::Mp4
        );
        if converted.pages.is_empty() {
            wrong.push(format!("{name}: no page"));
        }
        for page in &converted.pages {
            if page.title.trim().is_empty() {
                wrong.push(format!("{name}, page {}: no title", page.number));
            }
            if has_words && page.text.trim().is_empty() {
                wrong.push(format!("{name}, page {}: no text", page.number));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
