//! Office documents drawn without LibreOffice, by the crate `office2pdf`.
//!
//! Only pictures come from here: what the crate draws is a PDF, which then takes the way of every other. It parses a
//! hostile file a second time and is as little trusted as LibreOffice, so it runs in a child that has entered its
//! sandbox, alone, and its panic is the end of that child only.
//!
//! It sees the fonts of the machine as far as the sandbox does. Those that documents mostly ask for have free twins of
//! the same metrics in the executable, so a bare machine breaks lines where they were broken when the slide was made.

use std::path::Path;

use office2pdf::config::{ConvertOptions, Format as Kind};
use office2pdf::error::{ConvertError, ConvertWarning};

use crate::documents::outline::Body;
use crate::documents::{Failure, FailureCode, Format, fonts};

/// Twins of Calibri, Cambria, Arial, Times New Roman and Courier New.
const TWINS: [&[u8]; 17] = [
    include_bytes!("../fonts/office/Carlito-Regular.ttf"),
    include_bytes!("../fonts/office/Carlito-Bold.ttf"),
    include_bytes!("../fonts/office/Carlito-Italic.ttf"),
    include_bytes!("../fonts/office/Carlito-BoldItalic.ttf"),
    include_bytes!("../fonts/office/Caladea-Regular.ttf"),
    include_bytes!("../fonts/office/Caladea-Bold.ttf"),
    include_bytes!("../fonts/office/Caladea-Italic.ttf"),
    include_bytes!("../fonts/office/Caladea-BoldItalic.ttf"),
    include_bytes!("../fonts/office/LiberationSans-Regular.ttf"),
    include_bytes!("../fonts/office/LiberationSans-Bold.ttf"),
    include_bytes!("../fonts/office/LiberationSans-Italic.ttf"),
    include_bytes!("../fonts/office/LiberationSans-BoldItalic.ttf"),
    include_bytes!("../fonts/office/LiberationSerif-Regular.ttf"),
    include_bytes!("../fonts/office/LiberationSerif-Bold.ttf"),
    include_bytes!("../fonts/office/LiberationSerif-Italic.ttf"),
    include_bytes!("../fonts/office/LiberationSerif-BoldItalic.ttf"),
    include_bytes!("../fonts/office/LiberationMono-Regular.ttf"),
];

/// Draws a document as a PDF and says what is missing from it, as sentences for people.
pub(super) fn draw(input: &Path, format: Format, pdf: &Path) -> Result<Vec<String>, Failure> {
    let kind = match format {
        Format::Pptx => Kind::Pptx,
        Format::Docx => Kind::Docx,
        other => {
            let detail = format!("{other} is not drawn without LibreOffice");
            return Err(Failure::new(FailureCode::Unsupported, detail));
        }
    };
    let data = std::fs::read(input)
        .map_err(|error| Failure::internal(format!("the file could not be read: {error}")))?;
    let options = ConvertOptions {
        font_bytes: TWINS
            .into_iter()
            // For signs that the twins do not have.
            .chain([fonts::SANS_REGULAR, fonts::MONO_REGULAR])
            .map(<[u8]>::to_vec)
            .collect(),
        ..ConvertOptions::default()
    };
    let drawn = office2pdf::convert_bytes(&data, kind, &options).map_err(refusal)?;
    let pages = drawn.metrics.map_or(0, |metrics| metrics.page_count);
    let slides = slides_of(input, format);
    if (pages as usize) < slides {
        // The crate leaves out a slide that it cannot read. Cards of all slides are better than pictures of some.
        let detail = format!("{pages} of {slides} slides were drawn");
        return Err(Failure::new(FailureCode::Crashed, detail));
    }
    std::fs::write(pdf, drawn.pdf)
        .map_err(|error| Failure::internal(format!("the PDF could not be written: {error}")))?;
    Ok(drawn.warnings.into_iter().filter_map(sentence).collect())
}

/// How many slides are shown, if it is a deck.
fn slides_of(input: &Path, format: Format) -> usize {
    match super::read_outline(input, format) {
        Ok((_, outline)) => match outline.body {
            Body::Slides(slides) => slides.len(),
            Body::Text(_) => 0,
        },
        Err(_) => 0,
    }
}

fn refusal(error: ConvertError) -> Failure {
    let code = match error {
        ConvertError::UnsupportedEncryption => FailureCode::Encrypted,
        ConvertError::UnsupportedFormat(_) => FailureCode::Unsupported,
        ConvertError::Parse(_) => FailureCode::Damaged,
        ConvertError::Io(_) => FailureCode::Internal,
        ConvertError::Render(_) => FailureCode::Crashed,
    };
    Failure::new(code, error.to_string())
}

/// What a person should know of the pictures. That a font was replaced is not of that kind: its twin looks the same.
fn sentence(warning: ConvertWarning) -> Option<String> {
    match warning {
        ConvertWarning::UnsupportedElement { element, .. } => {
            Some(format!("Not in the pictures: {element}."))
        }
        ConvertWarning::PartialElement {
            element, detail, ..
        } => Some(format!(
            "Only in part in the pictures: {element} ({detail})."
        )),
        ConvertWarning::ParseSkipped { reason, .. } => {
            Some(format!("Left out of the pictures: {reason}."))
        }
        ConvertWarning::FallbackUsed { from, to, .. } => ["data table", "text list"]
            .contains(&to.as_str())
            .then(|| format!("The pictures show a {to} in place of a {from}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (input, pdf) = (folder.path().join("input"), folder.path().join("pdf"));
        std::fs::write(&input, "no package").unwrap();
        for (format, code) in [
            (Format::Pptx, FailureCode::Damaged),
            (Format::Docx, FailureCode::Damaged),
            (Format::Odp, FailureCode::Unsupported),
        ] {
            assert_eq!(draw(&input, format, &pdf).unwrap_err().code, code);
            assert!(!pdf.exists());
        }
    }

    #[test]
    fn replaced_fonts_are_not_worth_a_word() {
        let replaced = |from: &str, to: &str| {
            sentence(ConvertWarning::FallbackUsed {
                format: "PPTX".to_owned(),
                from: from.to_owned(),
                to: to.to_owned(),
            })
        };
        assert_eq!(replaced("Calibri", "Carlito"), None);
        assert!(replaced("SmartArt diagram", "text list").is_some());
    }
}
