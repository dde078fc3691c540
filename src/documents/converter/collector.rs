//! Where the words of children are checked before anybody believes them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::mpsc;

use super::workers::Told;
use super::{Conversion, ConvertedPage, Progress, Tier, image_file};
use crate::documents::limits::{MAX_PAGE_TEXT_BYTES, MAX_PAGES, MAX_TITLE_BYTES};
use crate::documents::pages::shorten;
use crate::documents::protocol::{ImageSize, PageText};
use crate::documents::{Failure, FailureCode, Format, language};

/// Warnings kept for one file.
const MAX_WARNINGS: usize = 20;
/// Longer than any film that somebody shows.
const LONGEST_FILM: Duration = Duration::from_hours(1_000);
/// Characters of a line that stands in for a title.
const MAX_FIRST_WORDS: usize = 120;
/// How much text decides the language.
const SAMPLE_BYTES: usize = 20 << 10;

/// The pages of a conversion as they come in.
pub(super) struct Collector {
    folder: PathBuf,
    stem: String,
    progress: mpsc::Sender<Progress>,
    total: Option<u32>,
    title: Option<String>,
    seen: BTreeSet<u32>,
    sample: String,
    warnings: Vec<String>,
    duration: Option<Duration>,
}

impl Collector {
    pub(super) fn new(folder: &Path, stem: &str, progress: mpsc::Sender<Progress>) -> Self {
        Self {
            folder: folder.to_owned(),
            stem: stem.to_owned(),
            progress,
            total: None,
            title: None,
            seen: BTreeSet::new(),
            sample: String::new(),
            warnings: Vec::new(),
            duration: None,
        }
    }

    pub(super) fn has_count(&self) -> bool {
        self.total.is_some()
    }

    pub(super) fn has_begun(&self) -> bool {
        !self.seen.is_empty()
    }

    /// Forgets a count that led nowhere. Nothing may have gone out yet but the count itself.
    pub(super) fn start_over(&mut self) {
        debug_assert!(
            !self.has_begun(),
            "pages that have gone out cannot be taken back"
        );
        self.total = None;
    }

    pub(super) fn warn(&mut self, warning: &str) {
        if self.warnings.len() < MAX_WARNINGS && !self.warnings.iter().any(|known| known == warning)
        {
            let mut warning = warning.to_owned();
            shorten(&mut warning, 500);
            self.warnings.push(warning);
        }
    }

    pub(super) async fn take(&mut self, told: Told) -> Result<(), Failure> {
        match told {
            Told::Counted(total, title) => self.take_count(total, title).await,
            Told::Page(page, picture) => self.take_page(page, picture).await,
            Told::Lasts(duration) => {
                self.duration = Some(duration).filter(|duration| *duration < LONGEST_FILM);
                Ok(())
            }
            Told::Warning(warning) => {
                self.warn(&warning);
                Ok(())
            }
        }
    }

    pub(super) fn check_complete(&self) -> Result<(), Failure> {
        match self.total {
            Some(total) if self.seen.len() == total as usize => Ok(()),
            _ => Err(Failure::new(
                FailureCode::Crashed,
                "the converter ended before all pages were made",
            )),
        }
    }

    pub(super) fn finish(self, format: Format, tier: Tier) -> Result<Conversion, Failure> {
        self.check_complete()?;
        Ok(Conversion {
            format,
            page_count: self.total.unwrap_or(0),
            language: language::of(&self.sample),
            title: self.title,
            warnings: self.warnings,
            tier,
            duration: self.duration,
        })
    }

    async fn take_count(&mut self, total: u32, title: Option<String>) -> Result<(), Failure> {
        if !(1..=MAX_PAGES).contains(&total) || self.total.is_some_and(|known| known != total) {
            return Err(Failure::new(
                FailureCode::Crashed,
                format!("the converter counted {total} pages"),
            ));
        }
        if self.total.replace(total).is_none() {
            self.title = title.map(|mut title| {
                shorten(&mut title, MAX_TITLE_BYTES);
                title
            });
            self.tell(Progress::Counted { total }).await?;
        }
        Ok(())
    }

    async fn take_page(
        &mut self,
        page: PageText,
        picture: Result<u64, FailureCode>,
    ) -> Result<(), Failure> {
        let PageText {
            number,
            mut title,
            mut text,
            mut layout,
        } = page;
        if !(1..=self.total.unwrap_or(0)).contains(&number) || !self.seen.insert(number) {
            return Err(Failure::new(
                FailureCode::Crashed,
                format!("the converter made a page {number}"),
            ));
        }
        shorten(&mut text, MAX_PAGE_TEXT_BYTES);
        if title.trim().is_empty() {
            title = self.title_for(number, &text);
        }
        shorten(&mut title, MAX_TITLE_BYTES);
        if self.sample.len() < SAMPLE_BYTES {
            let mut part = text.clone();
            shorten(&mut part, SAMPLE_BYTES);
            self.sample.push_str(&part);
            self.sample.push('\n');
        }
        let mut images = Vec::with_capacity(ImageSize::ALL.len());
        for size in ImageSize::ALL {
            images.push(image_file::check(size.path(&self.folder, number), size).await?);
        }
        let (width, height) = images
            .last()
            .map_or((0, 0), |image| (image.width, image.height));
        layout.keep_sound();
        self.tell(Progress::Page(Box::new(ConvertedPage {
            number,
            title,
            text,
            layout,
            width,
            height,
            images,
            picture_hash: picture.as_ref().ok().map(|likeness| likeness.cast_signed()),
            problem: picture.err(),
        })))
        .await
    }

    /// A title for a page that has no heading: its first words, or else its number.
    fn title_for(&self, number: u32, text: &str) -> String {
        let first = text.lines().map(str::trim).find(|line| !line.is_empty());
        match (first, &self.title) {
            (Some(line), _) => line.chars().take(MAX_FIRST_WORDS).collect(),
            (None, Some(title)) if self.total == Some(1) => title.clone(),
            (None, None) if self.total == Some(1) => self.stem.clone(),
            (None, _) => format!("Page {number}"),
        }
    }

    async fn tell(&self, progress: Progress) -> Result<(), Failure> {
        self.progress.send(progress).await.map_err(|error| {
            Failure::internal(format!("nobody waits for the conversion any more: {error}"))
        })
    }
}
