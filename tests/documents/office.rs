//! Office documents, with LibreOffice where it is installed and without.

use lastmile::documents::{ConverterOptions, Format, Tier, status};

use crate::fixtures::{self, Slide};
use crate::support::{Converted, convert, convert_with, options};

pub(crate) const SLIDES: [Slide; 3] = [
    Slide {
        title: "Why we &amp; you",
        text: "A reason with marker quokka",
        hidden: false,
    },
    Slide {
        title: "Hidden margin",
        text: "hiddenslide",
        hidden: true,
    },
    Slide {
        title: "What next",
        text: "A next step",
        hidden: false,
    },
];

pub(crate) fn check_deck(converted: &Converted) {
    assert_eq!(
        converted.conversion.title.as_deref(),
        Some("Company & product")
    );
    let titles: Vec<&str> = converted
        .pages
        .iter()
        .map(|page| page.title.as_str())
        .collect();
    assert_eq!(titles, ["Why we & you", "What next"]);
    assert_eq!(
        converted.pages[0].text,
        "Why we & you\nA reason with marker quokka"
    );
    let all: String = converted
        .pages
        .iter()
        .map(|page| page.text.as_str())
        .collect();
    assert!(!all.contains("secretnotes") && !all.contains("hiddenslide"));
}

/// With the LibreOffice of this machine, if it has one.
fn with_libreoffice() -> Option<ConverterOptions> {
    let soffice = ConverterOptions::default().soffice;
    if soffice.is_none() {
        eprintln!("LibreOffice is not installed; only text cards are tested");
    }
    Some(ConverterOptions {
        soffice: Some(soffice?),
        ..options()
    })
}

#[tokio::test]
async fn a_deck_without_libreoffice_becomes_cards() {
    let converted = convert(&fixtures::pptx(&SLIDES), "deck.pptx")
        .await
        .unwrap();
    check_deck(&converted);
    assert_eq!(converted.conversion.tier, Tier::TextCard);
    assert_eq!(converted.conversion.warnings.len(), 1);
}

#[tokio::test]
async fn a_deck_is_drawn_by_libreoffice() {
    let Some(options) = with_libreoffice() else {
        return;
    };
    // The name is wrong on purpose: the content decides.
    let converted = convert_with(options, &fixtures::pptx(&SLIDES), "deck.docx")
        .await
        .unwrap();
    check_deck(&converted);
    assert_eq!(converted.conversion.format, Format::Pptx);
    assert_eq!(
        converted.conversion.tier,
        Tier::Rendered,
        "{:?}",
        converted.conversion.warnings
    );
    assert_eq!(
        (converted.pages[0].width, converted.pages[0].height),
        (1_600, 900)
    );
}

#[tokio::test]
async fn a_document_is_drawn_by_libreoffice() {
    let Some(options) = with_libreoffice() else {
        return;
    };
    let page_break = "<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>";
    let body = [
        fixtures::word_paragraph("Normal", "Page one with marker quokka"),
        page_break.to_owned(),
        fixtures::word_paragraph("Normal", "Page two"),
    ];
    let converted = convert_with(options, &fixtures::docx(&body.concat()), "offer.docx")
        .await
        .unwrap();
    assert_eq!(
        converted.conversion.tier,
        Tier::Rendered,
        "{:?}",
        converted.conversion.warnings
    );
    assert_eq!(converted.pages.len(), 2);
    assert_eq!(converted.pages[0].text, "Page one with marker quokka");
    assert_eq!(converted.pages[1].text, "Page two");
}

#[tokio::test]
async fn a_document_without_libreoffice_becomes_cards() {
    let body = [
        fixtures::word_paragraph("Heading1", "Offer"),
        fixtures::word_paragraph("Normal", "R&amp;D quokka"),
    ];
    let converted = convert(&fixtures::docx(&body.concat()), "offer.docx")
        .await
        .unwrap();
    assert_eq!(converted.conversion.format, Format::Docx);
    assert_eq!(converted.pages[0].title, "Offer");
    assert_eq!(converted.pages[0].text, "Offer\nR&D quokka");
}

#[tokio::test]
async fn open_documents_are_read_and_drawn() {
    let slide = "<draw:page draw:name=\"page1\"><draw:frame presentation:class=\"title\" svg:x=\"1cm\" svg:y=\"1cm\" svg:width=\"20cm\" svg:height=\"3cm\"><draw:text-box><text:p>Plan quokka</text:p></draw:text-box></draw:frame></draw:page>";
    let deck = fixtures::open_document("presentation", slide);
    let text = fixtures::open_document(
        "text",
        "<text:h text:outline-level=\"1\">Head</text:h><text:p>Some text.</text:p>",
    );
    for options in [Some(options()), with_libreoffice()].into_iter().flatten() {
        let converted = convert_with(options.clone(), &deck, "plan.odp")
            .await
            .unwrap();
        assert_eq!(converted.conversion.format, Format::Odp);
        assert_eq!(converted.pages[0].title, "Plan quokka");
        let converted = convert_with(options, &text, "text.odt").await.unwrap();
        assert_eq!(converted.conversion.format, Format::Odt);
        assert!(
            converted.pages[0].text.contains("Head")
                && converted.pages[0].text.contains("Some text.")
        );
    }
}

#[tokio::test]
async fn what_is_installed_is_told() {
    let status = status(&options()).await;
    assert!(status.soffice.is_none());
    assert!(status.sandbox.iter().any(|layer| layer == "rlimits"));
    assert_eq!(status.sandbox.len() + status.sandbox_missing.len(), 4);
}
