//! Office documents on a machine without LibreOffice, drawn by the build itself.

use std::io::{Cursor, Read as _, Write as _};
use std::path::PathBuf;

use lastmile::documents::{ConverterOptions, Tier, status};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::fixtures;
use crate::office::{SLIDES, check_deck};
use crate::support::{Converted, convert, convert_file, convert_with, options};

fn embedded() -> ConverterOptions {
    ConverterOptions {
        embedded_office: true,
        ..options()
    }
}

fn sample(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("content-samples")
        .join(name)
}

fn check_drawn(converted: &Converted) {
    let warnings = &converted.conversion.warnings;
    assert_eq!(converted.conversion.tier, Tier::Rendered, "{warnings:?}");
    assert!(converted.pages.iter().all(|page| page.problem.is_none()));
}

#[tokio::test]
async fn a_sample_deck_has_pictures_and_the_words_of_our_reader() {
    let deck = sample("decks/tarnwick-company-overview.pptx");
    let drawn = convert_file(embedded(), &deck, "deck.pptx").await.unwrap();
    let cards = convert_file(options(), &deck, "deck.pptx").await.unwrap();
    check_drawn(&drawn);
    assert_eq!(cards.conversion.tier, Tier::TextCard);
    assert_eq!(drawn.pages.len(), 12);
    for (page, card) in drawn.pages.iter().zip(&cards.pages) {
        assert_eq!((&page.title, &page.text), (&card.title, &card.text));
        assert_eq!((page.width, page.height), (1_600, 900));
        assert_ne!(page.picture_hash, card.picture_hash, "page {}", page.number);
        // The words stand in the picture, so they can be selected there.
        assert!(!page.layout.lines.is_empty(), "page {}", page.number);
    }
}

#[tokio::test]
async fn a_sample_document_is_laid_out_in_pages() {
    let paper = sample("whitepapers/cold-chain-evidence.docx");
    let drawn = convert_file(embedded(), &paper, "paper.docx")
        .await
        .unwrap();
    check_drawn(&drawn);
    assert!(drawn.pages.len() > 2);
    assert!(drawn.pages.iter().all(|page| page.height > page.width));
}

#[tokio::test]
async fn what_is_hidden_stays_hidden() {
    let converted = convert_with(embedded(), &fixtures::pptx(&SLIDES), "deck.pptx")
        .await
        .unwrap();
    check_drawn(&converted);
    check_deck(&converted);
    let seen: String = converted
        .pages
        .iter()
        .flat_map(|page| &page.layout.lines)
        .map(|line| line.1.as_str())
        .collect();
    assert!(seen.contains("quokka"), "{seen}");
    assert!(
        !seen.contains("secretnotes") && !seen.contains("hiddenslide"),
        "{seen}"
    );
}

#[tokio::test]
async fn a_deck_that_cannot_be_drawn_becomes_cards_and_says_why() {
    // The main part may have any name, but the drawing crate knows only the usual one.
    let deck = renamed(&fixtures::pptx(&SLIDES), "presentation.xml", "deck.xml");
    let converted = convert_with(embedded(), &deck, "deck.pptx").await.unwrap();
    check_deck(&converted);
    assert_eq!(converted.conversion.tier, Tier::TextCard);
    let warnings = &converted.conversion.warnings;
    assert!(
        warnings
            .iter()
            .any(|warning| warning.contains("could not be drawn (damaged)")),
        "{warnings:?}"
    );
}

#[tokio::test]
async fn open_documents_are_cards_still() {
    let text = fixtures::open_document("text", "<text:p>Some text.</text:p>");
    let converted = convert_with(embedded(), &text, "text.odt").await.unwrap();
    assert_eq!(converted.conversion.tier, Tier::TextCard);
}

#[tokio::test]
async fn it_is_told_that_the_build_draws() {
    assert!(status(&embedded()).await.embedded_office);
    assert!(!status(&options()).await.embedded_office);
    let cards = convert(&fixtures::pptx(&SLIDES), "deck.pptx").await;
    assert_eq!(cards.unwrap().conversion.tier, Tier::TextCard);
}

/// A package in which a part has another name, wherever it is spoken of.
fn renamed(package: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(package)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        writer
            .start_file(
                part.name().unwrap().replace(from, to),
                SimpleFileOptions::default(),
            )
            .unwrap();
        writer.write_all(text.replace(from, to).as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
