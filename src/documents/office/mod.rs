//! Presentations and word processor documents: what they say.
//!
//! How they look is LibreOffice's work; see `tools`. Speaker notes, comments and deleted text are never read:
//! a prospect must not see them, and what is not read cannot leak.

mod drawing;
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
