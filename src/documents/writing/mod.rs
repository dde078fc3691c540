//! HTML, Markdown and plain text to pages.
//!
//! All three become blocks of text and pictures that are drawn on paper of our own. Nothing of the file's markup
//! survives, so nothing of it can act, and nothing is fetched from elsewhere.

mod html;
mod inline;
mod markdown;
mod plain;

use std::io::Read;
use std::path::Path;

use super::limits::MAX_TEXT_BYTES;
use super::pages::Pages;
use super::{Failure, FailureCode, Format, card, encoding};

/// Makes the pages of a text.
pub(super) fn make_pages(
    path: &Path,
    format: Format,
    stem: &str,
    pages: &mut Pages<'_>,
) -> Result<(), Failure> {
    let bytes = read_limited(path)?;
    let text = encoding::decode(&bytes);
    let (title, blocks) = match format {
        Format::Html => html::read(&text)?,
        Format::Markdown => markdown::read(&text)?,
        _ => (None, plain::read(&text)),
    };
    card::draw_paper(pages, blocks, title, stem)
}

/// The bytes of a file that is read as a whole.
pub(super) fn read_limited(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable =
        |error: std::io::Error| Failure::internal(format!("the file could not be read: {error}"));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let read = file
        .take(MAX_TEXT_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if read as u64 > MAX_TEXT_BYTES {
        return Err(Failure::new(
            FailureCode::TooLarge,
            format!("more than {} MB of text", MAX_TEXT_BYTES >> 20),
        ));
    }
    Ok(bytes)
}
