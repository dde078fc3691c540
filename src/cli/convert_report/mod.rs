//! `lastmile convert-report`: converts the files of a folder and says how it went, file by file and by format.
//!
//! It touches no installation: nothing is uploaded or kept, unless pictures are asked for. With `--compare` it also says how
//! like the pictures are to those that poppler makes of the same PDF (`comparison`).

#![allow(clippy::print_stdout, reason = "it answers a person at a terminal")]

mod comparison;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::config::Config;
use crate::documents::{
    ConvertedPage, Converter, ConverterOptions, Failure, Format, Progress, Tier, Urgency,
    drawing_in,
};
use crate::error::{Error, Result};

use comparison::Compared;

/// What to convert.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// A folder, with all folders in it, or a single file.
    path: PathBuf,
    /// Keep the pages' largest pictures in this folder.
    #[arg(long)]
    pictures: Option<PathBuf>,
    /// Compare with the pictures that poppler's `pdftoppm` makes of the same PDF, and of the one that an office document
    /// was drawn as. With `--pictures`, the pages that differ most are kept there side by side.
    #[arg(long)]
    compare: bool,
    /// Draw office documents without LibreOffice, as on a machine that has none.
    #[arg(long)]
    without_libreoffice: bool,
}

/// How many of the pages that differ most are shown.
const SHOWN: usize = 12;

/// How the conversion of a file went.
struct Run {
    outcome: std::result::Result<(Format, Tier), Failure>,
    pages: Vec<ConvertedPage>,
    warnings: Vec<String>,
    first_page: Option<Duration>,
    whole: Duration,
    memory_bytes: u64,
    cpu: Duration,
}

/// What the files of a format come to.
#[derive(Default)]
struct Sum {
    files: usize,
    failed: usize,
    pages: usize,
    time: Duration,
    first_page: Duration,
    memory_bytes: u64,
}

/// Converts and reports.
pub(super) async fn run(config: Config, options: Options) -> Result<()> {
    let mut files = Vec::new();
    gather(&options.path, &mut files)?;
    files.sort();
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    let mut seen = Vec::new();
    println!(
        "{:<46} {:<9} {:>5} {:>8} {:>8} {:>8} {:>6} {:>6}  remarks",
        "file", "format", "pages", "first s", "whole s", "pages/s", "MiB", "CPU s"
    );
    for file in &files {
        let dir = tempfile::tempdir()?;
        let run = convert(&config, &options, file, dir.path()).await;
        let name = file.strip_prefix(&options.path).unwrap_or(file);
        let name = match name.to_string_lossy() {
            empty if empty.is_empty() => file.to_string_lossy().into_owned(),
            name => name.into_owned(),
        };
        report(&name, &run);
        if let Some(folder) = &options.pictures {
            keep_pictures(&run.pages, &folder.join(name.replace('/', "_")))?;
        }
        if options.compare {
            compare(&name, file, dir.path(), &run, &mut seen).await?;
        }
        add_up(&mut sums, &run);
    }
    println!(
        "\n{:<10} {:>5} {:>6} {:>6} {:>8} {:>12} {:>8}",
        "format", "files", "failed", "pages", "pages/s", "mean first s", "peak MiB"
    );
    for (format, sum) in &sums {
        let files = u32::try_from(sum.files).unwrap_or(u32::MAX).max(1);
        println!(
            "{format:<10} {:>5} {:>6} {:>6} {:>8.1} {:>12.2} {:>8}",
            sum.files,
            sum.failed,
            sum.pages,
            per_second(sum.pages, sum.time),
            (sum.first_page / files).as_secs_f64(),
            sum.memory_bytes >> 20,
        );
    }
    if options.compare {
        report_likeness(seen, options.pictures.as_deref())?;
    }
    Ok(())
}

fn gather(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path)? {
        gather(&entry?.path(), files)?;
    }
    Ok(())
}

async fn convert(config: &Config, options: &Options, file: &Path, folder: &Path) -> Run {
    // A converter of its own, so that the measured memory is that of this file.
    let found = ConverterOptions::default();
    let converter = Converter::new(ConverterOptions {
        total_memory_bytes: config.conversion_memory,
        soffice: found.soffice.filter(|_| !options.without_libreoffice),
        keeps_drawing: options.compare,
        ..found
    });
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let (tell, mut told) = mpsc::channel(4);
    let started = Instant::now();
    let converting = async {
        let converted = converter
            .convert(file, &name, folder, Urgency::Awaited, &tell)
            .await;
        drop(tell);
        converted
    };
    let gathering = async {
        let (mut pages, mut first_page) = (Vec::new(), None);
        while let Some(progress) = told.recv().await {
            if let Progress::Page(page) = progress {
                first_page.get_or_insert(started.elapsed());
                pages.push(*page);
            }
        }
        (pages, first_page)
    };
    let (converted, (mut pages, first_page)) = futures::join!(converting, gathering);
    pages.sort_by_key(|page| page.number);
    let usage = converter.usage();
    let warnings = converted
        .as_ref()
        .map_or_else(|_| Vec::new(), |conversion| conversion.warnings.clone());
    Run {
        outcome: converted.map(|conversion| (conversion.format, conversion.tier)),
        pages,
        warnings,
        first_page,
        whole: started.elapsed(),
        memory_bytes: usage.memory_bytes,
        cpu: usage.cpu,
    }
}

fn report(name: &str, run: &Run) {
    let (format, mut remarks) = match &run.outcome {
        Ok((format, tier)) => {
            let cards = (*tier == Tier::TextCard).then(|| "text cards".to_owned());
            (format.as_str(), Vec::from_iter(cards))
        }
        Err(failure) => ("-", vec![failure.to_string()]),
    };
    let without = |what: &str, is_missing: fn(&ConvertedPage) -> bool| {
        let count = run.pages.iter().filter(|page| is_missing(page)).count();
        (count > 0).then(|| format!("{count} without {what}"))
    };
    remarks.extend(without("text", |page| page.text.trim().is_empty()));
    remarks.extend(without("title", |page| page.title.trim().is_empty()));
    remarks.extend(without("picture", |page| page.problem.is_some()));
    remarks.extend(run.warnings.iter().cloned());
    println!(
        "{name:<46} {format:<9} {:>5} {:>8.2} {:>8.2} {:>8.1} {:>6} {:>6.1}  {}",
        run.pages.len(),
        run.first_page.unwrap_or_default().as_secs_f64(),
        run.whole.as_secs_f64(),
        per_second(run.pages.len(), run.whole),
        run.memory_bytes >> 20,
        run.cpu.as_secs_f64(),
        remarks.join("; "),
    );
}

/// Compares the pages of a PDF, or of a document that was drawn as one.
async fn compare(
    name: &str,
    file: &Path,
    folder: &Path,
    run: &Run,
    seen: &mut Vec<(String, Compared)>,
) -> Result<()> {
    let pdf = match &run.outcome {
        Ok((Format::Pdf, _)) => Some(file.to_owned()),
        // Cards are no pictures of a drawing, even where there was one.
        Ok((_, Tier::Rendered)) => drawing_in(folder),
        _ => None,
    };
    let Some(pdf) = pdf else { return Ok(()) };
    let pages = comparison::compare(&pdf, &run.pages, SHOWN).await?;
    let count = u32::try_from(pages.len()).unwrap_or(u32::MAX).max(1);
    let least = pages
        .iter()
        .min_by(|a, b| a.likeness.total_cmp(&b.likeness));
    if let Some(least) = least {
        println!(
            "{:<46} likeness {:.4}, least {:.4} on page {}, where {:.2} % differs",
            "",
            pages.iter().map(|page| page.likeness).sum::<f64>() / f64::from(count),
            least.likeness,
            least.page,
            100.0 * least.differs,
        );
    }
    let file = name.replace('/', "_");
    seen.extend(pages.into_iter().map(|page| (file.clone(), page)));
    Ok(())
}

/// Says how like all pages are, and which of them differ most.
fn report_likeness(mut seen: Vec<(String, Compared)>, pictures: Option<&Path>) -> Result<()> {
    seen.sort_by(|(_, a), (_, b)| b.differs.total_cmp(&a.differs));
    let count = u32::try_from(seen.len()).unwrap_or(u32::MAX).max(1);
    let sum: f64 = seen.iter().map(|(_, page)| page.likeness).sum();
    println!(
        "\n{} pages compared with poppler's: likeness {:.4} on average. Those that differ most:",
        seen.len(),
        sum / f64::from(count),
    );
    for (file, page) in seen.iter().take(SHOWN) {
        println!(
            "{file:<46} page {:<4} likeness {:.4}, {:.2} % differs",
            page.page,
            page.likeness,
            100.0 * page.differs
        );
        if let Some(folder) = pictures {
            std::fs::create_dir_all(folder)?;
            page.keep(&folder.join(format!("{file}-{:04}.png", page.page)))?;
        }
    }
    Ok(())
}

fn add_up(sums: &mut BTreeMap<String, Sum>, run: &Run) {
    let format = match &run.outcome {
        Ok((format, _)) => format.as_str(),
        Err(_) => "failed",
    };
    let sum = sums.entry(format.to_owned()).or_default();
    sum.files += 1;
    sum.failed += usize::from(run.outcome.is_err());
    sum.pages += run.pages.len();
    sum.time += run.whole;
    sum.first_page += run.first_page.unwrap_or_default();
    sum.memory_bytes = sum.memory_bytes.max(run.memory_bytes);
}

fn per_second(pages: usize, time: Duration) -> f64 {
    let pages = u32::try_from(pages).unwrap_or(u32::MAX);
    f64::from(pages) / time.as_secs_f64().max(0.001)
}

fn keep_pictures(pages: &[ConvertedPage], folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    for page in pages {
        let largest = page
            .images
            .last()
            .ok_or_else(|| Error::internal("a page came without a picture"))?;
        std::fs::copy(
            &largest.path,
            folder.join(format!("{:04}.webp", page.number)),
        )?;
    }
    Ok(())
}
