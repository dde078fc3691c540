//! Video: how long it is, how large, and a page that stands for it.
//!
//! Only the few boxes that say so are read, never the streams; a poster comes from ffmpeg if the machine has it (see
//! `tools`). The video itself is not changed.

mod boxes;

use std::path::Path;

use super::child::say;
use super::pages::Pages;
use super::protocol::{Message, PageText};
use super::titles::name_in_words;
use super::{Failure, Format, card, raster};

/// Makes the one page of a video.
pub(super) fn make_page(
    path: &Path,
    format: Format,
    poster: Option<&Path>,
    stem: &str,
    pages: &mut Pages<'_>,
) -> Result<(), Failure> {
    let about = boxes::read(path, format)?;
    pages.count(1, None)?;
    if let Some(milliseconds) = about.milliseconds() {
        say(&Message::Lasts(milliseconds))?;
    }
    pages.read(PageText {
        number: 1,
        title: stem.to_owned(),
        text: name_in_words(stem),
        ..PageText::default()
    })?;
    // A poster that cannot be read is no reason to refuse the video.
    let picture = match poster.map(|poster| raster::read(poster, Format::Png)) {
        Some(Ok(picture)) => picture,
        _ => card::draw_video(stem, &about.to_string())?,
    };
    pages.draw(1, &picture)
}
