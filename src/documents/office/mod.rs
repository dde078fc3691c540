//! Presentations and word processor documents: what they say.
//!
//! How they look is LibreOffice's work (see `tools`), or that of `embedded` where the build has it. Speaker notes,
//! comments and deleted text are never read: a prospect must not see them, and what is not read cannot leak.

mod drawing;
#[cfg(feature = "embedded-office")]
mod embedded;
mod opendocument;
mod presentation;
mod word;

use std::path::Path;

use super::outline::{Body, Outline, Slide};
use super::package::Package;
use super::pages::Pages;
use super::{Failure, FailureCode, Format, card};

/// Reads what a document says and tells what it is.
pub(super) fn read_outline(path: &Path, looks_like: Format) -> Result<(Format, Outline), Failure> {
    let mut package = Package::open(path)?;
    let (format, main) = package.recognise()?;
    let mut outline = match format {
        Format::Pptx => presentation::read(&mut package, &main)?,
        Format::Docx => word::read(&mut package, &main)?,
        Format::Odp => opendocument::read_slides(&package.required(&main)?)?,
        Format::Odt => opendocument::read_text(&package.required(&main)?)?,
        other => {
            let detail = format!("the file looked like {looks_like} from outside and is {other}");
            return Err(Failure::new(FailureCode::Unsupported, detail));
        }
    };
    outline.title = package.title()?;
    Ok((format, outline))
}

/// Whether this build can draw documents of this format without LibreOffice.
pub(super) fn is_drawn_here(format: Format) -> bool {
    cfg!(feature = "embedded-office") && matches!(format, Format::Pptx | Format::Docx)
}

/// Draws a document as a PDF without LibreOffice and says what is missing from it, as sentences for people.
#[cfg(feature = "embedded-office")]
pub(super) fn draw(input: &Path, format: Format, pdf: &Path) -> Result<Vec<String>, Failure> {
    embedded::draw(input, format, pdf)
}

/// This build draws nothing itself, and so is never asked to ([`is_drawn_here`]).
#[cfg(not(feature = "embedded-office"))]
pub(super) fn draw(_: &Path, format: Format, _: &Path) -> Result<Vec<String>, Failure> {
    let detail = format!("{format} is not drawn by this build");
    Err(Failure::new(FailureCode::Unsupported, detail))
}

/// Makes text cards of an outline, for want of a drawing.
pub(super) fn make_cards(outline: &Path, pages: &mut Pages<'_>) -> Result<(), Failure> {
    let outline = Outline::load(outline)?;
    match outline.body {
        Body::Slides(slides) => card::draw_slides(pages, &slides, outline.title),
        Body::Text(blocks) => card::draw_paper(pages, blocks, outline.title, ""),
    }
}

/// The outline of a deck. Hidden slides are not part of what is presented, in the text as in the pictures.
fn presented(shown: Vec<Slide>, hidden: usize) -> Outline {
    let warnings = match hidden {
        0 => Vec::new(),
        1 => vec!["One hidden slide was left out.".to_owned()],
        many => vec![format!("{many} hidden slides were left out.")],
    };
    Outline {
        body: Body::Slides(shown),
        warnings,
        ..Outline::default()
    }
}
