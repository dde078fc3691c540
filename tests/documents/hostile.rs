//! Files that are broken or meant to do harm: each has a named failure, or harmless pages, in bounded time.

use std::time::Duration;

use lastmile::documents::{FailureCode, Limits};

use crate::fixtures;
use crate::support::{convert, convert_file, convert_with, options, pixels};

async fn code(bytes: &[u8], name: &str) -> FailureCode {
    match convert(bytes, name).await {
        Ok(converted) => panic!("{name} was converted: {:?}", converted.conversion),
        Err(failure) => failure.code,
    }
}

#[tokio::test]
async fn an_empty_file_and_a_program_are_named() {
    assert_eq!(code(b"", "a.pdf").await, FailureCode::EmptyFile);
    assert_eq!(code(b"   \n", "a.txt").await, FailureCode::NoPages);
    let program = std::fs::read("/proc/self/exe").unwrap();
    assert_eq!(
        code(&program, "brochure.pdf").await,
        FailureCode::Executable
    );
    assert_eq!(
        code(b"\x00\x01\x02\x03rubbish", "brochure.pdf").await,
        FailureCode::Unsupported
    );
}

#[tokio::test]
async fn damaged_files_are_named() {
    assert_eq!(
        code(b"%PDF-1.7\nnothing more", "a.pdf").await,
        FailureCode::Damaged
    );
    let deck = fixtures::pptx(&[fixtures::Slide {
        title: "a",
        text: "b",
        hidden: false,
    }]);
    assert_eq!(
        code(&deck[..deck.len() / 2], "a.pptx").await,
        FailureCode::Damaged
    );
    let picture = fixtures::picture(50, 50, image::ImageFormat::Png);
    assert_eq!(
        code(&picture[..picture.len() / 2], "a.png").await,
        FailureCode::Damaged
    );
    assert_eq!(
        code(b"<svg xmlns='http://www.w3.org/2000/svg'><rect", "a.svg").await,
        FailureCode::Damaged
    );
    assert_eq!(
        code(b"\0\0\0\x18ftypisom\0\0\0\0isomiso2", "a.mp4").await,
        FailureCode::Damaged
    );
}

#[tokio::test]
async fn encrypted_files_are_named() {
    let fixture = |name: &str| {
        std::fs::read(format!(
            "{}/tests/fixtures/documents/{name}",
            env!("CARGO_MANIFEST_DIR")
        ))
        .unwrap()
    };
    assert_eq!(
        code(&fixture("encrypted.pdf"), "a.pdf").await,
        FailureCode::Encrypted
    );
    assert_eq!(
        code(&fixture("encrypted.docx"), "a.docx").await,
        FailureCode::Encrypted
    );
    let manifest = "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let package = fixtures::package(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", "\u{1}scrambled"),
        ("META-INF/manifest.xml", manifest),
    ]);
    assert_eq!(code(&package, "a.odt").await, FailureCode::Encrypted);
}

#[tokio::test]
async fn packages_that_unpack_to_too_much_are_named() {
    let mut parts = vec![("word/media/zeros.bin", vec![0; (64 << 20) + 1])];
    assert_eq!(
        code(&fixtures::package_of_bytes(&parts), "a.docx").await,
        FailureCode::ZipBomb
    );
    parts.clear();
    let names: Vec<String> = (0..20_001).map(|at| format!("word/{at}")).collect();
    parts.extend(names.iter().map(|name| (name.as_str(), Vec::new())));
    assert_eq!(
        code(&fixtures::package_of_bytes(&parts), "a.docx").await,
        FailureCode::ZipBomb
    );
}

#[tokio::test]
async fn markup_beyond_reason_is_named() {
    let entities = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><w:document><w:body>&b;</w:body></w:document>";
    assert_eq!(
        code(&fixtures::docx_with_document(entities), "a.docx").await,
        FailureCode::MarkupBomb
    );
    let deep = "<w:p>".repeat(100_000);
    assert_eq!(
        code(&fixtures::docx(&deep), "a.docx").await,
        FailureCode::MarkupBomb
    );
    let deep = format!("<html>{}", "<div>".repeat(5_000));
    assert_eq!(
        code(deep.as_bytes(), "a.html").await,
        FailureCode::MarkupBomb
    );
    let deep = format!(
        "<svg xmlns='http://www.w3.org/2000/svg'>{}",
        "<g>".repeat(100_000)
    );
    assert_eq!(
        code(deep.as_bytes(), "a.svg").await,
        FailureCode::MarkupBomb
    );
}

#[tokio::test]
async fn pixels_beyond_reason_are_named() {
    assert_eq!(
        code(&fixtures::png_claiming(60_000, 60_000), "a.png").await,
        FailureCode::TooLarge
    );
}

#[tokio::test]
async fn a_picture_cannot_reach_out_of_itself() {
    let folder = tempfile::tempdir().unwrap();
    let beside = folder.path().join("beside.png");
    std::fs::write(&beside, fixtures::picture(50, 50, image::ImageFormat::Png)).unwrap();
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='100' height='100'>\
         <script>while(true);</script><rect width='30' height='30' fill='#0a0'/>\
         <image xlink:href='{0}' width='100' height='100'/><image href='file://{0}' width='100' height='100'/>\
         <image href='http://127.0.0.1/x.png' width='100' height='100'/></svg>",
        beside.display()
    );
    let input = folder.path().join("a.svg");
    std::fs::write(&input, svg).unwrap();
    let converted = convert_file(options(), &input, "a.svg").await.unwrap();
    let drawn = pixels(&converted.pages[0].images[0]);
    assert!(
        drawn
            .pixels()
            .all(|pixel| pixel.0[0] < 100 || pixel.0[1] > 100),
        "the file beside it was drawn"
    );
}

#[tokio::test]
async fn a_page_that_takes_too_long_is_replaced_and_the_others_are_made() {
    // Lines made of dashes too small to see: some hundred million of them.
    let endless = format!("[0.001] 0 d {}", "0 0 m 595 842 l S\n".repeat(200));
    let pages = [
        fixtures::pdf_page("Before", &["text"]),
        [
            fixtures::pdf_page("Endless", &["its words"]),
            endless.into_bytes(),
        ]
        .concat(),
        fixtures::pdf_page("After", &["text"]),
    ];
    let mut options = options();
    options.limits = Limits {
        cpu: Duration::from_secs(3),
        workers: 2,
        ..Limits::default()
    };
    let converted = convert_with(options, &fixtures::pdf(b"x", &pages), "a.pdf")
        .await
        .unwrap();
    let problems: Vec<Option<FailureCode>> =
        converted.pages.iter().map(|page| page.problem).collect();
    // Which limit it meets first depends on the machine.
    let [
        None,
        Some(problem @ (FailureCode::TimedOut | FailureCode::OutOfMemory)),
        None,
    ] = problems[..]
    else {
        panic!("{problems:?}");
    };
    let titles: Vec<&str> = converted
        .pages
        .iter()
        .map(|page| page.title.as_str())
        .collect();
    assert_eq!([titles[0], titles[2]], ["Before", "After"]);
    assert_eq!(
        converted.conversion.warnings,
        [format!(
            "The picture of page 2 could not be made ({problem})."
        )]
    );
}

#[tokio::test]
async fn a_long_document_is_handed_from_child_to_child() {
    let pages: Vec<Vec<u8>> = (1..=12)
        .map(|at| fixtures::pdf_page(&format!("Page {at}"), &["text"]))
        .collect();
    let mut options = options();
    // Half a second a life: many lives, and no page twice or not at all.
    options.limits = Limits {
        cpu: Duration::from_secs(1),
        workers: 3,
        ..Limits::default()
    };
    let converted = convert_with(options, &fixtures::pdf(b"x", &pages), "a.pdf")
        .await
        .unwrap();
    assert_eq!(converted.pages.len(), 12);
    assert_eq!(converted.pages[11].title, "Page 12");
}

#[tokio::test]
async fn too_many_pages_are_named() {
    let pages: Vec<Vec<u8>> = vec![Vec::new(); 2_001];
    assert_eq!(
        code(&fixtures::pdf(b"x", &pages), "a.pdf").await,
        FailureCode::TooManyPages
    );
}

#[tokio::test]
async fn a_file_that_eats_memory_is_named() {
    // A cell in the last row and column: a sheet of seventeen thousand million cells.
    let sheet = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></sheetData></worksheet>";
    let package = fixtures::package(&[
        (
            "_rels/.rels",
            &fixtures::relations(&[("rId1", "officeDocument", "xl/workbook.xml")]),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &fixtures::relations(&[("rId1", "worksheet", "worksheets/sheet1.xml")]),
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
        ),
        ("xl/worksheets/sheet1.xml", sheet),
    ]);
    assert_eq!(code(&package, "a.xlsx").await, FailureCode::OutOfMemory);
}
