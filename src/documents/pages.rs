//! Where a child puts the pages it makes.
//!
//! `Pages` says what a page holds, draws it in every size, and knows when the child has worked long enough. Makers of
//! pages ask it which pages are wanted; they need not know of sizes, files or the server.

use std::path::Path;
use std::time::{Duration, Instant};

use pic_scale::{
    ImageSize as Size, ImageStore, ImageStoreMut, ResamplingFunction, Scaler, ThreadingPolicy,
};
use webp::{Encoder, WebPConfig};

use super::child::say;
use super::limits::{MAX_PAGE_TEXT_BYTES, MAX_PAGES, MAX_TITLE_BYTES};
use super::protocol::{ImageSize, Message, PageText};
use super::{Failure, FailureCode, likeness};

/// Opaque pixels, four bytes each, row by row.
pub(super) struct Picture {
    /// In pixels.
    pub(super) width: u32,
    /// In pixels.
    pub(super) height: u32,
    /// Red, green, blue and an alpha of 255.
    pub(super) rgba: Vec<u8>,
}

/// The pages of one document on their way out of a child.
#[derive(Debug)]
pub(super) struct Pages<'a> {
    folder: &'a Path,
    first: u32,
    step: u32,
    started: Instant,
    budget: Duration,
    next: Option<u32>,
}

#[expect(
    clippy::unused_self,
    reason = "makers of pages speak through this value and need not know of the protocol"
)]
impl<'a> Pages<'a> {
    /// Pages `first`, `first + step` and so on, for so many milliseconds.
    pub(super) fn new(folder: &'a Path, first: u32, step: u32, life_ms: u64) -> Self {
        Self {
            folder,
            first,
            step: step.max(1),
            started: Instant::now(),
            budget: Duration::from_millis(life_ms),
            next: None,
        }
    }

    /// Says how many pages there are and what the document calls itself.
    pub(super) fn count(&self, total: usize, title: Option<String>) -> Result<(), Failure> {
        let total = u32::try_from(total).unwrap_or(u32::MAX);
        match total {
            0 => Err(Failure::new(
                FailureCode::NoPages,
                "the document has no pages",
            )),
            1..=MAX_PAGES => say(&Message::Counted { total, title }),
            _ => Err(Failure::new(
                FailureCode::TooManyPages,
                format!("{total} pages, {MAX_PAGES} are accepted"),
            )),
        }
    }

    /// Whether this child is to make the page. Once it says no for lack of time, it says no to all that follow.
    pub(super) fn wants(&mut self, number: u32) -> bool {
        if number < self.first
            || !(number - self.first).is_multiple_of(self.step)
            || self.next.is_some()
        {
            return false;
        }
        // At least one page is made in each life, so the conversion always moves on.
        if number > self.first && self.started.elapsed() > self.budget {
            self.next = Some(number);
            return false;
        }
        true
    }

    /// The page with which the next child is to go on, if this one stopped early.
    pub(super) fn hand_back(&self) -> Option<u32> {
        self.next
    }

    /// Says what a page holds. It is said before the page is drawn, so that the words survive a fault in drawing.
    pub(super) fn read(&self, mut page: PageText) -> Result<(), Failure> {
        shorten(&mut page.title, MAX_TITLE_BYTES);
        shorten(&mut page.text, MAX_PAGE_TEXT_BYTES);
        page.layout.keep_sound();
        say(&Message::Read(page))
    }

    /// Keeps the picture of a page in every size.
    pub(super) fn draw(&self, number: u32, picture: &Picture) -> Result<(), Failure> {
        let mut likeness = None;
        for size in ImageSize::ALL {
            let scaled = scale(picture, size.width())?;
            // The smallest picture comes first; it says as much as the largest.
            likeness.get_or_insert_with(|| likeness::of(scaled.as_ref().unwrap_or(picture)));
            let bytes = encode(scaled.as_ref().unwrap_or(picture))?;
            std::fs::write(size.path(self.folder, number), bytes.as_ref() as &[u8]).map_err(
                |error| Failure::internal(format!("a page image could not be written: {error}")),
            )?;
        }
        say(&Message::Drawn(number, likeness.unwrap_or_default()))
    }

    /// Says that something was left out.
    pub(super) fn warn(&self, what: impl Into<String>) -> Result<(), Failure> {
        say(&Message::Warning(what.into()))
    }
}

/// Cuts a text to a number of bytes, never inside a character.
pub(super) fn shorten(text: &mut String, bytes: usize) {
    if text.len() > bytes {
        let end = (0..=bytes)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        text.truncate(end);
    }
}

/// The picture at this width, or nothing if it is no wider than that: pictures are never blown up.
fn scale(picture: &Picture, width: u32) -> Result<Option<Picture>, Failure> {
    if picture.width <= width {
        return Ok(None);
    }
    let height = (u64::from(picture.height) * u64::from(width))
        .div_ceil(u64::from(picture.width))
        .max(1);
    let height = u32::try_from(height).unwrap_or(u32::MAX);
    let fault = |error| Failure::internal(format!("a page could not be scaled: {error}"));
    let source = ImageStore::<u8, 4>::from_slice(
        &picture.rgba,
        picture.width as usize,
        picture.height as usize,
    )
    .map_err(fault)?;
    let mut target = ImageStoreMut::<u8, 4>::alloc(width as usize, height as usize);
    Scaler::new(ResamplingFunction::Lanczos3)
        .set_threading_policy(ThreadingPolicy::Single)
        .plan_rgba_resampling(
            Size::new(picture.width as usize, picture.height as usize),
            Size::new(width as usize, height as usize),
            false,
        )
        .and_then(|plan| plan.resample(&source, &mut target))
        .map_err(fault)?;
    Ok(Some(Picture {
        width,
        height,
        rgba: target.as_bytes().to_vec(),
    }))
}

/// The picture as it is stored: lossy WebP.
pub(super) fn encode(picture: &Picture) -> Result<webp::WebPMemory, Failure> {
    let fault = |error| Failure::internal(format!("a page could not be stored as WebP: {error:?}"));
    let mut config = WebPConfig::new().map_err(|()| Failure::internal("WebP is not available"))?;
    config.quality = 80.0;
    // A good compromise for pages: twice as fast as the default, a few per cent larger.
    config.method = 2;
    Encoder::from_rgba(&picture.rgba, picture.width, picture.height)
        .encode_advanced(&config)
        .map_err(fault)
}
