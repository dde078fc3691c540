//! A conversion, seen from the server.
//!
//! The server opens nothing but the first bytes of the file, to see what it is. All else is done by children, of which it
//! starts one after another, or some side by side, and whose every word it checks. A page at which children die is
//! replaced by a card; a file at which they die has a named failure. The server itself cannot be taken along.

mod collector;
mod image_file;
mod unpack;
mod workers;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::budget::{Budget, Urgency};
use super::captions::{self, Captions};
use super::format::Family;
use super::layout::PageLayout;
use super::limits::Limits;
use super::process::{Child, Heard};
use super::protocol::{ImageSize, Job, Message, PageSource, Task, drawing_path, outline_path};
use super::watch::{Meter, Usage};
use super::{Failure, FailureCode, Format, office, sniff, titles, tools};

use collector::Collector;

/// What a converter works with.
#[derive(Debug, Clone)]
pub struct ConverterOptions {
    /// The executable that has the hidden subcommand; the running one by default.
    pub executable: PathBuf,
    /// LibreOffice, if there is one.
    pub soffice: Option<PathBuf>,
    /// Whether office documents are drawn without LibreOffice where there is none. Says nothing in a build that cannot (it
    /// lacks the feature `embedded-office`).
    pub embedded_office: bool,
    /// ffmpeg, if there is one.
    pub ffmpeg: Option<PathBuf>,
    /// Memory that all conversions share; each child reserves what it may use before it starts.
    pub total_memory_bytes: u64,
    /// What one conversion may use.
    pub limits: Limits,
    /// Whether the PDF that an office document was drawn as stays in the folder of the conversion ([`drawing_in`]), for
    /// reports.
    pub keeps_drawing: bool,
}

impl Default for ConverterOptions {
    fn default() -> Self {
        Self {
            executable: PathBuf::from("/proc/self/exe"),
            soffice: tools::on_path("soffice").or_else(|| tools::on_path("libreoffice")),
            embedded_office: true,
            ffmpeg: tools::on_path("ffmpeg"),
            total_memory_bytes: 1 << 30,
            limits: Limits::default(),
            keeps_drawing: false,
        }
    }
}

/// The PDF that an office document was drawn as, if it was and [`ConverterOptions::keeps_drawing`] said so.
pub fn drawing_in(folder: &Path) -> Option<PathBuf> {
    Some(drawing_path(&tools::work_folder(folder))).filter(|pdf| pdf.is_file())
}

/// Converts files to pages. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Converter {
    options: Arc<ConverterOptions>,
    budget: Budget,
    meter: Arc<Meter>,
}

/// What is told while a conversion runs.
#[derive(Debug, Clone)]
pub enum Progress {
    /// The number of pages is known. Told again, in rare cases, when a second way of converting counts differently.
    Counted {
        /// All pages of the document.
        total: u32,
    },
    /// A page is complete. Pages may come out of order.
    Page(Box<ConvertedPage>),
}

/// A page with its words and its images.
#[derive(Debug, Clone)]
pub struct ConvertedPage {
    /// Counted from 1.
    pub number: u32,
    /// Its heading, or what stands in for one; never empty.
    pub title: String,
    /// Its text in reading order; may be empty.
    pub text: String,
    /// Where its words and links stand.
    pub layout: PageLayout,
    /// Width of its largest image in pixels.
    pub width: u32,
    /// Height of its largest image in pixels.
    pub height: u32,
    /// Its images, from the smallest to the largest. A small original is not blown up, so sizes may coincide.
    pub images: Vec<PageImage>,
    /// What the image looks like ([`super::likeness`]), unless it is only a card that says why there is none.
    pub picture_hash: Option<i64>,
    /// Why the image is only a card that says so, if it is.
    pub problem: Option<FailureCode>,
}

/// One image of a page: lossy WebP.
#[derive(Debug, Clone)]
pub struct PageImage {
    /// Which of the sizes it is.
    pub size: ImageSize,
    /// Where it lies, in the folder of the conversion.
    pub path: PathBuf,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// In bytes.
    pub bytes: u64,
}

/// A finished conversion.
#[derive(Debug, Clone)]
pub struct Conversion {
    /// What the file is.
    pub format: Format,
    /// How many pages it has.
    pub page_count: u32,
    /// The ISO 639-1 code of its language, if that is certain.
    pub language: Option<&'static str>,
    /// What it calls itself.
    pub title: Option<String>,
    /// What was left out or went wrong without spoiling the rest, as sentences for people.
    pub warnings: Vec<String>,
    /// How its pages look.
    pub tier: Tier,
    /// How long it plays, if it is a video and says so.
    pub duration: Option<Duration>,
}

/// How faithful the images are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// As the document's author laid it out.
    Rendered,
    /// The words on a card of our own, because nothing here could draw the document.
    TextCard,
}

impl Tier {
    /// The name that the API uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rendered => "rendered",
            Self::TextCard => "text_card",
        }
    }
}

/// An office document as a PDF.
struct Drawing {
    pdf: PathBuf,
    /// What is missing from it.
    warnings: Vec<String>,
}

/// What is the same for all children of a conversion.
#[derive(Debug, Clone)]
pub(super) struct Case {
    options: Arc<ConverterOptions>,
    input: PathBuf,
    folder: PathBuf,
    stem: String,
    deadline: Instant,
    urgency: Urgency,
    budget: Budget,
    meter: Arc<Meter>,
}

impl Converter {
    /// A converter with these options.
    pub fn new(options: ConverterOptions) -> Self {
        Self {
            budget: Budget::new(options.total_memory_bytes),
            meter: Arc::default(),
            options: Arc::new(options),
        }
    }

    /// What it works with.
    pub fn options(&self) -> &ConverterOptions {
        &self.options
    }

    /// The most that any child of this converter has used so far.
    pub fn usage(&self) -> Usage {
        self.meter.usage()
    }

    /// Converts a file to pages, with their images in an empty folder of the caller, who is told of each page as it is
    /// done. Dropping the future, or the receiver, ends all children.
    pub async fn convert(
        &self,
        input: &Path,
        file_name: &str,
        folder: &Path,
        urgency: Urgency,
        progress: &mpsc::Sender<Progress>,
    ) -> Result<Conversion, Failure> {
        let format = self.sniff(input, file_name).await?;
        let case = self.case(input, file_name, folder, urgency)?;
        let mut collector = Collector::new(&case.folder, &case.stem, progress.clone());
        let (format, tier) = match format.family() {
            Family::Office => case.convert_office(format, &mut collector).await?,
            Family::Video => {
                let poster = case.take_poster().await;
                let tier = if poster.is_some() {
                    Tier::Rendered
                } else {
                    Tier::TextCard
                };
                case.make_pages(PageSource::Video { format, poster }, 1, &mut collector)
                    .await?;
                (format, tier)
            }
            Family::Pdf => {
                case.make_pages(PageSource::Upload(format), case.workers(), &mut collector)
                    .await?;
                (format, Tier::Rendered)
            }
            Family::Sheet | Family::Writing | Family::Raster | Family::Vector => {
                case.make_pages(PageSource::Upload(format), 1, &mut collector)
                    .await?;
                (format, Tier::Rendered)
            }
        };
        case.tidy().await;
        collector.finish(format, tier)
    }

    /// Makes a PDF of an Office document, in an empty folder of the caller. Dropping the future ends all children.
    pub async fn make_pdf(
        &self,
        input: &Path,
        file_name: &str,
        folder: &Path,
        urgency: Urgency,
    ) -> Result<PathBuf, Failure> {
        let format = self.sniff(input, file_name).await?;
        if format.family() != Family::Office {
            return Err(Failure::new(
                FailureCode::Unsupported,
                "only of Office documents a PDF is made",
            ));
        }
        let case = self.case(input, file_name, folder, urgency)?;
        match case.draw(format).await {
            Ok(drawing) => Ok(drawing.pdf),
            Err(failure) => {
                Err(failure.unwrap_or_else(|| Failure::internal("LibreOffice is not installed")))
            }
        }
    }

    /// Reads the captions of a video, `WebVTT` or SRT, in a child and by way of an empty folder of the caller.
    pub async fn read_captions(&self, input: &Path, folder: &Path) -> Result<Captions, Failure> {
        let case = self.case(input, "captions", folder, Urgency::Awaited)?;
        case.run(Task::Captions, &case.input, &case.folder).await?;
        let unreadable =
            |error: String| Failure::new(FailureCode::Crashed, format!("no captions: {error}"));
        let path = captions::path_in(&case.folder);
        let about = tokio::fs::symlink_metadata(&path)
            .await
            .map_err(|error| unreadable(error.to_string()))?;
        // Marks are written longer than they were read, so there is some room.
        if !about.is_file() || about.len() > 8 * captions::MAX_CAPTION_BYTES {
            return Err(unreadable("not what a child writes".to_owned()));
        }
        let json = tokio::fs::read(&path)
            .await
            .map_err(|error| unreadable(error.to_string()))?;
        serde_json::from_slice(&json).map_err(|error| unreadable(error.to_string()))
    }

    fn case(
        &self,
        input: &Path,
        file_name: &str,
        folder: &Path,
        urgency: Urgency,
    ) -> Result<Case, Failure> {
        Ok(Case {
            options: Arc::clone(&self.options),
            input: absolute(input)?,
            folder: absolute(folder)?,
            stem: titles::stem(file_name),
            deadline: Instant::now() + self.options.limits.total_time,
            urgency,
            budget: self.budget.clone(),
            meter: Arc::clone(&self.meter),
        })
    }

    async fn sniff(&self, input: &Path, file_name: &str) -> Result<Format, Failure> {
        let (input, file_name) = (input.to_owned(), file_name.to_owned());
        tokio::task::spawn_blocking(move || sniff(&input, &file_name))
            .await
            .map_err(|error| Failure::internal(error.to_string()))?
    }
}

impl Case {
    /// Text by our own reader, pictures by LibreOffice or what stands in for it; without either, cards of the text.
    async fn convert_office(
        &self,
        format: Format,
        collector: &mut Collector,
    ) -> Result<(Format, Tier), Failure> {
        let outline = outline_path(&self.folder);
        let mut format = format;
        for message in self
            .run(Task::Outline { format }, &self.input, &self.folder)
            .await?
        {
            if let Message::Recognised(recognised) = message {
                format = recognised;
            }
        }
        match self.draw(format).await {
            Ok(drawing) => {
                let workers = self.workers();
                let made = self
                    .make_pages(PageSource::Rendered(drawing.pdf), workers, collector)
                    .await;
                match made {
                    Ok(()) => {
                        for warning in &drawing.warnings {
                            collector.warn(warning);
                        }
                        return Ok((format, Tier::Rendered));
                    }
                    // Pages have gone out, so there is no way back.
                    Err(failure) if collector.has_begun() => return Err(failure),
                    Err(failure) => {
                        collector.start_over();
                        warn_of(collector, &failure);
                    }
                }
            }
            Err(None) => {
                collector.warn("LibreOffice is not installed on the server; the pages show the text of the document only.");
            }
            Err(Some(failure)) => warn_of(collector, &failure),
        }
        self.make_pages(PageSource::Outline(outline), 1, collector)
            .await?;
        Ok((format, Tier::TextCard))
    }

    /// A PDF of the document, or why there is none; no reason means that nothing here draws such documents.
    async fn draw(&self, format: Format) -> Result<Drawing, Option<Failure>> {
        if let Some(soffice) = self.options.soffice.as_deref() {
            let pdf = tools::draw_by_libreoffice(self, soffice, format).await?;
            let warnings = Vec::new();
            return Ok(Drawing { pdf, warnings });
        }
        if self.options.embedded_office && office::is_drawn_here(format) {
            return Ok(self.draw_embedded(format).await?);
        }
        Err(None)
    }

    /// Has a child draw the document by itself.
    async fn draw_embedded(&self, format: Format) -> Result<Drawing, Failure> {
        let work = tools::new_work_folder(self).await?;
        let said = self.run(Task::Draw { format }, &self.input, &work).await?;
        let warnings = said
            .into_iter()
            .filter_map(|message| match message {
                Message::Warning(warning) => Some(warning),
                _ => None,
            })
            .collect();
        let pdf = tools::made(drawing_path(&work), "the drawing child").await?;
        Ok(Drawing { pdf, warnings })
    }

    /// A frame of a video, if ffmpeg is there and finds one.
    async fn take_poster(&self) -> Option<PathBuf> {
        tools::take_poster(self, self.options.ffmpeg.as_deref()?)
            .await
            .ok()
    }

    /// Runs one child to its end and gives back what it said.
    pub(super) async fn run(
        &self,
        task: Task,
        input: &Path,
        folder: &Path,
    ) -> Result<Vec<Message>, Failure> {
        let limits = &self.options.limits;
        let silence = match task {
            Task::Launch { .. } => limits.tool_time,
            _ => limits.silence,
        };
        let mut child = self.start(task, input, folder).await?;
        let mut said = Vec::new();
        loop {
            match child.listen(silence, self.deadline).await {
                Heard::Message(Message::Failed(failure)) => return Err(failure),
                Heard::Message(Message::Done) => return Ok(said),
                Heard::Message(message) if said.len() < 100 => said.push(message),
                Heard::Message(_) => {
                    return Err(Failure::new(
                        FailureCode::Crashed,
                        "the converter talks too much",
                    ));
                }
                Heard::Ended(failure) => {
                    return Err(failure.unwrap_or_else(|| {
                        Failure::new(FailureCode::Crashed, "the converter fell silent")
                    }));
                }
            }
        }
    }

    /// Starts a child once there is memory for it.
    pub(super) async fn start(
        &self,
        task: Task,
        input: &Path,
        folder: &Path,
    ) -> Result<Child, Failure> {
        let limits = &self.options.limits;
        let wanted = limits.memory_bytes;
        let reservation = self.budget.reserve(wanted, self.urgency).await?;
        let memory_bytes = reservation.bytes();
        let job = Job {
            input: input.to_owned(),
            folder: folder.to_owned(),
            stem: self.stem.clone(),
            memory_bytes,
            address_bytes: match task {
                Task::Launch { .. } => limits.tool_address_bytes,
                // Threads reserve space for heaps that they never use.
                _ => memory_bytes * 2,
            },
            cpu_seconds: limits.cpu.as_secs().max(1),
            life_ms: u64::try_from(limits.life.as_millis()).unwrap_or(u64::MAX),
            task,
        };
        let meter = Arc::clone(&self.meter);
        Child::start(&self.options.executable, &job, reservation, meter).await
    }

    /// How many children make pages side by side. What came in by the hundred is side by side already.
    fn workers(&self) -> u32 {
        match self.urgency {
            Urgency::Awaited => self.options.limits.workers,
            Urgency::Bulk => 1,
        }
    }

    /// The uploaded file.
    pub(super) fn input(&self) -> &Path {
        &self.input
    }

    /// The folder of the conversion.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Removes everything from the folder but the pages.
    async fn tidy(&self) {
        let _ = tokio::fs::remove_file(outline_path(&self.folder)).await;
        if !self.options.keeps_drawing {
            let _ = tokio::fs::remove_dir_all(tools::work_folder(&self.folder)).await;
        }
    }
}

fn warn_of(collector: &mut Collector, failure: &Failure) {
    tracing::warn!(code = %failure.code, detail = failure.detail, "an office document could not be drawn");
    collector.warn(&format!(
        "This document could not be drawn ({}); its pages show its text only.",
        failure.code
    ));
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| Failure::internal(error.to_string()))
}
