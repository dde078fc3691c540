//! Pages drawn from words alone.
//!
//! Where a document has no look of its own, or its look cannot be had, its words are laid out on a plain sheet of paper or
//! a plain slide. The look is deliberately of no brand: it stands for somebody's collateral.

mod columns;
mod lines;
mod measure;
mod paper;
mod slide;
mod svg;

use super::blocks::{Block, Span};
use super::outline::Slide;
use super::pages::{Pages, Picture};
use super::protocol::{ImageSize, PageText};
use super::{Failure, FailureCode, vector};

pub(super) use measure::{Face, fit, width};
pub(super) use svg::{Drawing, Ink};

/// Draws running text as sheets of paper, a new one at each main heading and wherever one is full.
pub(super) fn draw_paper(
    pages: &mut Pages<'_>,
    blocks: Vec<Block>,
    title: Option<String>,
    fallback_title: &str,
) -> Result<(), Failure> {
    let sheets = paper::lay_out(blocks, fallback_title);
    if sheets.is_empty() {
        return Err(Failure::new(
            FailureCode::NoPages,
            "the document holds no text",
        ));
    }
    let first_heading = sheets.iter().find_map(|sheet| sheet.heading.clone());
    pages.count(sheets.len(), title.or(first_heading))?;
    for (number, sheet) in (1..).zip(sheets) {
        if pages.wants(number) {
            pages.read(PageText {
                number,
                title: sheet.title,
                text: sheet.text,
                layout: sheet.drawing.layout(),
            })?;
            pages.draw(number, &rasterise(&sheet.drawing)?)?;
        }
    }
    Ok(())
}

/// Draws slides from their words.
pub(super) fn draw_slides(
    pages: &mut Pages<'_>,
    slides: &[Slide],
    title: Option<String>,
) -> Result<(), Failure> {
    let first_title = slides
        .iter()
        .map(|slide| slide.title.clone())
        .find(|title| !title.is_empty());
    pages.count(slides.len(), title.or(first_title))?;
    for (number, slide) in (1..).zip(slides) {
        if pages.wants(number) {
            let drawing = slide::lay_out(slide);
            pages.read(PageText {
                number,
                title: slide.title.clone(),
                text: slide.text.clone(),
                layout: drawing.layout(),
            })?;
            pages.draw(number, &rasterise(&drawing)?)?;
        }
    }
    Ok(())
}

/// Draws the page that stands for one that could not be drawn: what it said, as far as that is known.
pub(super) fn draw_notice(
    pages: &mut Pages<'_>,
    number: u32,
    title: &str,
    text: &str,
) -> Result<(), Failure> {
    let mut blocks = vec![Block::Quote(vec![Span::plain(format!(
        "The picture of page {number} could not be made."
    ))])];
    if !title.is_empty() {
        blocks.push(Block::Heading(2, title.to_owned()));
    }
    blocks.extend(
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| Block::Paragraph(vec![Span::plain(line)])),
    );
    let sheet = paper::lay_out(blocks, title).into_iter().next();
    let sheet = sheet.ok_or_else(|| Failure::internal("a notice has no sheet"))?;
    pages.draw(number, &rasterise(&sheet.drawing)?)
}

/// Draws the page that stands for a video.
pub(super) fn draw_video(title: &str, note: &str) -> Result<Picture, Failure> {
    rasterise(&slide::video(title, note))
}

/// Makes pixels of a drawing, as wide as the largest page image.
pub(super) fn rasterise(drawing: &Drawing) -> Result<Picture, Failure> {
    vector::rasterise_own(&drawing.to_svg(), ImageSize::Large.width())
}
