//! The caps that keep one file from taking the machine.
//!
//! The constants hold for every file and are checked inside the child. [`Limits`] holds what an installation may set:
//! how long and with how much memory a conversion may run.

use std::time::Duration;

/// Pages of one file.
pub const MAX_PAGES: u32 = 2_000;
/// Entries of one ZIP package.
pub(super) const MAX_ZIP_ENTRIES: usize = 20_000;
/// Unpacked bytes of one part of a package.
pub(super) const MAX_PART_BYTES: u64 = 64 << 20;
/// Unpacked bytes of a whole package.
pub(super) const MAX_PACKAGE_BYTES: u64 = 256 << 20;
/// Elements inside elements in XML and HTML.
pub(super) const MAX_XML_DEPTH: usize = 512;
/// Pixels of an uploaded picture, before it is decoded.
pub(super) const MAX_PIXELS: u64 = 100_000_000;
/// Bytes of the pixels of an uploaded picture, decoded.
pub(super) const MAX_PIXEL_BYTES: u64 = 320 << 20;
/// Bytes of text, Markdown, HTML or SVG.
pub(super) const MAX_TEXT_BYTES: u64 = 16 << 20;
/// Bytes of text kept for one page.
pub(super) const MAX_PAGE_TEXT_BYTES: usize = 512 << 10;
/// Bytes of a title.
pub(super) const MAX_TITLE_BYTES: usize = 300;
/// Lines of writing whose place is kept for one page.
pub(super) const MAX_PAGE_LINES: usize = 3_000;
/// Links kept for one page.
pub(super) const MAX_PAGE_LINKS: usize = 200;
/// Bytes of one line from the child.
pub(super) const MAX_LINE_BYTES: usize = 4 << 20;
/// Bytes of one page image.
pub(super) const MAX_IMAGE_BYTES: u64 = 32 << 20;

/// What a child has resident besides its data: the program itself and the fonts that it has opened.
pub(super) const CODE_AND_FONTS_BYTES: u64 = 64 << 20;

/// What one conversion may use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Resident memory of a child, with all that it has started.
    pub memory_bytes: u64,
    /// CPU time of one life of a child; one that makes pages hands back and is started again well before.
    pub cpu: Duration,
    /// How long a child that makes pages may go on before it hands back.
    pub life: Duration,
    /// How long a child may be silent.
    pub silence: Duration,
    /// Address space of LibreOffice and ffmpeg, which reserve far more than they use.
    pub tool_address_bytes: u64,
    /// Wall-clock time of LibreOffice and ffmpeg.
    pub tool_time: Duration,
    /// Wall-clock time of the whole conversion.
    pub total_time: Duration,
    /// Children that render pages of one file side by side, if somebody waits for it.
    pub workers: u32,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            memory_bytes: 512 << 20,
            cpu: Duration::from_secs(30),
            // Short, so that what somebody waits for soon gets its turn.
            life: Duration::from_secs(6),
            // CPU time is what counts; this is for a machine on which a child gets little of it.
            silence: Duration::from_mins(2),
            tool_address_bytes: 4 << 30,
            tool_time: Duration::from_mins(2),
            total_time: Duration::from_mins(15),
            workers: u32::try_from(cores).unwrap_or(1).clamp(1, 4),
        }
    }
}
