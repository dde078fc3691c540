//! Every format becomes pages with the right words and pictures.

use image::ImageFormat;
use lastmile::documents::{Area, Format, LinkTarget, PARTS, PageLayout, PageLink, Tier};

use crate::fixtures;
use crate::support::{convert, pixels};

/// The lines of a text layer, in reading order.
fn lines_of(layout: &PageLayout) -> Vec<&str> {
    layout.lines.iter().map(|line| line.1.as_str()).collect()
}

#[tokio::test]
async fn a_pdf_has_text_titles_links_and_pictures() {
    let pages = [
        fixtures::pdf_page(
            "Annual offer",
            &["First line with marker quokka", "Second line"],
        ),
        fixtures::pdf_page("Prices", &["Everything costs something"]),
        fixtures::pdf_page("Contact", &["Write to us"]),
    ];
    let converted = convert(
        &fixtures::pdf(b"\xFE\xFF\x00O\x00f\x00f\x00r\x00e", &pages),
        "offer.pdf",
    )
    .await
    .unwrap();
    assert_eq!(converted.conversion.format, Format::Pdf);
    assert_eq!(converted.conversion.tier, Tier::Rendered);
    assert_eq!(converted.conversion.title.as_deref(), Some("Offre"));
    let titles: Vec<&str> = converted
        .pages
        .iter()
        .map(|page| page.title.as_str())
        .collect();
    assert_eq!(titles, ["Annual offer", "Prices", "Contact"]);
    let first = &converted.pages[0];
    assert_eq!(
        first.text,
        "Annual offer\n\nFirst line with marker quokka\nSecond line"
    );
    assert_eq!(first.width, 1_600);
    let [PageLink(Area(left, top, _, _), target)] = first.layout.links.as_slice() else {
        panic!("{:?}", first.layout.links);
    };
    assert_eq!(
        *target,
        LinkTarget::Url("https://example.com/offer".to_owned())
    );
    let part = |place: u16| f64::from(place) / f64::from(PARTS);
    assert!(
        (part(*left) - 100.0 / 595.0).abs() < 0.01 && (part(*top) - 102.0 / 842.0).abs() < 0.01
    );
}

#[tokio::test]
async fn a_workbook_is_a_page_a_sheet_without_the_hidden_ones() {
    let prices: &[&[&str]] = &[
        &["Item", "Price"],
        &["Basic quokka", "1290"],
        &["Large", "12.5"],
    ];
    let secret: &[&[&str]] = &[&["Cost", "7"]];
    let more: &[&[&str]] = &[&["Terms"], &["Net in thirty days"]];
    let book = fixtures::xlsx(&[
        ("Prices", false, prices),
        ("Costs", true, secret),
        ("Terms", false, more),
    ]);
    let converted = convert(&book, "prices.xlsx").await.unwrap();
    assert_eq!(converted.conversion.format, Format::Xlsx);
    assert_eq!(
        converted.conversion.warnings,
        ["1 hidden sheet was left out."]
    );
    assert_eq!(converted.pages.len(), 2);
    assert_eq!(converted.pages[0].title, "Prices");
    assert_eq!(
        converted.pages[0].text,
        "Item\tPrice\nBasic quokka\t1,290.00\nLarge\t12.50"
    );
    assert_eq!(converted.pages[1].text, "Terms\nNet in thirty days");
    assert_eq!(
        lines_of(&converted.pages[0].layout),
        [
            "Prices",
            "Item",
            "Price",
            "Basic quokka",
            "1,290.00",
            "Large",
            "12.50"
        ]
    );
}

#[tokio::test]
async fn an_open_document_sheet_is_read() {
    let cell = |text: &str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let table = format!(
        "<table:table table:name=\"Stock\"><table:table-row>{}{}</table:table-row></table:table>",
        cell("Item"),
        cell("quokka")
    );
    let converted = convert(&fixtures::open_document("spreadsheet", &table), "stock.ods")
        .await
        .unwrap();
    assert_eq!(converted.conversion.format, Format::Ods);
    assert_eq!(converted.pages[0].text, "Item\tquokka");
}

#[tokio::test]
async fn markdown_html_and_text_are_laid_out() {
    let markdown = b"# Battle card\n\nWe **win** on quokkas.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
    let converted = convert(markdown, "card.md").await.unwrap();
    assert_eq!(converted.conversion.format, Format::Markdown);
    assert_eq!(converted.pages[0].title, "Battle card");
    assert_eq!(
        converted.pages[0].text,
        "Battle card\nWe win on quokkas.\na\tb\n1\t2"
    );
    assert_eq!(
        lines_of(&converted.pages[0].layout),
        ["Battle card", "We win on quokkas.", "a", "b", "1", "2"],
        "what we draw ourselves can be selected and read aloud, too"
    );

    let html = "<!doctype html><title>Answers</title><script>document.write('scripted')</script><h1>Fragen</h1><p>Wir liefern überall hin, auch nach Übersee, und zwar innerhalb von wenigen Tagen nach der Bestellung.<h1>Next</h1><p>x";
    let converted = convert(html.as_bytes(), "answers.html").await.unwrap();
    assert_eq!(converted.conversion.title.as_deref(), Some("Answers"));
    assert_eq!(converted.conversion.language, Some("de"));
    assert_eq!(converted.pages.len(), 2);
    assert!(
        !converted
            .pages
            .iter()
            .any(|page| page.text.contains("scripted"))
    );

    let converted = convert(b"Call script\r\n\r\nBe brief.\r\nBe kind.\r\n", "call.txt")
        .await
        .unwrap();
    assert_eq!(converted.conversion.format, Format::Text);
    assert_eq!(converted.pages[0].text, "Call script\nBe brief.\nBe kind.");
}

#[tokio::test]
async fn pictures_keep_their_size_and_are_upright() {
    for (format, name) in [
        (ImageFormat::Png, "a.png"),
        (ImageFormat::Jpeg, "a.jpg"),
        (ImageFormat::WebP, "a.webp"),
        (ImageFormat::Gif, "a.gif"),
    ] {
        let converted = convert(&fixtures::picture(700, 350, format), name)
            .await
            .unwrap();
        assert_eq!(converted.pages[0].title, "a");
        assert_eq!(converted.pages[0].text, "a", "what its name says");
        let widths: Vec<u32> = converted.pages[0]
            .images
            .iter()
            .map(|image| image.width)
            .collect();
        assert_eq!(widths, [480, 700, 700], "{name}");
    }
    // Orientation 6: to be turned by a quarter, so that what is above lies on the right.
    let mut turned = fixtures::picture(64, 32, ImageFormat::Jpeg);
    let exif = b"\xFF\xE1\x00\x22Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    turned.splice(2..2, exif.iter().copied());
    let converted = convert(&turned, "turned.jpg").await.unwrap();
    assert_eq!(
        (converted.pages[0].width, converted.pages[0].height),
        (32, 64)
    );
    let upright = pixels(&converted.pages[0].images[0]);
    assert!(upright.get_pixel(28, 32).0[0] > 150 && upright.get_pixel(4, 32).0[2] > 150);
}

#[tokio::test]
async fn a_vector_picture_is_drawn_with_its_words() {
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' width='200' height='100'><title>Flow</title><rect width='50' height='50' fill='teal'/><text x='60' y='50'>quokka &amp; more</text></svg>";
    let converted = convert(svg, "flow.svg").await.unwrap();
    assert_eq!(converted.pages[0].title, "Flow");
    assert_eq!(converted.pages[0].text, "quokka & more");
    assert_eq!(
        (converted.pages[0].width, converted.pages[0].height),
        (1_600, 800)
    );
}

#[tokio::test]
async fn a_video_has_a_page_that_stands_for_it() {
    let converted = convert(&fixtures::mp4(75, 640, 360), "Product film.mp4")
        .await
        .unwrap();
    assert_eq!(converted.conversion.format, Format::Mp4);
    assert_eq!(converted.conversion.tier, Tier::TextCard);
    assert_eq!(converted.pages[0].title, "Product film");
    assert_eq!(converted.pages[0].text, "Product film");
}

#[tokio::test]
async fn nothing_but_pages_is_left_in_the_folder() {
    let slides = [fixtures::Slide {
        title: "One",
        text: "text",
        hidden: false,
    }];
    let converted = convert(&fixtures::pptx(&slides), "deck.pptx")
        .await
        .unwrap();
    let mut names: Vec<String> = std::fs::read_dir(converted.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "page-00001-1600.webp",
            "page-00001-480.webp",
            "page-00001-960.webp"
        ]
    );
}
