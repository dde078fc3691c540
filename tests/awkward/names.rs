//! File names that are no names, and programs under any name.

use crate::{Awkward, either, reason};

pub(crate) fn files() -> Vec<Awkward> {
    let long = format!("{}.md", "n".repeat(300));
    let names: [&[u8]; 24] = [
        b"../../../../etc/passwd.md",
        b"..\\..\\windows\\system32\\note.md",
        b"/absolute/note.md",
        b"folder/../note.md",
        b"..",
        b".",
        b".md",
        b"-rf --help.md",
        b"--output=/etc/passwd.md",
        "offer\u{202E}fdp.md".as_bytes(),
        "\u{200B}\u{FEFF}.md".as_bytes(),
        "\u{5BA2}\u{6237}\u{6848}\u{4F8B}.md".as_bytes(),
        "\u{0639}\u{0631}\u{0636}.md".as_bytes(),
        "\u{1F4C8}\u{1F1E9}\u{1F1EA}.md".as_bytes(),
        long.as_bytes(),
        b"note\0.md",
        b"line\tbreak.md",
        b"\xFF\xFE\xFA.md",
        b"CON.md",
        b"note.md.",
        b"   .md",
        b"$(touch x);`id`|&.md",
        b"%00%2e%2e%2f.md",
        b"<script>alert(1)</script>.md",
    ];
    let mut files: Vec<Awkward> = names
        .into_iter()
        .enumerate()
        .map(|(at, name)| either(name, format!("# Note {at}\n\nA file with an odd name.")))
        .collect();
    let programs: [(&str, &[u8]); 7] = [
        ("brochure.pdf", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"),
        ("brochure.docx", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff"),
        ("brochure.png", b"\xCF\xFA\xED\xFE\x07\0\0\x01\x03\0\0\0"),
        ("brochure.jar", b"\xCA\xFE\xBA\xBE\0\0\0\x37\0\x10\0\0"),
        ("brochure.wasm", b"\0asm\x01\0\0\0"),
        ("brochure.txt", b"#!/bin/sh\nrm -rf /\n"),
        ("brochure.dex", b"dex\n035\0\0\0\0\0"),
    ];
    files.extend(
        programs
            .into_iter()
            .map(|(name, bytes)| reason(name, bytes, &["executable"])),
    );
    let others: [(&str, &[u8]); 8] = [
        (
            "old.doc",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\0\0\0\0\0\0",
        ),
        ("photo.heic", b"\0\0\0\x20ftypheic\0\0\0\0"),
        ("photo.avif", b"\0\0\0\x20ftypavif\0\0\0\0"),
        ("scan.tiff", b"II*\0\x08\0\0\0\0\0\0\0"),
        ("photo.psd", b"8BPS\0\x01\0\0\0\0\0\0"),
        ("archive.7z", b"7z\xBC\xAF\x27\x1C\0\x04\0\0\0\0"),
        ("archive.gz", b"\x1F\x8B\x08\0\0\0\0\0\0\x03\x03\0\0\0"),
        ("song.mp3", b"ID3\x03\0\0\0\0\0\x21\0\0"),
    ];
    files.extend(
        others
            .into_iter()
            .map(|(name, bytes)| reason(name, bytes, &["unsupported_file"])),
    );
    files
}
