//! What the server and the child process say to each other.
//!
//! The server writes one [`Job`] as a line of JSON to the child's standard input and then keeps that pipe open: its end
//! tells the child that the server is gone. The child answers with [`Message`] lines on its standard output and writes
//! page images into its folder under names that both sides derive from the page number. Jobs are trusted; messages are
//! not, because a hostile file may have taken the child over: the server checks every number, size and name in them.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::archive::{ArchiveLimits, Unpacked};
use super::layout::PageLayout;
use super::{Failure, Format};

/// What the child is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Job {
    /// The file to read.
    pub(super) input: PathBuf,
    /// The only folder to write to.
    pub(super) folder: PathBuf,
    /// The name of the file without its extension, as a title of last resort.
    pub(super) stem: String,
    /// Memory in bytes that may be resident.
    pub(super) memory_bytes: u64,
    /// Address space in bytes.
    pub(super) address_bytes: u64,
    /// Seconds of CPU time.
    pub(super) cpu_seconds: u64,
    /// Milliseconds after which to hand back.
    pub(super) life_ms: u64,
    /// The task itself.
    pub(super) task: Task,
}

/// The tasks of a child, one a life.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Task {
    /// Enter the sandbox and say which layers are in force.
    Probe,
    /// Read the text of an office document into an outline file.
    Outline {
        /// What the file looked like from outside.
        format: Format,
    },
    /// Draw an office document as a PDF, without LibreOffice.
    Draw {
        /// What the file turned out to be.
        format: Format,
    },
    /// Make pages: `first`, `first + step` and so on.
    Pages {
        /// What to make pages from.
        source: PageSource,
        /// The first page to make.
        first: u32,
        /// The distance to the next one.
        step: u32,
    },
    /// Make one page that says why the real one is missing.
    Notice {
        /// The page it stands for.
        number: u32,
        /// The title of that page as far as it is known.
        title: String,
        /// The text of that page as far as it is known.
        text: String,
    },
    /// Read captions and write what is sound of them.
    Captions,
    /// Take an archive apart.
    Unpack(ArchiveLimits),
    /// Run a program of the system inside the limits.
    Launch {
        /// The program.
        program: PathBuf,
        /// Its arguments.
        arguments: Vec<String>,
    },
}

/// What pages are made from.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PageSource {
    /// The uploaded file itself.
    Upload(Format),
    /// A PDF that was made of an office document, with the outline of that document.
    Rendered(PathBuf),
    /// Only the outline of an office document.
    Outline(PathBuf),
    /// A video, with a frame of it if one could be taken.
    Video {
        /// MP4 or `WebM`.
        format: Format,
        /// The picture to show.
        poster: Option<PathBuf>,
    },
}

/// One line of the child's answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Message {
    /// The sandbox is entered; the layers in force.
    Ready(Vec<String>),
    /// What kind of file it turned out to be.
    Recognised(Format),
    /// How many pages there are, and what the document calls itself.
    Counted {
        /// All pages of the document.
        total: u32,
        /// From the document's metadata.
        title: Option<String>,
    },
    /// A page was read and is about to be drawn.
    Read(PageText),
    /// The images of a page are complete, and what they look like ([`super::likeness`]).
    Drawn(u32, u64),
    /// How long it plays, in milliseconds.
    Lasts(u64),
    /// A file of an archive is written, or left out.
    Unpacked(Unpacked),
    /// Something was left out; the rest is sound.
    Warning(String),
    /// The child has worked long enough; go on with this page in a new one.
    HandBack(u32),
    /// All is done.
    Done,
    /// The file cannot be converted.
    Failed(Failure),
}

/// The words of one page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PageText {
    /// Counted from 1.
    pub(super) number: u32,
    /// Its heading.
    pub(super) title: String,
    /// Its text, in reading order, lines separated by newlines.
    pub(super) text: String,
    /// Where its words and links stand.
    #[serde(default)]
    pub(super) layout: PageLayout,
}

/// The sizes in which every page is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageSize {
    /// For lists and thumbnails.
    Small,
    /// For phones.
    Medium,
    /// For reading on a large screen.
    Large,
}

impl ImageSize {
    /// From the smallest to the largest.
    pub const ALL: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    /// The width in pixels, unless the page itself is smaller.
    pub fn width(self) -> u32 {
        match self {
            Self::Small => 480,
            Self::Medium => 960,
            Self::Large => 1_600,
        }
    }

    /// Where the image of a page lies in the conversion's folder.
    pub(super) fn path(self, folder: &Path, page: u32) -> PathBuf {
        folder.join(format!("page-{page:05}-{}.webp", self.width()))
    }
}

/// Where the PDF that an office document was drawn as lies in the folder for that work. LibreOffice derives the name from
/// that of its input.
pub(super) fn drawing_path(work: &Path) -> PathBuf {
    work.join("document.pdf")
}

/// Where the outline of an office document lies in the conversion's folder.
pub(super) fn outline_path(folder: &Path) -> PathBuf {
    folder.join("outline.json")
}
