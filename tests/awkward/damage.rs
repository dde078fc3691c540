//! Sound files of every format: cut off, with flipped bytes, under another's name, and empty.

use crate::fixtures::{self, Slide};
use crate::{Awkward, either, films, pages, reason};

/// A sound file of every format, by its extension.
pub(crate) fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let slides = [
        Slide {
            title: "Why",
            text: "A reason",
            hidden: false,
        },
        Slide {
            title: "What next",
            text: "A step",
            hidden: false,
        },
    ];
    let table = "<table:table table:name=\"Prices\"><table:table-row><table:table-cell office:value-type=\"string\"><text:p>Sensor</text:p></table:table-cell></table:table-row></table:table>";
    let slide = "<draw:page draw:name=\"page1\"><draw:frame presentation:class=\"title\" svg:x=\"1cm\" svg:y=\"1cm\" svg:width=\"20cm\" svg:height=\"3cm\"><draw:text-box><text:p>Plan</text:p></draw:text-box></draw:frame></draw:page>";
    let words = "Words about rooms and the air in them. ".repeat(40);
    let picture = |format| fixtures::picture(120, 90, format);
    vec![
        (
            "pdf",
            fixtures::pdf(b"Plan", &[fixtures::pdf_page("Plan", &["one", "two"])]),
        ),
        ("pptx", fixtures::pptx(&slides)),
        (
            "docx",
            fixtures::docx(&fixtures::word_paragraph("Heading1", "Offer")),
        ),
        (
            "xlsx",
            fixtures::xlsx(&[("Prices", false, &[&["Sensor", "129"]])]),
        ),
        ("odp", fixtures::open_document("presentation", slide)),
        (
            "odt",
            fixtures::open_document("text", "<text:p>Some text.</text:p>"),
        ),
        ("ods", fixtures::open_document("spreadsheet", table)),
        (
            "html",
            format!("<!DOCTYPE html><title>Rooms</title><h1>Rooms</h1><p>{words}</p>").into_bytes(),
        ),
        (
            "md",
            format!("# Rooms\n\n{words}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n").into_bytes(),
        ),
        ("txt", words.clone().into_bytes()),
        ("png", picture(image::ImageFormat::Png)),
        ("jpg", picture(image::ImageFormat::Jpeg)),
        ("webp", picture(image::ImageFormat::WebP)),
        ("gif", picture(image::ImageFormat::Gif)),
        (
            "svg",
            format!(
                "<svg xmlns='http://www.w3.org/2000/svg' width='300' height='200'><title>Logo</title><rect width='100' height='90' fill='#075'/><text x='9' y='50'>{}</text></svg>",
                &words[..80]
            )
            .into_bytes(),
        ),
        ("mp4", fixtures::mp4(12, 640, 360)),
        ("webm", films::webm(12_000.0)),
    ]
}

/// Numbers that look thrown and are the same every time.
pub(crate) fn dice(mut state: u64) -> impl FnMut() -> u64 {
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}

pub(crate) fn files() -> Vec<Awkward> {
    let seeds = seeds();
    let mut files = Vec::new();
    for (at, (extension, seed)) in seeds.iter().enumerate() {
        for percent in [5, 50, 95] {
            let cut = seed[..seed.len() * percent / 100].to_vec();
            files.push(either(format!("cut-at-{percent}.{extension}"), cut));
        }
        let mut throw = dice(at as u64 + 77);
        for (how, share) in [("one", seed.len()), ("few", 300), ("many", 12)] {
            let mut flipped = seed.clone();
            for _ in 0..(seed.len() / share).max(1) {
                let place = usize::try_from(throw()).unwrap() % flipped.len();
                flipped[place] ^= 1 << (throw() % 8);
            }
            files.push(either(format!("{how}-flipped.{extension}"), flipped));
        }
        let mut padded = seed.clone();
        padded.extend(vec![0; 70_000]);
        files.push(either(format!("zeros-behind.{extension}"), padded));
        let (other, _) = &seeds[(at + 5) % seeds.len()];
        files.push(either(format!("in-fact-{extension}.{other}"), seed.clone()));
        files.push(reason(format!("empty.{extension}"), "", &["empty_file"]));
    }
    for (extension, seed) in &seeds {
        files.push(pages(format!("sound.{extension}"), seed.clone()));
    }
    let mut throw = dice(5);
    let noise: Vec<u8> = (0..200_000).map(|_| throw().to_le_bytes()[3]).collect();
    files.push(reason(
        "noise.pdf",
        noise.clone(),
        &["unsupported_file", "damaged", "executable"],
    ));
    files.push(either(
        "noise.docx",
        [b"PK\x03\x04".as_slice(), &noise].concat(),
    ));
    files.push(either(
        "noise-behind-a-header.pdf",
        [b"%PDF-1.7\n".as_slice(), &noise].concat(),
    ));
    files.push(reason("zeros.png", vec![0; 100_000], &["unsupported_file"]));
    files
}
