//! Files to pages: the only place where uploaded files are parsed.
//!
//! A capability that knows no feature, no database and no blob store. It is given a file and an empty folder, and gives
//! back pages: a title, the text, where words and links stand, and an image in three sizes for each.
//!
//! ```text
//! server   sniff (a bounded prefix) -> Converter -> [Job] -> child 1 .. child n -> [Message] -> checked -> Progress
//! child    sandbox first, then: package / pdf / sheet / writing / raster / vector / media -> pages (WebP, text)
//! office   child reads the outline -> LibreOffice inside a child, or a child itself, makes a PDF -> children draw the PDF
//! ```
//!
//! Invariant: no byte of an uploaded file beyond the prefix that [`sniff`] compares is interpreted in the server's
//! process; what a child made of it is read again only as a picture ([`watermark`]). Parsing happens in children of the same executable (`child`), which limit themselves before they open the
//! file (`sandbox`), may die at any moment, and are not believed (`converter`). Whatever goes wrong with a file ends as
//! a [`Failure`] with a name and a sentence for the person who uploaded it.

mod archive;
mod blocks;
mod budget;
mod captions;
mod card;
pub mod child;
mod converter;
mod encoding;
mod failure;
mod fonts;
mod format;
mod language;
mod launch;
mod layout;
pub mod likeness;
mod limits;
mod media;
mod office;
mod outline;
mod package;
mod pages;
mod pdf;
mod process;
mod protocol;
mod raster;
mod sandbox;
mod sheet;
mod sniff;
mod titles;
mod tools;
mod vector;
mod watch;
pub mod watermark;
mod writing;
mod xml;

pub use archive::{ArchiveEntry, ArchiveLimits, is_clutter};
pub use budget::Urgency;
pub use captions::Captions;
pub use converter::{
    Conversion, ConvertedPage, Converter, ConverterOptions, PageImage, Progress, Tier, drawing_in,
};
pub use failure::{Failure, FailureCode};
pub use format::Format;
pub use language::of as language_of;
pub use layout::{Area, LinkTarget, PARTS, PageLayout, PageLine, PageLink};
pub use limits::{Limits, MAX_PAGES};
pub use process::SUBCOMMAND;
pub use protocol::ImageSize;
pub use sniff::{is_archive, sniff};
pub use titles::name_in_words;
pub use tools::{Status, Tool, status};
pub use watch::Usage;
