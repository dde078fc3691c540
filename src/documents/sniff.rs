//! What a file is, told from its beginning.
//!
//! This runs in the server, so it only compares bytes of a bounded prefix and parses nothing. The name of a file breaks
//! ties between kinds that look alike, such as text and Markdown; it never makes a file into something that its content
//! is not. What is inside a ZIP package is only guessed here: the child that opens it has the last word.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::{Failure, FailureCode, Format};

/// How much of a file is looked at.
const PREFIX_BYTES: u64 = 64 << 10;
/// How much of it decides whether it is text.
const TEXT_BYTES: usize = 8 << 10;

/// Tells what a file is from its content; its name only breaks ties. Blocks for one small read.
pub fn sniff(path: &Path, file_name: &str) -> Result<Format, Failure> {
    let unreadable =
        |error: std::io::Error| Failure::internal(format!("the file could not be read: {error}"));
    let mut file = File::open(path).map_err(unreadable)?;
    let mut prefix = Vec::new();
    (&mut file)
        .take(PREFIX_BYTES)
        .read_to_end(&mut prefix)
        .map_err(unreadable)?;
    if prefix.starts_with(&COMPOUND_FILE) {
        return Err(refuse_compound_file(&mut file, &prefix, file_name));
    }
    sniff_bytes(&prefix, file_name)
}

/// Whether a file is a plain ZIP archive, by its name and its beginning: many files and no document. Blocks for one small
/// read.
pub fn is_archive(path: &Path, file_name: &str) -> bool {
    let named_so = file_name
        .rsplit_once('.')
        .is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("zip"));
    let mut start = [0; 4];
    // An archive of nothing begins with its end.
    let begins_so = |start: &[u8]| start == b"PK\x03\x04" || start == b"PK\x05\x06";
    named_so
        && File::open(path).is_ok_and(|mut file| file.read_exact(&mut start).is_ok())
        && begins_so(&start)
}

/// The first bytes of old Office files, and of new ones behind a password.
const COMPOUND_FILE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

fn sniff_bytes(prefix: &[u8], file_name: &str) -> Result<Format, Failure> {
    let extension = file_name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase())
        .unwrap_or_default();
    if prefix.is_empty() {
        return Err(Failure::new(
            FailureCode::EmptyFile,
            "the file has no bytes",
        ));
    }
    let text = as_text(prefix);
    if prefix.starts_with(b"#!") || (text.is_none() && is_program(prefix)) {
        return Err(Failure::new(
            FailureCode::Executable,
            "the file starts as a program does",
        ));
    }
    if has(prefix.get(..1_024).unwrap_or(prefix), b"%PDF-") {
        return Ok(Format::Pdf);
    }
    if prefix.starts_with(b"PK\x03\x04") {
        return package(prefix, &extension);
    }
    if let Some(format) = picture(prefix).or_else(|| webm(prefix)) {
        return Ok(format);
    }
    if prefix.get(4..8) == Some(b"ftyp") {
        return film(prefix.get(8..12).unwrap_or_default());
    }
    if let Some(text) = text {
        return writing(&text, &extension);
    }
    let what = infer::get(prefix).map_or("unknown content", |kind| kind.mime_type());
    Err(Failure::new(
        FailureCode::Unsupported,
        format!("{what} in a file named .{extension}"),
    ))
}

/// Programs for Linux, Windows, macOS, Java, the browser and Android.
fn is_program(prefix: &[u8]) -> bool {
    let starts: [&[u8]; 9] = [
        b"\x7fELF",
        b"MZ",
        b"\xFE\xED\xFA\xCE",
        b"\xFE\xED\xFA\xCF",
        b"\xCE\xFA\xED\xFE",
        b"\xCF\xFA\xED\xFE",
        b"\xCA\xFE\xBA\xBE",
        b"\0asm",
        b"dex\n",
    ];
    starts.iter().any(|start| prefix.starts_with(start)) || infer::is_app(prefix)
}

fn has(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

fn picture(prefix: &[u8]) -> Option<Format> {
    match prefix {
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some(Format::Png),
        [0xFF, 0xD8, 0xFF, ..] => Some(Format::Jpeg),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some(Format::Webp),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Format::Gif),
        _ => None,
    }
}

fn webm(prefix: &[u8]) -> Option<Format> {
    let is_ebml = prefix.starts_with(&[0x1A, 0x45, 0xDF, 0xA3]);
    (is_ebml && has(prefix.get(..256).unwrap_or(prefix), b"webm")).then_some(Format::Webm)
}

fn film(brand: &[u8]) -> Result<Format, Failure> {
    let name = String::from_utf8_lossy(brand).into_owned();
    match brand {
        b"heic" | b"heix" | b"mif1" | b"msf1" | b"avif" | b"avis" | b"M4A " | b"M4B " | b"qt  "
        | b"crx " => Err(Failure::new(
            FailureCode::Unsupported,
            format!("a media file of the kind {name}"),
        )),
        _ => Ok(Format::Mp4),
    }
}

/// Guesses what is in a package from the names of its first parts, and from its own name as a last resort.
fn package(prefix: &[u8], extension: &str) -> Result<Format, Failure> {
    let by_name = match extension {
        "pptx" | "ppsx" | "potx" | "pptm" => Some(Format::Pptx),
        "docx" | "dotx" | "docm" => Some(Format::Docx),
        "xlsx" | "xltx" | "xlsm" => Some(Format::Xlsx),
        "odp" | "otp" => Some(Format::Odp),
        "odt" | "ott" => Some(Format::Odt),
        "ods" | "ots" => Some(Format::Ods),
        _ => None,
    };
    let kinds: [(&[u8], Format); 6] = [
        (
            b"mimetypeapplication/vnd.oasis.opendocument.presentation",
            Format::Odp,
        ),
        (
            b"mimetypeapplication/vnd.oasis.opendocument.text",
            Format::Odt,
        ),
        (
            b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            Format::Ods,
        ),
        (b"ppt/", Format::Pptx),
        (b"word/", Format::Docx),
        (b"xl/", Format::Xlsx),
    ];
    let names: Vec<&[u8]> = part_names(prefix);
    let by_parts = kinds.into_iter().find_map(|(sign, format)| {
        let found = names.iter().any(|name| name.starts_with(sign))
            || (sign.len() > 8 && has(prefix, sign));
        found.then_some(format)
    });
    by_parts.or(by_name).ok_or_else(|| {
        Failure::new(
            FailureCode::Unsupported,
            format!("a ZIP archive named .{extension}"),
        )
    })
}

/// The names in the headers that lie in the prefix.
fn part_names(prefix: &[u8]) -> Vec<&[u8]> {
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(found) = prefix
        .get(at..)
        .and_then(|rest| rest.windows(4).position(|bytes| bytes == b"PK\x03\x04"))
    {
        let header = at + found;
        if let Some([low, high]) = prefix.get(header + 26..header + 28) {
            let length = usize::from(u16::from_le_bytes([*low, *high]));
            names.extend(prefix.get(header + 30..header + 30 + length));
        }
        at = header + 4;
    }
    names
}

/// Old Office files are not converted; new ones in this wrapping are encrypted.
fn refuse_compound_file(file: &mut File, prefix: &[u8], file_name: &str) -> Failure {
    if names_an_encrypted_package(file, prefix).unwrap_or(false) {
        return Failure::new(
            FailureCode::Encrypted,
            "an Office document behind a password",
        );
    }
    Failure::new(
        FailureCode::Unsupported,
        format!("an Office file of the kind before 2007: {file_name}"),
    )
}

/// The directory of a compound file starts in the sector that its header names; the names in it are UTF-16.
fn names_an_encrypted_package(file: &mut File, prefix: &[u8]) -> Option<bool> {
    let number = |at: usize| {
        prefix
            .get(at..at + 4)?
            .try_into()
            .ok()
            .map(u32::from_le_bytes)
    };
    let shift = prefix
        .get(30)
        .copied()
        .filter(|shift| matches!(shift, 9 | 12))?;
    let start = (u64::from(number(48)?) + 1) << shift;
    file.seek(SeekFrom::Start(start)).ok()?;
    let mut directory = Vec::new();
    file.take(8 << 10).read_to_end(&mut directory).ok()?;
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    Some(has(&directory, &name))
}

/// The beginning as characters, if it is text at all.
fn as_text(prefix: &[u8]) -> Option<String> {
    let beginning = whole_characters(prefix.get(..TEXT_BYTES).unwrap_or(prefix));
    let has_mark = beginning.starts_with(&[0xFF, 0xFE]) || beginning.starts_with(&[0xFE, 0xFF]);
    if !has_mark && beginning.contains(&0) {
        return None;
    }
    let text = super::encoding::decode(beginning);
    let strange = text
        .chars()
        .filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{C}' | '\u{1B}'))
        .count();
    (strange * 50 <= text.chars().count()).then(|| text.into_owned())
}

/// The same without the character that the end of the prefix has cut in two, if it is UTF-8 otherwise.
fn whole_characters(beginning: &[u8]) -> &[u8] {
    match std::str::from_utf8(beginning) {
        Err(error) if error.error_len().is_none() => {
            beginning.get(..error.valid_up_to()).unwrap_or(beginning)
        }
        _ => beginning,
    }
}

fn writing(text: &str, extension: &str) -> Result<Format, Failure> {
    let claims_to_be = Format::ALL
        .into_iter()
        .find(|format| format.extension() == extension);
    let beginning = without_preamble(text).to_ascii_lowercase();
    if beginning.starts_with("<svg") || (extension == "svg" && beginning.contains("<svg")) {
        return Ok(Format::Svg);
    }
    let is_html = beginning.starts_with("<html")
        || text
            .trim_start()
            .to_ascii_lowercase()
            .starts_with("<!doctype html");
    match extension {
        "html" | "htm" | "xhtml" if is_html || beginning.contains('<') => Ok(Format::Html),
        "md" | "markdown" | "mdown" | "mkd" => Ok(Format::Markdown),
        _ => match claims_to_be {
            Some(Format::Html | Format::Text) | None if is_html => Ok(Format::Html),
            Some(Format::Text | Format::Html) | None => Ok(Format::Text),
            Some(format) => Err(Failure::damaged(format!(
                "a file named .{extension} that holds text and not a {}",
                format.label()
            ))),
        },
    }
}

/// The text behind declarations and comments.
fn without_preamble(text: &str) -> &str {
    let mut rest = text.trim_start_matches('\u{FEFF}').trim_start();
    loop {
        let end = if rest.starts_with("<?") {
            rest.find("?>").map(|at| at + 2)
        } else if rest.starts_with("<!--") {
            rest.find("-->").map(|at| at + 3)
        } else if rest.starts_with("<!") {
            rest.find('>').map(|at| at + 1)
        } else {
            return rest;
        };
        match end.and_then(|end| rest.get(end..)) {
            Some(behind) => rest = behind.trim_start(),
            None => return rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(prefix: &[u8], name: &str) -> FailureCode {
        sniff_bytes(prefix, name).unwrap_err().code
    }

    fn local_header(name: &str) -> Vec<u8> {
        let mut header = b"PK\x03\x04".to_vec();
        header.extend([0; 22]);
        header.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        header.extend([0; 2]);
        header.extend(name.as_bytes());
        header
    }

    #[test]
    fn content_beats_the_name() {
        assert_eq!(sniff_bytes(b"%PDF-1.7", "slides.pptx"), Ok(Format::Pdf));
        assert_eq!(
            sniff_bytes(b"\x89PNG\r\n\x1a\n", "photo.jpg"),
            Ok(Format::Png)
        );
        assert_eq!(sniff_bytes(b"RIFF\0\0\0\0WEBP", "x"), Ok(Format::Webp));
        assert_eq!(sniff_bytes(b"\0\0\0\x20ftypisom", "clip"), Ok(Format::Mp4));
    }

    #[test]
    fn packages_are_told_by_their_parts() {
        let deck = [
            local_header("[Content_Types].xml"),
            local_header("ppt/presentation.xml"),
        ]
        .concat();
        assert_eq!(sniff_bytes(&deck, "renamed.docx"), Ok(Format::Pptx));
        let plain = local_header("readme.txt");
        assert_eq!(code(&plain, "archive.zip"), FailureCode::Unsupported);
        assert_eq!(sniff_bytes(&plain, "odd.docx"), Ok(Format::Docx));
    }

    #[test]
    fn kinds_of_text_are_told_apart() {
        assert_eq!(sniff_bytes(b"# Title", "a.md"), Ok(Format::Markdown));
        assert_eq!(sniff_bytes(b"# Title", "a.txt"), Ok(Format::Text));
        assert_eq!(
            sniff_bytes(b"<!DOCTYPE html><html>", "a.txt"),
            Ok(Format::Html)
        );
        assert_eq!(
            sniff_bytes(b"<p>part of a page", "a.html"),
            Ok(Format::Html)
        );
        assert_eq!(
            sniff_bytes(b"<?xml version=\"1.0\"?><!-- x --><svg/>", "logo"),
            Ok(Format::Svg)
        );
        assert_eq!(sniff_bytes(b"\xFF\xFEx\0", "utf16.txt"), Ok(Format::Text));
    }

    #[test]
    fn a_character_across_the_end_of_what_is_looked_at_is_no_noise() {
        for start in ["", "a", "ab"] {
            let text = start.to_owned() + &"产品介绍。".repeat(TEXT_BYTES);
            assert_eq!(sniff_bytes(text.as_bytes(), "long.txt"), Ok(Format::Text));
        }
    }

    #[test]
    fn what_is_not_accepted_is_named() {
        assert_eq!(code(b"", "a.pdf"), FailureCode::EmptyFile);
        assert_eq!(
            code(b"\x7fELF\x02\x01\x01\0\0\0\0\0", "brochure.pdf"),
            FailureCode::Executable
        );
        assert_eq!(
            code(b"MZ\x90\0\x03\0\0\0", "brochure.pdf"),
            FailureCode::Executable
        );
        assert_eq!(code(b"#!/bin/sh\n", "notes.txt"), FailureCode::Executable);
        assert_eq!(
            code(b"\x01\x02\x03\0\0\0", "data.bin"),
            FailureCode::Unsupported
        );
        assert_eq!(
            code(b"<html>404</html>", "brochure.pdf"),
            FailureCode::Damaged
        );
        assert_eq!(
            code(b"\0\0\0\x20ftypheic", "photo.heic"),
            FailureCode::Unsupported
        );
    }
}
