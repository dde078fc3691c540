//! ZIP packages that unpack to too much, contain themselves, or hold markup that explodes.

use crate::fixtures::{self, Slide};
use crate::{Awkward, either, pages, reason};

const WORD: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";

/// Entities of which each stands for ten of the one before.
fn laughs() -> String {
    let mut entities = "<!ENTITY a0 \"ha\">".to_owned();
    for level in 1..30 {
        let before = format!("&a{};", level - 1).repeat(10);
        entities += &format!("<!ENTITY a{level} \"{before}\">");
    }
    format!("<?xml version=\"1.0\"?><!DOCTYPE x [{entities}]>")
}

fn paragraph(text: &str) -> String {
    fixtures::word_paragraph("Normal", text)
}

/// The parts of a sound package, with one more in front.
fn docx_and(name: &str, bytes: Vec<u8>) -> Vec<u8> {
    let document = format!(
        "<w:document {WORD}><w:body>{}</w:body></w:document>",
        paragraph("text")
    );
    fixtures::package_of_bytes(&[
        (name, bytes),
        (
            "_rels/.rels",
            fixtures::relations(&[("rId1", "officeDocument", "word/document.xml")]).into_bytes(),
        ),
        ("word/document.xml", document.into_bytes()),
    ])
}

/// A package whose directory names the same few bytes again and again, each time as another part.
fn overlapping(times: u16) -> Vec<u8> {
    let zip = docx_and("word/media/00000", vec![0; 8 << 20]);
    let end = zip.len() - 22;
    let number = |at: usize| u32::from_le_bytes(zip[at..at + 4].try_into().unwrap());
    let start = usize::try_from(number(end + 16)).unwrap();
    let length = |at: usize| usize::from(u16::from_le_bytes(zip[at..at + 2].try_into().unwrap()));
    let name_at = 46 + length(start + 28);
    let first = start + name_at + length(start + 30) + length(start + 32);
    let rest = u16::from_le_bytes(zip[end + 10..end + 12].try_into().unwrap()) - 1;
    let mut directory = Vec::new();
    for part in 0..times {
        let mut entry = zip[start..first].to_vec();
        entry[name_at - 5..name_at].copy_from_slice(format!("{part:05}").as_bytes());
        directory.extend(entry);
    }
    directory.extend(&zip[first..end]);
    let mut bomb = zip[..start].to_vec();
    bomb.extend(&directory);
    let mut tail = zip[end..].to_vec();
    tail[8..10].copy_from_slice(&(times + rest).to_le_bytes());
    tail[10..12].copy_from_slice(&(times + rest).to_le_bytes());
    tail[12..16].copy_from_slice(&u32::try_from(directory.len()).unwrap().to_le_bytes());
    bomb.extend(tail);
    bomb
}

/// A sound document with one number in its first local header and in its directory changed.
fn patched(in_header: usize, in_directory: usize, bytes: &[u8]) -> Vec<u8> {
    let mut zip = fixtures::docx(&paragraph("text"));
    let start = zip.len() - 22;
    let directory = usize::try_from(u32::from_le_bytes(
        zip[start + 16..start + 20].try_into().unwrap(),
    ))
    .unwrap();
    zip[in_header..in_header + bytes.len()].copy_from_slice(bytes);
    zip[directory + in_directory..directory + in_directory + bytes.len()].copy_from_slice(bytes);
    zip
}

pub(crate) fn files() -> Vec<Awkward> {
    let mut files = containers();
    files.extend(markup());
    files.extend(documents());
    files
}

fn containers() -> Vec<Awkward> {
    let mut nested = docx_and("word/embeddings/inner.docx", b"the innermost".to_vec());
    for _ in 0..30 {
        nested = docx_and("word/embeddings/inner.docx", nested);
    }
    let many: Vec<(String, Vec<u8>)> = (0..30_000)
        .map(|at| (format!("word/media/{at}"), Vec::new()))
        .collect();
    let many: Vec<(&str, Vec<u8>)> = many
        .iter()
        .map(|(name, bytes)| (&**name, bytes.clone()))
        .collect();
    let bomb = &["zip_bomb", "too_large", "damaged"];
    let encrypted = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/documents/encrypted.docx"
    );
    vec![
        reason(
            "one-large-part.docx",
            docx_and("word/media/zeros.bin", vec![0; 300 << 20]),
            bomb,
        ),
        reason(
            "large-document.docx",
            fixtures::docx_with_document(&format!(
                "<w:document {WORD}>{}</w:document>",
                " ".repeat(90 << 20)
            )),
            bomb,
        ),
        reason(
            "thirty-thousand-parts.docx",
            fixtures::package_of_bytes(&many),
            bomb,
        ),
        reason("overlapping-parts.docx", overlapping(5_000), bomb),
        either("zip-in-zip-in-zip.docx", nested),
        either(
            "climbs-out.docx",
            docx_and("../../../../tmp/lastmile-was-here", b"x".to_vec()),
        ),
        either(
            "absolute-part.docx",
            docx_and("/etc/lastmile-was-here", b"x".to_vec()),
        ),
        either(
            "same-part-twice.docx",
            docx_and("[content_types].xml", b"<x/>".to_vec()),
        ),
        either("claims-four-gigabytes.docx", patched(22, 24, &[0xFF; 4])),
        either("unknown-packing.docx", patched(8, 10, &[99, 0])),
        either("part-behind-a-password.docx", patched(6, 8, &[1, 0])),
        either("wrong-sum.docx", patched(14, 16, &[9, 9, 9, 9])),
        reason(
            "password.docx",
            std::fs::read(encrypted).unwrap(),
            &["encrypted"],
        ),
        reason(
            "plain-archive.zip",
            fixtures::package(&[("readme.txt", "hello")]),
            &["unsupported_file", "unsupported"],
        ),
        reason(
            "empty-archive.zip",
            b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".as_slice(),
            &["unsupported_file", "damaged"],
        ),
        reason(
            "archive-as-deck.pptx",
            fixtures::package(&[("readme.txt", "hello")]),
            &["damaged", "unsupported", "no_pages"],
        ),
    ]
}

fn markup() -> Vec<Awkward> {
    let bomb = &["markup_bomb", "damaged", "zip_bomb"];
    let with_entity = |body: &str| {
        fixtures::docx_with_document(&format!(
            "{}<w:document {WORD}><w:body>{body}</w:body></w:document>",
            laughs()
        ))
    };
    let reads = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\"><!ENTITY h SYSTEM \"http://127.0.0.1:9/\">]>";
    let in_odt = |head: &str, text: &str| {
        fixtures::package(&[
            ("mimetype", "application/vnd.oasis.opendocument.text"),
            (
                "content.xml",
                &format!(
                    "{head}<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:text><text:p>{text}</text:p></office:text></office:body></office:document-content>"
                ),
            ),
        ])
    };
    let quadratic = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"{}\">]>",
        "a".repeat(100_000)
    );
    let attributes: String = (0..100_000).map(|at| format!(" a{at}=\"1\"")).collect();
    let with_body = |body: &str| {
        fixtures::docx_with_document(&format!(
            "<w:document {WORD}><w:body>{body}</w:body></w:document>"
        ))
    };
    vec![
        reason(
            "laughs.docx",
            with_entity("<w:p><w:r><w:t>&a29;</w:t></w:r></w:p>"),
            bomb,
        ),
        reason("laughs.odt", in_odt(&laughs(), "&a29;"), bomb),
        reason(
            "laughs-quadratic.odt",
            in_odt(&quadratic, &"&a;".repeat(50_000)),
            bomb,
        ),
        reason("reads-a-file.odt", in_odt(reads, "&f;&h;"), bomb),
        reason(
            "reads-a-file.docx",
            fixtures::docx_with_document(&format!(
                "{reads}<w:document {WORD}><w:body><w:p><w:r><w:t>&f;</w:t></w:r></w:p></w:body></w:document>"
            )),
            bomb,
        ),
        reason("deep.docx", with_body(&"<w:p>".repeat(200_000)), bomb),
        either(
            "deep-tables.docx",
            with_body(&format!(
                "{}{}{}",
                "<w:tbl><w:tr><w:tc>".repeat(150),
                paragraph("deep"),
                "<w:p/></w:tc></w:tr></w:tbl>".repeat(150)
            )),
        ),
        reason("deep.odt", in_odt("", &"<text:span>".repeat(200_000)), bomb),
        either(
            "many-attributes.docx",
            with_body(&format!("<w:p{attributes}/>{}", paragraph("a"))),
        ),
        either(
            "a-million-blanks.odt",
            in_odt("", "a<text:s text:c=\"2000000000\"/>b"),
        ),
        either("not-well-formed.docx", with_body("<w:p><w:r></w:p></w:r>")),
        either("not-utf8.docx", {
            let document = [
                format!("<w:document {WORD}><w:body><w:p><w:r><w:t>").as_bytes(),
                b"caf\xE9 \xFF\xFE",
                b"</w:t></w:r></w:p></w:body></w:document>",
            ]
            .concat();
            fixtures::package_of_bytes(&[
                (
                    "_rels/.rels",
                    fixtures::relations(&[("rId1", "officeDocument", "word/document.xml")])
                        .into_bytes(),
                ),
                ("word/document.xml", document),
            ])
        }),
    ]
}

fn documents() -> Vec<Awkward> {
    let related = |links: &[(&str, &str, &str)], body: &str| {
        let related = fixtures::relations(links)
            .replace("Target=\"http", "TargetMode=\"External\" Target=\"http")
            .replace("Target=\"file", "TargetMode=\"External\" Target=\"file");
        fixtures::package(&[
            (
                "[Content_Types].xml",
                "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>",
            ),
            (
                "_rels/.rels",
                &fixtures::relations(&[("rId1", "officeDocument", "word/document.xml")]),
            ),
            ("word/_rels/document.xml.rels", &related),
            (
                "word/document.xml",
                &format!("<w:document {WORD}><w:body>{body}</w:body></w:document>"),
            ),
        ])
    };
    let slides: Vec<Slide> = (0..60)
        .map(|_| Slide {
            title: "Slide",
            text: "text",
            hidden: false,
        })
        .collect();
    let hidden = [Slide {
        title: "Hidden",
        text: "text",
        hidden: true,
    }];
    let styled = |font: &str, text: &str, rtl: &str| {
        format!(
            "<w:p><w:pPr>{rtl}</w:pPr><w:r><w:rPr><w:rFonts w:ascii=\"{font}\" w:hAnsi=\"{font}\" w:eastAsia=\"{font}\" w:cs=\"{font}\"/></w:rPr><w:t>{text}</w:t></w:r></w:p>"
        )
    };
    let resized = |size: &str| {
        let deck = fixtures::pptx(&[Slide {
            title: "Size",
            text: "text",
            hidden: false,
        }]);
        replaced(&deck, "cx=\"9144000\" cy=\"5143500\"", size)
    };
    vec![
        either(
            "reaches-out.docx",
            related(
                &[
                    ("rId1", "attachedTemplate", "http://127.0.0.1:9/evil.dotm"),
                    ("rId2", "image", "file:///etc/passwd"),
                    ("rId3", "oleObject", "http://127.0.0.1:9/"),
                ],
                &paragraph("Words"),
            ),
        ),
        either(
            "relation-to-itself.docx",
            related(
                &[
                    ("rId1", "header", "document.xml"),
                    ("rId2", "subDocument", "document.xml"),
                ],
                &paragraph("Words"),
            ),
        ),
        either(
            "five-thousand-paragraphs.docx",
            fixtures::docx(&paragraph("A paragraph of some words.").repeat(2_000)),
        ),
        pages(
            "no-such-font.docx",
            fixtures::docx(&styled("Nobody Has This Font", "Missing", "")),
        ),
        pages(
            "right-to-left.docx",
            fixtures::docx(&styled(
                "Arial",
                "\u{0639}\u{0631}\u{0636} \u{05E9}\u{05DC}\u{05D5}\u{05DD} 129",
                "<w:bidi/>",
            )),
        ),
        pages(
            "chinese.docx",
            fixtures::docx(&styled(
                "SimSun",
                "\u{4EA7}\u{54C1}\u{4ECB}\u{7ECD} \u{65E5}\u{672C}\u{8A9E} \u{D55C}\u{AD6D}\u{C5B4}",
                "",
            )),
        ),
        either("nothing-in-it.docx", fixtures::docx("")),
        pages("sixty-slides.pptx", fixtures::pptx(&slides)),
        reason("all-hidden.pptx", fixtures::pptx(&hidden), &["no_pages"]),
        either("no-slides.pptx", fixtures::pptx(&[])),
        either(
            "slide-as-large-as-a-house.pptx",
            resized("cx=\"2147483647\" cy=\"2147483647\""),
        ),
        either("slide-of-no-size.pptx", resized("cx=\"0\" cy=\"-5\"")),
        either(
            "slides-that-are-not-there.pptx",
            replaced(
                &fixtures::pptx(&[Slide {
                    title: "a",
                    text: "b",
                    hidden: false,
                }]),
                "slides/slide1.xml",
                "slides/slide9.xml",
            ),
        ),
        either("nested-groups.pptx", {
            let deck = fixtures::pptx(&[Slide {
                title: "Groups",
                text: "text",
                hidden: false,
            }]);
            let group = "<p:grpSp><p:nvGrpSpPr><p:cNvPr id=\"9\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>";
            replaced(
                &deck,
                "<p:grpSpPr/><p:sp>",
                &format!(
                    "<p:grpSpPr/>{}{}<p:sp>",
                    group.repeat(150),
                    "</p:grpSp>".repeat(150)
                ),
            )
        }),
        either(
            "odp-without-content.odp",
            fixtures::package(&[(
                "mimetype",
                "application/vnd.oasis.opendocument.presentation",
            )]),
        ),
    ]
}

/// The package with one text in its parts replaced by another.
fn replaced(package: &[u8], old: &str, new: &str) -> Vec<u8> {
    use std::io::Read as _;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(package)).unwrap();
    let parts: Vec<(String, Vec<u8>)> = (0..archive.len())
        .map(|at| {
            let mut part = archive.by_index(at).unwrap();
            let mut text = String::new();
            part.read_to_string(&mut text).unwrap();
            (
                part.name().unwrap().into_owned(),
                text.replace(old, new).into_bytes(),
            )
        })
        .collect();
    let parts: Vec<(&str, Vec<u8>)> = parts
        .iter()
        .map(|(name, bytes)| (&**name, bytes.clone()))
        .collect();
    fixtures::package_of_bytes(&parts)
}
