//! Programs of the system that draw what we cannot: LibreOffice and ffmpeg.
//!
//! Both are optional and both are untrusted, for they parse the same hostile files. They run inside a child that has
//! entered its sandbox, in a folder of their own, without network and under a clock.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::Command;

use super::budget::{Budget, Urgency};
use super::converter::Case;
use super::limits::MAX_PAGES;
use super::process::{Child, Heard};
use super::protocol::{Job, Message, Task, drawing_path};
use super::{ConverterOptions, Failure, FailureCode, Format, office};

/// What an installation can convert with, for `doctor`.
#[derive(Debug, Clone)]
pub struct Status {
    /// LibreOffice; without it office documents are shown as text cards, if this build does not draw them itself.
    pub soffice: Option<Tool>,
    /// Whether PPTX and DOCX are drawn without LibreOffice.
    pub embedded_office: bool,
    /// ffmpeg; without it videos have no poster.
    pub ffmpeg: Option<Tool>,
    /// The layers of the sandbox in force on this kernel.
    pub sandbox: Vec<String>,
    /// The layers that this kernel does not offer.
    pub sandbox_missing: Vec<String>,
}

/// An installed program.
#[derive(Debug, Clone)]
pub struct Tool {
    /// Where it lies.
    pub path: PathBuf,
    /// What it says when asked for its version.
    pub version: String,
}

/// Finds out what an installation can convert with.
pub async fn status(options: &ConverterOptions) -> Status {
    let sandbox = probe(options).await.unwrap_or_default();
    let missing = ["rlimits", "no_new_privs", "landlock", "seccomp"]
        .into_iter()
        .filter(|layer| !sandbox.iter().any(|found| found.starts_with(layer)))
        .map(str::to_owned)
        .collect();
    Status {
        soffice: ask(options.soffice.as_deref(), "--version").await,
        embedded_office: options.embedded_office && office::is_drawn_here(Format::Pptx),
        ffmpeg: ask(options.ffmpeg.as_deref(), "-version").await,
        sandbox,
        sandbox_missing: missing,
    }
}

/// A program of this name on the search path.
pub(super) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Where tools work, inside the folder of a conversion.
pub(super) fn work_folder(folder: &Path) -> PathBuf {
    folder.join("work")
}

/// Has LibreOffice make a PDF of an office document.
pub(super) async fn draw_by_libreoffice(
    case: &Case,
    soffice: &Path,
    format: Format,
) -> Result<PathBuf, Failure> {
    let work = new_work_folder(case).await?;
    // LibreOffice tells formats by name as well as by content, and writes its result beside where it is told to.
    let document = work.join(format!("document.{}", format.extension()));
    tokio::fs::copy(case.input(), &document)
        .await
        .map_err(|error| Failure::internal(format!("the file could not be copied: {error}")))?;
    let filter = match format {
        Format::Pptx | Format::Odp => "impress_pdf_Export",
        _ => "writer_pdf_Export",
    };
    // Hidden slides, notes and comments are not for prospects; neither are pictures finer than any screen.
    let settings = format!(
        "pdf:{filter}:{{\"ExportHiddenSlides\":{{\"type\":\"boolean\",\"value\":\"false\"}},\
         \"ExportNotes\":{{\"type\":\"boolean\",\"value\":\"false\"}},\
         \"ExportNotesPages\":{{\"type\":\"boolean\",\"value\":\"false\"}},\
         \"ExportNotesInMargin\":{{\"type\":\"boolean\",\"value\":\"false\"}},\
         \"MaxImageResolution\":{{\"type\":\"long\",\"value\":\"150\"}},\
         \"PageRange\":{{\"type\":\"string\",\"value\":\"1-{}\"}}}}",
        MAX_PAGES + 1
    );
    let program = without_wrapper(soffice);
    let arguments = [
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--nodefault",
        "--nofirststartwizard",
        &format!(
            "-env:UserInstallation=file://{}",
            work.join("profile").display()
        ),
        "--convert-to",
        &settings,
        "--outdir",
        &work.display().to_string(),
        &document.display().to_string(),
    ];
    launch(case, &program, &arguments, &work).await?;
    // It ends well even when it has made nothing.
    made(drawing_path(&work), "LibreOffice").await
}

/// The program behind the script of the same name. What lies between the two only shows a logo, and insists on `/tmp`.
fn without_wrapper(soffice: &Path) -> PathBuf {
    let script = soffice
        .canonicalize()
        .unwrap_or_else(|_| soffice.to_owned());
    let program = script.with_file_name("soffice.bin");
    if program.is_file() { program } else { script }
}

/// Has ffmpeg take a frame from the beginning of a video.
pub(super) async fn take_poster(case: &Case, ffmpeg: &Path) -> Result<PathBuf, Failure> {
    let work = new_work_folder(case).await?;
    let poster = work.join("poster.png");
    let input = case.input().display().to_string();
    let output = poster.display().to_string();
    let arguments = [
        "-nostdin",
        "-v",
        "error",
        "-protocol_whitelist",
        "file",
        "-threads",
        "1",
        "-i",
        &input,
        // The most telling of the first frames, so that a film that fades in from black has a poster. They are made
        // small first, because all of them are kept to be compared.
        "-vf",
        "scale='min(1600,iw)':-2,thumbnail=60",
        "-frames:v",
        "1",
        "-y",
        &output,
    ];
    launch(case, ffmpeg, &arguments, &work).await?;
    made(poster, "ffmpeg").await
}

/// What a child should have made, if it is there.
pub(super) async fn made(file: PathBuf, by: &str) -> Result<PathBuf, Failure> {
    match tokio::fs::symlink_metadata(&file).await {
        Ok(about) if about.is_file() && about.len() > 0 => Ok(file),
        _ => Err(Failure::new(
            FailureCode::Crashed,
            format!("{by} ended without a result"),
        )),
    }
}

async fn launch(
    case: &Case,
    program: &Path,
    arguments: &[&str],
    work: &Path,
) -> Result<(), Failure> {
    let arguments = arguments
        .iter()
        .map(|argument| (*argument).to_owned())
        .collect();
    let task = Task::Launch {
        program: program.to_owned(),
        arguments,
    };
    case.run(task, case.input(), work).await.map(|_| ())
}

pub(super) async fn new_work_folder(case: &Case) -> Result<PathBuf, Failure> {
    let work = work_folder(case.folder());
    match tokio::fs::create_dir_all(&work).await {
        Ok(()) => Ok(work),
        Err(error) => Err(Failure::internal(format!(
            "the working folder could not be made: {error}"
        ))),
    }
}

async fn probe(options: &ConverterOptions) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().ok()?;
    let job = Job {
        input: folder.path().to_owned(),
        folder: folder.path().to_owned(),
        stem: String::new(),
        memory_bytes: options.limits.memory_bytes,
        address_bytes: 2 * options.limits.memory_bytes,
        cpu_seconds: options.limits.cpu.as_secs().max(1),
        life_ms: 0,
        task: Task::Probe,
    };
    // It opens no file, so it needs no share of the memory for conversions.
    let reservation = Budget::new(options.limits.memory_bytes)
        .reserve(options.limits.memory_bytes, Urgency::Awaited)
        .await
        .ok()?;
    let meter = Arc::default();
    let mut child = Child::start(&options.executable, &job, reservation, meter)
        .await
        .ok()?;
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    match child.listen(options.limits.silence, deadline).await {
        Heard::Message(Message::Ready(layers)) => Some(layers),
        _ => None,
    }
}

async fn ask(program: Option<&Path>, question: &str) -> Option<Tool> {
    let program = program?;
    let home = tempfile::tempdir().ok()?;
    let answer = Command::new(program)
        .arg(question)
        .env("HOME", home.path())
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    let answer = tokio::time::timeout(Duration::from_secs(20), answer)
        .await
        .ok()?
        .ok()?;
    let version = String::from_utf8_lossy(&answer.stdout)
        .lines()
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned();
    answer.status.success().then(|| Tool {
        path: program.to_owned(),
        version,
    })
}
